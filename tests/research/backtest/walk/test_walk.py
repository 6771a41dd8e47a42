"""A walk from the first candle to the last."""

import pytest

from appliance.research.backtest.walk.walk import run
from tests.research.backtest.walk.made import (
    BEGIN,
    FIVE_MINUTES,
    OTHER,
    PAIR,
    Plain,
    Shorting,
    at,
    flat,
    series,
    walk_setup,
)


def closed(outcome):
    return [(trade.pair, trade.close_date, trade.close_rate, trade.exit_reason) for trade in outcome.trades]


# -- nothing


def test_without_pairs_nothing_is_traded():
    outcome = run(walk_setup(last=5))
    assert (outcome.trades, outcome.final_balance) == ([], 1000.0)
    assert (outcome.first, outcome.last) == (at(-1), at(5))


def test_a_pair_without_candles_is_passed_over():
    outcome = run(walk_setup(series([], pair=OTHER), series(flat(3), enter_long=[0])))
    assert closed(outcome) == [(PAIR, at(2), 100.0, "force_exit")]


def test_the_last_candle_enters_nothing():
    assert run(walk_setup(series(flat(3), enter_long=[2]))).trades == []


# -- the end


def test_what_is_open_at_the_end_is_sold_at_the_open_of_the_last_candle():
    ending = [*flat(3), (103.0, 109.0, 102.0, 108.0)]
    outcome = run(walk_setup(series(ending, enter_long=[0])))
    assert closed(outcome) == [(PAIR, at(3), 103.0, "force_exit")]
    assert outcome.final_balance == pytest.approx(1003.0)


def test_a_pair_that_ends_earlier_is_sold_at_its_own_last_candle():
    outcome = run(
        walk_setup(
            series([*flat(3), *flat(1, 90.0)], enter_long=[0]), series(flat(9), pair=OTHER, enter_long=[0])
        )
    )
    assert closed(outcome) == [(PAIR, at(3), 90.0, "force_exit"), (OTHER, at(8), 100.0, "force_exit")]


def test_an_exit_on_the_last_candle_is_one_as_on_any():
    outcome = run(walk_setup(series(flat(4), enter_long=[0], exit_long=[3], exit_tags={3: "top"})))
    assert closed(outcome) == [(PAIR, at(3), 100.0, "top")]


def test_an_exit_that_waits_at_the_end_gives_way_to_the_last():
    class High(Plain):
        def custom_exit_price(self, **_):
            return 200.0

    timeless = {"unfilledtimeout": {"unit": "minutes"}}
    outcome = run(walk_setup(series(flat(4), enter_long=[0], exit_long=[1]), strategy=High, **timeless))
    assert closed(outcome) == [(PAIR, at(3), 100.0, "force_exit")]
    assert [order.price for order in outcome.trades[0].orders] == [100.0, 100.0]


# -- the way


class Counting(Plain):
    def __init__(self, config):
        super().__init__(config)
        self.loops = []

    def bot_loop_start(self, current_time, **_):
        self.loops.append(current_time)


def test_a_strategy_hears_of_each_candle_whatever_happens_in_it():
    setup = walk_setup(series(flat(3, 5.0), begin=2, enter_long=[1]), strategy=Counting, last=6)
    run(setup)
    assert setup.strategy.loops == [at(candle) for candle in range(7)]


class Tightening(Plain):
    """One that takes less once it has entered."""

    def order_filled(self, **_):
        self.minimal_roi = {0: 0.02}


def test_what_a_callback_changes_of_the_strategy_counts_from_the_next_candle_on():
    """There was no ROI: without looking again, no candle would be visited."""
    candles = [(100.0, 103.0, 97.0, 100.0)] * 4
    outcome = run(walk_setup(series(candles, enter_long=[0]), strategy=Tightening))
    assert [(trade.close_date, trade.exit_reason) for trade in outcome.trades] == [(at(1), "roi")]


def test_progress_is_told_now_and_then():
    told = []
    changing = [(100.0, 100.0, 100.0, 100.0)] * 600
    run(
        walk_setup(series(changing, enter_long=range(0, 600, 2), exit_long=range(1, 600, 2))),
        lambda now, last, closed: told.append((now, last, closed)),
    )
    assert len(told) == 2
    assert all(BEGIN < now < last == BEGIN + 600 * FIVE_MINUTES for now, last, _ in told)
    assert 100 < told[0][2] < told[1][2] < 300


def test_positions_turn_round_within_a_candle():
    turning = series(flat(8), enter_long=[0], exit_long=[3], enter_short=[3])
    outcome = run(walk_setup(turning, strategy=Shorting, futures=True))
    assert [(trade.trade_direction, trade.open_date, trade.close_date) for trade in outcome.trades] == [
        ("long", at(0), at(3)),
        ("short", at(3), at(7)),
    ]


def test_on_spot_markets_they_do_not():
    turning = series(flat(8), enter_long=[0], exit_long=[3], enter_short=[3])
    assert closed(run(walk_setup(turning))) == [(PAIR, at(3), 100.0, "exit_signal")]


def test_dynamic_pair_lists_say_who_may_enter_and_in_which_order():
    lists = iter([[OTHER, PAIR], [PAIR], [PAIR, OTHER], [], []])
    pairs = [series(flat(5), pair=pair, enter_long=[0, 1, 2]) for pair in (PAIR, OTHER)]
    outcome = run(walk_setup(*pairs, max_open_trades=1, pairs_now=lambda: next(lists)))
    assert [trade.pair for trade in outcome.trades] == [OTHER]
    assert [(one.pair, one.moment) for one in outcome.rejected] == [
        (PAIR, at(0)),
        (PAIR, at(1)),
        (PAIR, at(2)),
    ]


def test_the_balance_is_told_whenever_it_changes():
    rising = [*flat(2), *flat(3, 110.0)]
    outcome = run(walk_setup(series(rising, enter_long=[0], exit_long=[3])))
    money = [(one.moment, one.total) for one in outcome.wallet if one.currency == "USDT"]
    assert money == [(at(-1), 1000.0), (at(0), 900.0), (at(3), 1010.0)]
    assert (outcome.starting_balance, outcome.final_balance) == (1000.0, 1010.0)
