"""Entries: what they cost, at which price, and why there is none."""

import pytest

from appliance.research.backtest.walk.walk import run
from tests.research.backtest.walk.made import (
    OTHER,
    PAIR,
    Plain,
    Shorting,
    at,
    candle,
    flat,
    market,
    series,
    walk_setup,
)

RISING = [(100.0, 106.0, 98.0, 104.0), *flat(3, 104.0)]
"""The candle of the entry goes from 98 to 106."""


def entered(candles=RISING, *, strategy=Plain, **more):
    """Return the trades of an entry signal that acts on the first candle."""
    more = {"unfilledtimeout": {"unit": "minutes"}, **more}
    return run(walk_setup(series(candles, enter_long=[0]), strategy=strategy, **more)).trades


def with_callback(name, answer, kind=Plain):
    """A strategy with one callback; `answer` gets its arguments by name."""
    return type("Mine", (kind,), {name: lambda self, **asked: answer(asked)})


# -- none


@pytest.mark.parametrize(
    "config",
    [
        {"stake_amount": 2000},
        {"dry_run_wallet": 50},
        {"markets": {PAIR: market(PAIR, cost_min=200.0)}},
        {"markets": {PAIR: market(PAIR, amount_min=5.0)}},
        {"markets": {PAIR: market(PAIR, amount_precision=5.0)}},
    ],
    ids=[
        "more than there is",
        "an empty wallet",
        "below the least cost",
        "below the least amount",
        "below a lot",
    ],
)
def test_a_stake_that_does_not_fit_enters_nothing(config):
    assert entered(**config) == []


def test_a_stake_somewhat_below_the_least_is_raised_to_it():
    (trade,) = entered(markets={PAIR: market(PAIR, cost_min=100.0)})
    assert trade.stake_amount == pytest.approx(100.0 * 1.05 / 0.95, abs=0.11)


@pytest.mark.parametrize("answer", [False, None, 0])
def test_the_strategy_may_veto_an_entry(answer):
    assert entered(strategy=with_callback("confirm_trade_entry", lambda asked: answer)) == []


def test_a_stake_of_nothing_is_none():
    assert entered(strategy=with_callback("custom_stake_amount", lambda asked: 0)) == []


# -- prices


def test_an_entry_is_at_the_open():
    (trade,) = entered()
    assert (trade.open_rate, trade.open_date, trade.amount) == (100.0, at(0), 1.0)
    assert trade.orders[0].order_type == "limit"


def priced(wanted, **more):
    trades = entered(strategy=with_callback("custom_entry_price", lambda asked: wanted), **more)
    return [trade.open_rate for trade in trades]


def test_a_price_of_its_own_fills_within_the_candle():
    assert priced(99.0) == [99.0]


def test_one_above_the_candle_costs_the_high():
    assert priced(110.0) == [106.0]


def test_one_below_it_waits():
    assert priced(97.0) == []


def test_it_is_rounded_to_the_tick():
    assert priced(99.126, tick=0.05) == [99.15]


def test_market_orders_ask_for_no_price():
    types = {"entry": "market", "exit": "market", "stoploss": "market", "stoploss_on_exchange": False}
    assert priced(97.0, order_types=types) == [100.0]


def test_a_short_one_below_the_candle_costs_the_low():
    strategy = with_callback("custom_entry_price", lambda asked: 90.0, Shorting)
    setup = walk_setup(series(RISING, enter_short=[0]), strategy=strategy, futures=True)
    (trade,) = run(setup).trades
    assert (trade.open_rate, trade.is_short) == (98.0, True)


# -- stakes and leverage


def test_the_amount_is_what_the_stake_buys_in_whole_lots():
    (trade,) = entered(flat(4, 33.0))
    assert (trade.amount, trade.stake_amount) == (3.03, pytest.approx(99.99))


def test_a_stake_of_its_own_is_limited_by_what_is_left():
    (trade,) = entered(strategy=with_callback("custom_stake_amount", lambda asked: 5000.0))
    assert trade.stake_amount == 1000.0


@pytest.mark.parametrize(("wanted", "leverage"), [(5.0, 5.0), (1000.0, 20.0), (0.5, 1.0)])
def test_leverage_is_from_one_to_the_largest_of_the_tier(wanted, leverage):
    strategy = with_callback("leverage", lambda asked: wanted)
    (trade,) = entered(strategy=strategy, futures=True)
    assert (trade.leverage, trade.amount) == (leverage, leverage)
    assert trade.stake_amount == pytest.approx(100.0)


def test_on_spot_markets_nobody_asks_for_it():
    (trade,) = entered(strategy=with_callback("leverage", lambda asked: 5.0))
    assert trade.leverage == 1.0


def test_the_strategy_is_asked_in_the_order_of_freqtrade():
    asked = []

    def noting(name, key):
        def callback(self, **given):
            asked.append(name)
            return given.get(key, True)

        return callback

    names = {
        "custom_entry_price": "proposed_rate",
        "leverage": "proposed_leverage",
        "custom_stake_amount": "proposed_stake",
        "confirm_trade_entry": "",
    }
    strategy = type("Noting", (Plain,), {name: noting(name, key) for name, key in names.items()})
    entered(strategy=strategy, futures=True)
    assert asked == list(names)


def test_stakes_of_the_same_candle_count():
    pairs = [series(flat(3), pair=pair, enter_long=[0]) for pair in (PAIR, OTHER)]
    outcome = run(walk_setup(*pairs, dry_run_wallet=150))
    assert [trade.pair for trade in outcome.trades] == [PAIR]
    assert outcome.counters.rejected_signals == 0, "there was a slot, but no money"


def test_a_candle_made_by_hand_is_one():
    one = candle(1.0, 2.0, 0.5, 1.5, place=3, enter_long=True, direction="long")
    assert (one.high, one.opened, one.direction) == (2.0, at(3), "long")
