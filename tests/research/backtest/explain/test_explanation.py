"""Explain a candle of a backtest: each reason by a planted cause, and nothing changed by the question."""

from dataclasses import replace
from functools import partial

import msgspec
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from appliance.domain.decisions.kinds import Kind
from appliance.domain.decisions.sentences import sentence
from appliance.domain.errors import ConfigurationError
from appliance.research.backtest.explain.explanation import Question, asked, decided_in, explained
from appliance.research.backtest.explain.visits import InsistingSchedule, Listener, ListeningWalk
from appliance.research.backtest.plan import planned
from appliance.research.backtest.realism import Realism
from appliance.research.backtest.setup import preparations
from appliance.research.backtest.walk.walk import Walk
from tests.research.backtest.walk.made import (
    BEGIN,
    FIVE_MINUTES,
    OTHER,
    PAIR,
    Plain,
    at,
    flat,
    rows,
    series,
    walk_setup,
)
from tests.research.backtest.walk.scenarios.drawn import drawn_walks

GUARD = {"method": "StoplossGuard", "trade_limit": 1, "stop_duration": 60, "lookback_period": 60}


def listening(setup, pair, candles, detail=None):
    """Return a walk that listens to these candles of a pair (first and last), and what it hears."""
    begin, end = (BEGIN + (candle + 1) * FIVE_MINUTES for candle in candles)
    listener = Listener(pair, begin, end + FIVE_MINUTES)
    schedule = partial(InsistingSchedule, listener=listener)
    walk = ListeningWalk(replace(setup, witness=listener), detail, schedule=schedule, listener=listener)
    return walk, listener


def told(setup, candle, *, pair=PAIR, detail=None):
    """Return what was decided about a pair in a candle, in sentences."""
    walk, listener = listening(setup, pair, (candle, candle), detail)
    walk.run_to(listener.begin)
    decided = decided_in(walk, listener, listener.begin)
    return [sentence(step) for step in decided.steps]


# -- entries -------------------------------------------------------------------------------------------


def test_without_a_signal_there_is_no_entry():
    assert told(walk_setup(series(flat(4))), 1) == ["no entry: no entry signal"]


def test_signals_that_contradict_each_other():
    both = series(flat(4), enter_long=[1], exit_long=[1])
    assert told(walk_setup(both), 1) == [
        "no entry: the signals contradict each other (enter_long, exit_long)"
    ]


def test_an_entry_and_what_becomes_of_it_in_its_candle():
    tagged = series(flat(4), enter_long=[1], tags={1: "deep"})
    assert told(walk_setup(tagged, minimal_roi={"0": 0.1}), 1) == [
        "signal to enter long (deep)",
        "entry planned: limit long of 1 at 100, stake 100 of 1000 available",
        "order placed: limit buy of 1 at 100 (deep)",
        "order filled: limit buy of 1 at 100 (deep)",
        "trade 1 stays open: profit 0.00 % at 100, stop at 50 not reached, ROI asks 10.00 %",
    ]


def test_no_slot_is_free_though_the_walk_would_not_look():
    pairs = series(flat(5), enter_long=[0], pair=OTHER), series(flat(5), enter_long=[2])
    assert told(walk_setup(*pairs, max_open_trades=1), 2)[-1] == (
        "no entry: no free slot, 1 of 1 trades are open"
    )


def test_a_pair_has_its_trade():
    assert "no entry: trade 1 is open" in told(walk_setup(series(flat(5), enter_long=[0, 2])), 2)


def test_a_lock_and_the_candle_in_which_it_was_set():
    falling = [*flat(2), (100.0, 100.0, 80.0, 80.0), *flat(4, 80.0)]
    setup = walk_setup(series(falling, enter_long=[1, 4]), stoploss=-0.1, protections=[GUARD])
    reason = "1 stop losses within 60 minutes, locked for 60 minutes"
    assert told(setup, 2)[-1] == f"StoplossGuard locks it until 01:20: {reason}"
    assert told(setup, 4)[-1] == f"no entry: locked until 01:20 by StoplossGuard: {reason}"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"dry_run_wallet": 50}, "no entry: only 50 available, less than the stake of 100"),
        (
            {"realism": Realism(volume_cap=1e-6)},
            "no entry: the volume of the candle is too small for the volume cap (backtests)",
        ),
    ],
)
def test_money_or_volume_that_is_not_there(changes, says):
    assert told(walk_setup(series(flat(4), enter_long=[1]), **changes), 1)[-1] == says


