"""What follows from fills: funding, liquidation prices, stops, and what the strategy hears."""

import pytest

from appliance.research.backtest.walk.walk import run
from tests.research.backtest.walk.made import (
    OTHER,
    PAIR,
    Plain,
    Shorting,
    at,
    flat,
    funding,
    futures_setup,
    series,
    walk_setup,
)

HOUR = 11
"""The candle that opens at 01:00; candle 0 opens at 00:05."""


def held(*paid, count=30, short=False, strategy=Shorting, exits=(), **config):
    """Return a trade from candle 0 on, with what one unit pays for funding as (candle, stake currency)."""
    side = "short" if short else "long"
    one = series(flat(count), **{f"enter_{side}": [0], f"exit_{side}": exits})
    futures = futures_setup(one, paid={PAIR: funding(*paid)})
    (trade,) = run(walk_setup(one, strategy=strategy, futures=futures, **config)).trades
    return trade


# -- funding


def test_spot_markets_have_no_funding():
    (trade,) = run(walk_setup(series(flat(30), enter_long=[0]))).trades
    assert not trade.funding_fees


@pytest.mark.parametrize(("short", "received"), [(False, -0.75), (True, 0.75)])
def test_longs_pay_what_shorts_receive(short, received):
    trade = held((HOUR, 0.5), (2 * HOUR + 1, 0.25), short=short)
    assert trade.funding_fees == pytest.approx(received)
    assert trade.close_profit_abs == pytest.approx(received)


def test_who_is_not_there_pays_nothing():
    assert held((HOUR, 0.5), exits=[HOUR - 1]).funding_fees == 0.0
    assert held((-1, 0.5)).funding_fees == 0.0


def test_at_the_moment_of_a_fill_it_is_paid():
    assert held((0, 0.5)).funding_fees == -0.5
    assert held((HOUR, 0.25), exits=[HOUR]).funding_fees == -0.25


def test_with_leverage_the_whole_position_pays():
    leveraged = type("Leveraged", (Shorting,), {"leverage": lambda self, **_: 4.0})
    assert held((HOUR, 0.5), strategy=leveraged).funding_fees == -2.0


# -- liquidation


def test_a_position_of_borrowed_money_has_a_liquidation_price():
    leveraged = type("Leveraged", (Shorting,), {"leverage": lambda self, **_: 10.0})
    long, short = held(strategy=leveraged), held(strategy=leveraged, short=True)
    assert 90.0 < long.liquidation_price < 100.0 < short.liquidation_price < 110.0


def test_shared_margin_keeps_it_farther_away_and_another_position_brings_it_nearer():
    leveraged = type("Leveraged", (Shorting,), {"leverage": lambda self, **_: 10.0})

    def price(*pairs, **more):
        setup = walk_setup(*pairs, strategy=leveraged, futures=True, dry_run_wallet=250, **more)
        return run(setup).trades[0].liquidation_price

    first = series(flat(9), enter_long=[0])
    second = series(flat(9), pair=OTHER, enter_long=[3])
    alone = price(first, margin_mode="cross")
    assert alone < price(first)
    assert alone < price(first, second, margin_mode="cross")


# -- stops and the strategy


class Hearing(Plain):
    position_adjustment_enable = True

    def __init__(self, config):
        super().__init__(config)
        self.heard = []

    def order_filled(self, trade, order, current_time, **_):
        self.heard.append((current_time, order.ft_order_side, order.safe_filled))

    def adjust_trade_position(self, trade, current_time, **_):
        return {at(2): 50.0, at(4): -75.0}.get(current_time)


def test_a_strategy_hears_of_each_fill():
    setup = walk_setup(series(flat(8), enter_long=[0], exit_long=[6]), strategy=Hearing)
    run(setup)
    assert setup.strategy.heard == [
        (at(0), "buy", 1.0),
        (at(2), "buy", 0.5),
        (at(4), "sell", 0.75),
        (at(6), "sell", 0.75),
    ]


class Setting(Plain):
    use_custom_stoploss = True

    def custom_stoploss(self, after_fill, **_):
        return -0.3 if after_fill else None


class Older(Plain):
    """Written before `after_fill`: it is not asked then."""

    use_custom_stoploss = True

    def custom_stoploss(self, **_):
        return None


@pytest.mark.parametrize(("strategy", "stop"), [(Setting, 70.0), (Older, 90.0)])
def test_a_stop_may_loosen_after_a_fill_if_the_strategy_knows_of_that(strategy, stop):
    (trade,) = run(walk_setup(series(flat(4), enter_long=[0]), strategy=strategy, stoploss=-0.1)).trades
    assert trade.stop_loss == stop
    assert trade.initial_stop_loss == 90.0


def test_the_stop_counts_from_the_price_of_the_fill():
    below = type("Below", (Plain,), {"custom_entry_price": lambda self, **_: 95.0})
    candles = [*flat(1), (100.0, 100.0, 94.0, 96.0), *flat(3, 96.0)]
    (trade,) = run(walk_setup(series(candles, enter_long=[0]), strategy=below, stoploss=-0.1)).trades
    assert (trade.open_rate, trade.stop_loss) == (95.0, 85.5)
