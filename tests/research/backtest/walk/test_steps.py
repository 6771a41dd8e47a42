"""Steps: what the walk may visit, in one order of time for all pairs."""

import numpy as np
import pytest

from appliance.research.backtest.series import NO_TAG, ODD
from appliance.research.backtest.walk.steps import Timeline, steps_of
from tests.research.backtest.walk.made import BEGIN, FIVE_MINUTES, flat, rows, series

MINUTE = 60_000
FAR = BEGIN + 1000 * FIVE_MINUTES


def laid_out(one, *, detail=None, last_ms=FAR, can_short=True, expires=0):
    timeline = Timeline(BEGIN, "5m", detail)
    return steps_of(one, timeline, can_short=can_short, last_ms=last_ms, expires_seconds=expires)


def test_a_series_without_candles_has_no_steps():
    assert len(laid_out(series([]))) == 0
    assert len(laid_out(series([], detail=rows(flat(3), timeframe="1m")), detail="1m")) == 0


def test_a_candle_is_one_step_and_its_position_counts_candles_since_the_begin():
    steps = laid_out(series(flat(3)))
    assert steps.position.tolist() == [1, 2, 3]
    assert steps.candle.tolist() == [0, 1, 2]
    assert steps.first.tolist() == [0, 1, 2, 3]


def test_a_pair_that_was_listed_later_begins_later():
    assert laid_out(series(flat(2), begin=40)).position.tolist() == [41, 42]


def test_with_detail_candles_each_of_them_is_a_step():
    steps = laid_out(series(flat(2), detail=rows(flat(10, 99.0), timeframe="1m")), detail="1m")
    assert steps.position.tolist() == [5, 6, 7, 8, 9, 10, 11, 12, 13, 14]
    assert steps.first.tolist() == [0, 5, 10]
    assert set(steps.rows.open) == {99.0}


def test_a_candle_without_detail_is_one_step_between_those_that_have_some():
    """Detail candles of the first candle and the last; those of the last begin late."""
    table = rows(flat(15, 99.0), timeframe="1m")
    kept = np.r_[0:5, 12:15]
    steps = laid_out(series(flat(3), detail=table.cut(kept)), detail="1m")
    assert steps.first.tolist() == [0, 5, 6, 9]
    assert steps.candle.tolist() == [0] * 5 + [1] + [2] * 3
    assert steps.position.tolist() == [5, 6, 7, 8, 9, 10, 15, 16, 17]
    assert steps.rows.open.tolist() == [99.0] * 5 + [100.0] + [99.0] * 3
    assert (steps.rows.opened[6:] - BEGIN - FIVE_MINUTES).tolist() == [12 * MINUTE, 13 * MINUTE, 14 * MINUTE]


def test_detail_candles_outside_the_series_are_no_steps():
    table = rows(flat(20, 99.0), timeframe="1m")
    assert len(laid_out(series(flat(2), begin=1, detail=table), detail="1m")) == 10


def test_a_pair_without_detail_file_keeps_its_candles():
    steps = laid_out(series(flat(2)), detail="1m")
    assert steps.position.tolist() == [5, 10]


# -- signals


def directions(steps):
    return [steps.direction(step) for step in range(len(steps))]


def test_an_entry_signal_counts_unless_the_exit_of_its_side_or_the_other_entry_is_there():
    one = series(
        flat(7), enter_long=[0, 1, 2, 3], exit_long=[1, 5], enter_short=[2, 4, 5, 6], exit_short=[3, 6]
    )
    steps = laid_out(one)
    assert directions(steps) == ["long", None, None, "long", "short", "short", None]
    assert steps.signals.tolist() == [0, 3, 4, 5]
    assert steps.exits_long.tolist() == [5], "an entry of the same side speaks against it"
    assert steps.exits_short.tolist() == [3]


def test_where_nothing_can_be_sold_short_short_signals_are_nothing():
    steps = laid_out(series(flat(3), enter_long=[0, 2], enter_short=[0, 1]), can_short=False)
    assert directions(steps) == ["long", None, "long"]


def test_odd_signals_enter_nothing_but_speak_against_an_exit():
    one = series(flat(2), exit_long=[0, 1])
    one.enter_long[0] = ODD
    steps = laid_out(one)
    assert directions(steps) == [None, None]
    assert steps.exits_long.tolist() == [1]


def test_within_a_candle_later_steps_may_enter_until_the_signal_expires():
    one = series(flat(2), enter_long=[0], detail=rows(flat(10), timeframe="1m"))
    assert laid_out(one, detail="1m").signals.tolist() == [0, 1, 2, 3, 4]
    expiring = laid_out(one, detail="1m", expires=120)
    assert expiring.signals.tolist() == [0, 1, 2]
    assert directions(expiring)[:5] == ["long", "long", "long", None, None]


def test_a_candle_expires_not_itself():
    assert laid_out(series(flat(2), enter_long=[1]), expires=1).signals.tolist() == [1]


def test_the_first_step_of_the_last_candle_enters_nothing():
    one = series(flat(2), enter_long=[0, 1], detail=rows(flat(10), timeframe="1m"))
    last = int(one.rows.opened[-1])
    assert laid_out(series(flat(2), enter_long=[0, 1]), last_ms=last).signals.tolist() == [0]
    assert laid_out(one, detail="1m", last_ms=last).signals.tolist() == [0, 1, 2, 3, 4, 6, 7, 8, 9]


# -- candles


def test_a_step_is_a_candle_with_the_signals_and_tags_of_its_candle():
    one = series(
        [(1.0, 4.0, 0.5, 2.0)],
        enter_long=[0],
        exit_short=[0],
        tags={0: "dip"},
        exit_tags={0: "top"},
        detail=rows([(1.0, 1.5, 0.5, 1.2), (1.2, 4.0, 1.1, 2.0)], timeframe="1m"),
    )
    found = laid_out(one, detail="1m").candle_at(1)
    assert (found.open, found.high, found.low, found.close) == (1.2, 4.0, 1.1, 2.0)
    assert found.opened_ms == BEGIN + FIVE_MINUTES + MINUTE
    assert (found.enter_long, found.exit_long, found.enter_short, found.exit_short) == (1, 0, 0, 1)
    assert (found.enter_tag, found.exit_tag, found.direction) == ("dip", "top", "long")
    assert (found.best(is_short=False), found.worst(is_short=False)) == (4.0, 1.1)
    assert (found.best(is_short=True), found.worst(is_short=True)) == (1.1, 4.0)
    assert found.signals(is_short=True) == (False, True)


def test_the_last_candle_is_that_of_the_series_without_signals():
    one = series([*flat(1), (1.0, 4.0, 0.5, 2.0)], enter_long=[1], detail=rows(flat(10, 3.0), timeframe="1m"))
    last = laid_out(one, detail="1m").last_candle()
    assert (last.open, last.close, last.enter_long, last.direction) == (1.0, 2.0, False, None)


@pytest.mark.parametrize(("rate", "reached"), [(0.5, True), (4.0, True), (0.49, False), (4.01, False)])
def test_an_order_fills_within_the_candle(rate, reached):
    assert laid_out(series([(1.0, 4.0, 0.5, 2.0)])).candle_at(0).reaches(rate) is reached


def test_a_tag_that_is_none_is_none():
    assert series(flat(1)).tag(NO_TAG) is None
