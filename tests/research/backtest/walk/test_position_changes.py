"""Positions grow and shrink as the strategy wants, within what stake, market and settings allow."""

import pytest

from appliance.research.backtest.walk.walk import run
from tests.research.backtest.walk.made import PAIR, Plain, at, flat, market, series, walk_setup


class Changing(Plain):
    """Changes its position by what `changes` says of a candle."""

    position_adjustment_enable = True
    changes: dict = {}  # noqa: RUF012 -- as strategies set it

    def __init__(self, config):
        super().__init__(config)
        self.offers = []

    def adjust_trade_position(self, current_time, min_stake, max_stake, **_):
        self.offers.append((current_time, min_stake, max_stake))
        return {at(candle): change for candle, change in self.changes.items()}.get(current_time)


def changing(changes, **more):
    return type("Mine", (Changing,), {"changes": changes, **more})


def walked(changes, *, candles=None, config=None, **more):
    setup = walk_setup(
        series(candles or flat(8), enter_long=[0]), strategy=changing(changes, **more), **(config or {})
    )
    outcome = run(setup)
    (trade,) = outcome.trades
    return trade, outcome, setup


def filled(trade):
    """Orders as (candle, side, amount)."""
    return [
        (next(c for c in range(99) if at(c) == o.order_filled_date), o.side, o.amount) for o in trade.orders
    ]


# -- what is not done


def test_a_strategy_that_does_not_say_so_is_not_asked():
    trade, _, setup = walked({1: 50}, config={"position_adjustment_enable": False})
    assert setup.strategy.offers == []
    assert len(trade.orders) == 2


@pytest.mark.parametrize("change", [0, 0.0, None, (0, "tag"), (None, "tag"), "much", (), float("nan")])
def test_nothing_and_nonsense_change_nothing(change):
    trade, _, _ = walked({1: change})
    assert filled(trade) == [(0, "buy", 1.0), (7, "sell", 1.0)]


def test_no_more_is_added_than_is_left():
    trade, _, _ = walked({1: 5000})
    assert filled(trade)[1] == (1, "buy", 9.0)
    assert trade.max_stake_amount == 1000.0


def test_entries_may_be_limited():
    trade, _, _ = walked({1: 50, 2: 50, 3: 50}, config={"max_entry_position_adjustment": 1})
    assert filled(trade) == [(0, "buy", 1.0), (1, "buy", 0.5), (7, "sell", 1.5)]


def test_a_stake_far_below_the_least_of_the_market_adds_nothing():
    setup = walk_setup(
        series(flat(5), enter_long=[0]),
        strategy=changing({1: 5.0, 2: 11.0}),
        markets={PAIR: market(PAIR, cost_min=10.0)},
    )
    (trade,) = run(setup).trades
    assert filled(trade) == [(0, "buy", 1.0), (2, "buy", 0.11), (4, "sell", 1.11)]
    _, least, largest = setup.strategy.offers[0]
    assert least == pytest.approx(10.0 * 1.05 / 0.9)
    assert largest == 900.0


@pytest.mark.parametrize("change", [-0.0001, -0.05])
def test_less_than_a_lot_is_not_sold(change):
    trade, _, _ = walked({1: change})
    assert filled(trade) == [(0, "buy", 1.0), (7, "sell", 1.0)]


def test_what_would_leave_less_than_the_least_is_not_sold():
    setup = walk_setup(
        series(flat(5), enter_long=[0]),
        strategy=changing({1: -95.0, 2: -60.0}),
        markets={PAIR: market(PAIR, cost_min=10.0)},
    )
    (trade,) = run(setup).trades
    assert filled(trade) == [(0, "buy", 1.0), (2, "sell", 0.6), (4, "sell", 0.4)]


# -- what is done


def test_a_position_grows_and_its_rate_is_the_average():
    candles = [*flat(2), *flat(6, 80.0)]
    trade, _, _ = walked({3: (100, "cheaper")}, candles=candles)
    assert filled(trade) == [(0, "buy", 1.0), (3, "buy", 1.25), (7, "sell", 2.25)]
    assert trade.open_rate == pytest.approx(88.89)
    assert trade.orders[1].ft_order_tag == "cheaper"
    assert trade.enter_tag is None


def test_a_part_is_sold_and_its_profit_is_there_at_once():
    candles = [*flat(2), *flat(6, 110.0)]
    trade, outcome, _ = walked({3: (-40, "some")}, candles=candles)
    assert filled(trade) == [(0, "buy", 1.0), (3, "sell", 0.4), (7, "sell", 0.6)]
    assert trade.orders[1].ft_order_tag == "some"
    assert trade.close_profit_abs == pytest.approx(10.0)
    assert outcome.final_balance == pytest.approx(1010.0)
    assert (at(3), "ETH", 0.6) in [(one.moment, one.currency, one.total) for one in outcome.wallet]


def test_the_reason_of_a_partial_exit_is_its_own():
    trade, _, _ = walked({3: -40})
    assert trade.orders[1].ft_order_tag == "partial_exit"
    assert trade.exit_reason == "force_exit"


def test_all_of_it_may_be_sold():
    trade, _, _ = walked({3: -100})
    assert (trade.close_date, trade.exit_reason) == (at(3), "partial_exit")


def test_a_strategy_cannot_veto_what_it_has_asked_for():
    def veto(self, **_):
        return False

    trade, _, _ = walked({3: -100}, confirm_trade_exit=veto, confirm_trade_entry=lambda self, **_: True)
    assert trade.close_date == at(3)


def test_an_addition_needs_no_confirmation():
    trade, _, _ = walked({1: 50}, confirm_trade_entry=lambda self, current_time, **_: current_time == at(0))
    assert filled(trade)[1] == (1, "buy", 0.5)


def test_an_addition_that_waits_is_placed_once():
    def below(self, trade, proposed_rate, **_):
        return proposed_rate if trade is None else 95.0

    timeless = {"unfilledtimeout": {"unit": "minutes"}}
    candles = [*flat(5), (100.0, 100.0, 90.0, 100.0), *flat(2)]
    trade, outcome, _ = walked(
        {1: 95, 2: 95, 3: 95}, candles=candles, config=timeless, custom_entry_price=below
    )
    assert filled(trade) == [(0, "buy", 1.0), (5, "buy", 1.0), (7, "sell", 2.0)]
    assert outcome.counters.canceled_entry_orders == 0


def test_an_addition_that_waits_measures_the_stop_from_the_open_rate():
    """As in freqtrade: a stop that the strategy has set close to a fallen price jumps above it."""

    def below(self, trade, proposed_rate, **_):
        return proposed_rate if trade is None else 50.0

    def close(self, current_time, **_):
        return -0.001 if current_time == at(2) else None

    candles = [*flat(2), *flat(6, 95.0)]
    stopped = {"use_custom_stoploss": True, "custom_stoploss": close}
    trade, _, _ = walked({3: 60}, candles=candles, custom_entry_price=below, **stopped)
    assert trade.stop_loss == 99.9
    assert (trade.close_date, trade.close_rate, trade.exit_reason) == (at(3), 95.0, "trailing_stop_loss")
    trade, _, _ = walked({}, candles=candles, **stopped)
    assert (trade.stop_loss, trade.exit_reason) == (94.91, "force_exit")