class Answering(Plain):
    """Has a price and a stake of its own, and confirms nothing."""

    def custom_entry_price(self, proposed_rate, **_):
        return proposed_rate * 0.99

    def custom_stake_amount(self, **_):
        return self.stake

    def confirm_trade_entry(self, **_):
        return False

    stake = 50.0


def test_what_the_callbacks_answer():
    candles = [(100.0, 101.0, 98.0, 100.0)] * 4
    assert told(walk_setup(series(candles, enter_long=[1]), strategy=Answering), 1)[1:] == [
        "entry planned: limit long of 0.505 at 99 (custom_entry_price; proposed 100)"
        ", stake 50 of 1000 available (custom_stake_amount; proposed 100)",
        "no entry: confirm_trade_entry said no (long, 0.505 at 99)",
    ]
    nothing = type("Nothing", (Answering,), {"stake": 0.0})
    assert told(walk_setup(series(candles, enter_long=[1]), strategy=nothing), 1)[-1].startswith(
        "no entry: the stake of 0 is too small to buy anything (wanted 0, "
    )


def test_the_last_candle_of_the_range_makes_no_entry():
    assert told(walk_setup(series(flat(4), enter_long=[3])), 3)[-1] == (
        "no entry: the tested range ends with this candle (backtests)"
    )


def test_a_pair_that_the_lists_leave_out_in_this_candle():
    pairs = series(flat(4), enter_long=[1]), series(flat(4), pair=OTHER)
    setup = walk_setup(*pairs, pairs_now=lambda: [OTHER])
    assert told(setup, 1)[-1] == "not traded: the pair lists leave it out in this candle (backtests)"


# -- exits ---------------------------------------------------------------------------------------------


def test_an_exit_signal():
    one = series(flat(5), enter_long=[0], exit_long=[3], exit_tags={3: "top"})
    assert told(walk_setup(one), 3) == [
        "no entry: no entry signal, only exit_long",
        "exit of trade 1 wanted: exit_signal (top) at 100, profit 0.00 %",
        "order placed: limit sell of 1 at 100 (top)",
        "order filled: limit sell of 1 at 100 (top)",
        "trade 1 closed by top: 0.00 %, +0.00 USDT",
    ]


def test_a_trade_that_stays_in_a_candle_that_the_walk_skips():
    candles = [*flat(2), *flat(298, 102.0)]
    (_, held) = told(walk_setup(series(candles, enter_long=[0]), minimal_roi={"0": 0.04}), 200)
    assert held == "trade 1 stays open: profit 2.00 % at 102, stop at 50 not reached, ROI asks 4.00 %"


def test_a_stop_that_moves_and_is_hit():
    rising = [*flat(2), (118.0, 120.0, 115.0, 120.0), (120.0, 120.0, 100.0, 100.0)]
    setup = walk_setup(series(rising, enter_long=[0]), stoploss=-0.1, trailing_stop=True)
    assert "stop of trade 1 moved from 90 to 108 (trailing)" in told(setup, 2)
    assert "exit of trade 1 wanted: trailing_stop_loss at 108, profit 8.00 %" in told(setup, 3)


class Staying(Plain):
    """Wants to exit, and vetoes it."""

    def custom_exit(self, **_):
        return "had enough"

    def confirm_trade_exit(self, **_):
        return False


def test_an_exit_that_is_not_confirmed():
    assert told(walk_setup(series(flat(4), enter_long=[0]), strategy=Staying), 2)[-2:] == [
        "exit of trade 1 wanted: custom_exit (had enough) at 100, profit 0.00 %",
        "no exit: confirm_trade_exit said no to had enough",
    ]


class Waiting(Plain):
    """Enters by an order below the market."""

    def custom_entry_price(self, **_):
        return 95.0


def test_an_order_that_times_out():
    timeout = {"entry": 10, "exit": 10, "unit": "minutes"}
    setup = walk_setup(series(flat(6), enter_long=[0]), strategy=Waiting, unfilledtimeout=timeout)
    cancelled = [text for number in range(5) for text in told(setup, number) if "cancelled" in text]
    assert cancelled == ["order cancelled: limit buy of 1.052 at 95: not filled in time"]


