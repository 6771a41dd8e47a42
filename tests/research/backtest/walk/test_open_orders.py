"""Open orders: they time out, or get another price, on the candles after the one that placed them."""

import pytest

from appliance.research.backtest.walk.walk import run
from tests.research.backtest.walk.made import Plain, at, flat, series, walk_setup

LATER = [*flat(8), (100.0, 101.0, 94.0, 95.0), *flat(4)]
"""Candles of 100, of which the ninth falls to 94."""


class AtNinetyFive(Plain):
    """Enters by an order at 95, which waits."""

    def custom_entry_price(self, proposed_rate, **_):
        return 95.0


class Asking(AtNinetyFive):
    """Notes when it was asked for a price, and what it answered."""

    answers: dict = {}  # noqa: RUF012 -- as strategies set it

    def __init__(self, config):
        super().__init__(config)
        self.asked = []

    def adjust_entry_price(self, current_time, proposed_rate, current_order_rate, **_):
        self.asked.append((current_time, proposed_rate, current_order_rate))
        return self.answers.get(len(self.asked), current_order_rate)


def answering(*answers):
    """A strategy with these answers, the first to the first question."""
    return type("Answering", (Asking,), {"answers": dict(enumerate(answers, start=1))})


def never(candles=LATER, **config):
    """A setup in which nothing times out; one entry signal acts on the first candle."""
    return walk_setup(series(candles, enter_long=[0]), unfilledtimeout={"unit": "minutes"}, **config)


# -- time-outs


def test_an_entry_that_times_out_leaves_no_trade_and_its_slot_is_free():
    timeout = {"entry": 10, "exit": 10, "unit": "minutes"}
    both = series(LATER, enter_long=[0, 4])
    outcome = run(walk_setup(both, strategy=AtNinetyFive, unfilledtimeout=timeout, max_open_trades=1))
    assert outcome.counters.timedout_entry_orders == 2
    assert (outcome.trades, outcome.counters.rejected_signals) == ([], 0)


@pytest.mark.parametrize(("seconds", "timed_out"), [(2400, 1), (2401, 0)])
def test_an_order_times_out_once_it_is_as_old_as_that(seconds, timed_out):
    """The order of candle 0 is 2,400 seconds old when candle 8 reaches it."""
    timeout = {"entry": seconds, "exit": 10, "unit": "seconds"}
    outcome = run(walk_setup(series(LATER, enter_long=[0]), strategy=AtNinetyFive, unfilledtimeout=timeout))
    assert outcome.counters.timedout_entry_orders == timed_out
    assert len(outcome.trades) == 1 - timed_out


def test_a_trade_dates_from_its_order_and_fills_when_a_candle_reaches_it():
    (trade,) = run(never(strategy=AtNinetyFive)).trades
    assert (trade.open_date, trade.open_rate) == (at(0), 95.0)
    assert trade.orders[0].order_filled_date == at(8)


def test_an_entry_that_never_fills_is_dropped_at_the_end():
    outcome = run(never(flat(5), strategy=AtNinetyFive))
    assert outcome.trades == []
    assert outcome.final_balance == 1000.0


class OutAtOnce(AtNinetyFive):
    def check_entry_timeout(self, current_time, **_):
        return current_time == at(3)


def test_the_strategy_may_find_an_order_too_old():
    outcome = run(never(strategy=OutAtOnce))
    assert outcome.counters.timedout_entry_orders == 1
    assert outcome.trades == []


class SellsHigh(Plain):
    def custom_exit_price(self, **_):
        return 120.0


def test_an_exit_that_times_out_leaves_the_trade_open():
    selling = series(flat(8), enter_long=[0], exit_long=[1])
    outcome = run(walk_setup(selling, strategy=SellsHigh))
    assert outcome.counters.timedout_exit_orders == 1
    (trade,) = outcome.trades
    assert (trade.exit_reason, trade.close_date) == ("force_exit", at(7))
    assert len(trade.orders) == 2, "the order that timed out has left the trade"


# -- other prices


def test_a_strategy_is_asked_on_each_later_candle():
    setup = never(flat(4), strategy=answering())
    outcome = run(setup)
    assert setup.strategy.asked == [(at(candle), 100.0, 95.0) for candle in (1, 2, 3)]
    assert outcome.counters.replaced_entry_orders == 0


def test_another_price_places_the_order_anew():
    setup = never(strategy=answering(95.0, 94.5))
    (trade,) = run(setup).trades
    assert trade.open_rate == 94.5
    assert trade.orders[0].order_date == at(2)
    assert (trade.open_date, trade.stake_amount) == (at(0), pytest.approx(100.0, abs=0.2))


def test_the_new_order_may_fill_at_once():
    (trade,) = run(never(strategy=answering(100.0))).trades
    assert (trade.open_rate, trade.orders[0].order_filled_date) == (100.0, at(1))


def test_no_price_ends_a_trade_of_which_nothing_has_filled():
    outcome = run(never(strategy=answering(None)))
    assert outcome.trades == []
    assert (outcome.counters.canceled_trade_entries, outcome.counters.canceled_entry_orders) == (1, 1)


def test_a_new_order_that_the_strategy_does_not_confirm_ends_it_too():
    class Refusing(answering(94.5)):
        def confirm_trade_entry(self, rate, **_):
            return rate != 94.5

    outcome = run(never(strategy=Refusing))
    assert outcome.trades == []
    assert (outcome.counters.canceled_trade_entries, outcome.counters.replaced_entry_orders) == (1, 1)


class SellsLower(SellsHigh):
    def adjust_exit_price(self, current_time, current_order_rate, **_):
        return 100.0 if current_time == at(4) else current_order_rate


def test_an_exit_gets_another_price():
    timeless = {"unit": "minutes"}
    selling = series(flat(8), enter_long=[0], exit_long=[1], exit_tags={1: "top"})
    outcome = run(walk_setup(selling, strategy=SellsLower, unfilledtimeout=timeless))
    (trade,) = outcome.trades
    assert (trade.close_date, trade.close_rate, trade.exit_reason) == (at(4), 100.0, "top")
    assert (outcome.counters.replaced_exit_orders, outcome.counters.canceled_exit_orders) == (1, 1)