class Growing(Plain):
    """Wants to add to its position in every candle."""

    position_adjustment_enable = True
    max_entry_position_adjustment = 0

    def adjust_trade_position(self, **_):
        return 50.0, "more"


def test_an_adjustment_that_is_not_allowed():
    assert told(walk_setup(series(flat(4), enter_long=[0]), strategy=Growing), 2)[1:3] == [
        "adjust_trade_position asks for a stake of +50 (more)",
        "not adjusted: max_entry_position_adjustment is 0",
    ]


def test_detail_candles_that_repeat_a_step_are_one():
    fine = rows(flat(20), timeframe="1m")
    one = series(flat(4), enter_long=[0], detail=fine)
    walk, listener = listening(walk_setup(one), PAIR, (2, 2), "1m")
    walk.run_to(listener.begin)
    (_, held) = decided_in(walk, listener, listener.begin).steps
    assert (held.kind, held.times, held.last - held.first) == (Kind.HOLDS, 5, 240_000)


# -- asking changes nothing ----------------------------------------------------------------------------


@pytest.mark.slow
@settings(max_examples=60)
@given(drawn_walks(), st.data())
def test_a_walk_that_is_listened_to_ends_as_any_other(drawn, data):
    note(repr(drawn))
    plain = Walk(drawn.setup(), drawn.detail).run()
    setup = drawn.setup()
    pair = data.draw(st.sampled_from(sorted(setup.series)))
    first = data.draw(st.integers(0, 60))
    walk, _ = listening(setup, pair, (first, first + data.draw(st.integers(0, 3))), drawn.detail)
    listened = walk.run()
    for name in ("trades", "wallet", "final_balance"):
        assert msgspec.to_builtins(getattr(listened, name)) == msgspec.to_builtins(getattr(plain, name))


# -- from a configuration ------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "yesterday", "2025-13-01", "10:05"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ConfigurationError, match="--explain: expected a time"):
        asked("ETH/USDT", text)


@pytest.mark.parametrize("text", ["2025-07-01 00:05", "2025-07-01T00:05Z", "2025-07-01T02:05+02:00"])
def test_a_time_is_utc_unless_it_says_otherwise(text):
    assert asked("ETH/USDT", text).moment == at(0)


@pytest.fixture
def prepared(workspace):
    workspace.strategy(
        indicators="dataframe['ma'] = dataframe['close'].rolling(5).mean()",
        entries="dataframe.loc[dataframe.index % 50 == 0, ['enter_long', 'enter_tag']] = (1, 'fifty')",
        exits="dataframe.loc[dataframe.index % 50 == 25, 'exit_long'] = 1",
    )
    (found,) = preparations(planned(workspace.loaded()))
    return found


def test_the_row_of_the_candle_and_where_its_signals_act(prepared):
    found = explained(prepared, Question("ETH/USDT", at(49)))
    assert (found.opened, found.row["enter_long"], found.row["enter_tag"]) == (at(49), 1, "fifty")
    assert found.row["ma"] > 0
    assert [step.kind for step in found.within.steps][:1] == [Kind.NO_SIGNAL]
    assert [step.kind for step in found.after.steps][:4] == [
        Kind.SIGNAL,
        Kind.PLANNED,
        Kind.ORDER_PLACED,
        Kind.ORDER_FILLED,
    ]


def test_the_first_candle_only_gives_a_signal_and_the_last_has_none_after_it(prepared):
    assert explained(prepared, Question("ETH/USDT", at(-1))).within is None
    assert explained(prepared, Question("ETH/USDT", at(598))).after is None


@pytest.mark.parametrize(
    ("pair", "moment", "problem"),
    [
        ("NOPE/USDT", at(5), "NOPE/USDT is not tested; tested are BTC/USDT, ETH/USDT"),
        ("ETH/USDT", at(-2), "2025-06-30 23:55 is not tested; candles of ETH/USDT are from 2025-07-01 00:00"),
        ("ETH/USDT", at(599), "2025-07-03 02:00 is not tested"),
    ],
)
def test_what_is_not_tested_is_refused(prepared, pair, moment, problem):
    with pytest.raises(ConfigurationError, match=problem):
        explained(prepared, Question(pair, moment))
