"""Explain one candle of one pair: walk there, and collect what was seen and decided."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from appliance.domain.decisions.kinds import Kind
from appliance.domain.decisions.record import (
    ANALYSED,
    ENTER_LONG,
    ENTER_SHORT,
    EXIT_LONG,
    EXIT_SHORT,
    CandleRecord,
    Fact,
    Step,
    signal_step,
)
from appliance.domain.errors import ConfigurationError
from appliance.domain.lock import PairLock
from appliance.domain.timeframe import candle_open_ms, milliseconds, next_open_ms, to_date, to_ms
from appliance.research.backtest.explain.visits import InsistingSchedule, Listener, ListeningWalk
from appliance.research.backtest.run import prepared_walk, walk_setup
from appliance.research.backtest.setup import Preparation
from appliance.research.backtest.walk.steps import Steps
from appliance.rules.protections.locking import ALL_PAIRS
from appliance.rules.protections.naming import protection_of

if TYPE_CHECKING:
    from appliance.research.backtest.walk.walk import Walk

Progress = Callable[[int, int, int], None]


class Question(msgspec.Struct, frozen=True):
    """Ask about the candle of a pair that contains a moment (UTC)."""

    pair: str
    moment: datetime


class Decided(msgspec.Struct, frozen=True):
    """State what was decided in a candle, on the signals of the one before; `opened` UTC."""

    opened: datetime
    steps: list[Step]


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """State what a candle was like, and what was decided.

    `row` is the analysed row of the candle: prices, indicators, signals. `within` was decided in it, `after`
    in the next candle, where its own signals act; None where that is not tested.
    """

    strategy: str
    pair: str
    timeframe: str
    opened: datetime
    row: dict[str, Any]
    within: Decided | None
    after: Decided | None


def asked(pair: str, text: str) -> Question:
    """Return the question that the command line asks. Raises ConfigurationError for what is no time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(
            f'--explain: expected a time (UTC) such as "2025-07-01 10:05", found "{text}"'
        ) from None
    return Question(pair, moment.replace(tzinfo=moment.tzinfo or UTC))


def explained(prepared: Preparation, question: Question, progress: Progress | None = None) -> Explanation:
    """Walk to the candle and explain it. Raises ConfigurationError if it is not tested."""
    timeframe, pair = prepared.timeframe, question.pair
    opened_ms = candle_open_ms(timeframe, to_ms(question.moment))
    _check(prepared, question, opened_ms)
    after_ms = next_open_ms(timeframe, opened_ms)
    listener = Listener(pair, opened_ms, next_open_ms(timeframe, after_ms))
    setup = replace(walk_setup(prepared), witness=listener)
    schedule = partial(InsistingSchedule, listener=listener)
    walk = prepared_walk(prepared, setup, schedule, partial(ListeningWalk, listener=listener))
    walk.run_to(after_ms, progress)
    return Explanation(
        strategy=prepared.resolved.name,
        pair=pair,
        timeframe=timeframe,
        opened=to_date(opened_ms),
        row=_row(prepared, pair, opened_ms),
        within=decided_in(walk, listener, opened_ms),
        after=decided_in(walk, listener, after_ms),
    )


def _check(prepared: Preparation, question: Question, opened_ms: int) -> None:
    series = prepared.series.get(question.pair)
    if series is None or not len(series):
        tested = ", ".join(list(prepared.series)[:10])
        raise ConfigurationError(f"--explain: {question.pair} is not tested; tested are {tested}")
    length = milliseconds(prepared.timeframe)
    first, last = int(series.rows.opened[0]) - length, int(series.rows.opened[-1])
    if not first <= opened_ms <= last:
        span = " to ".join(f"{to_date(at):%Y-%m-%d %H:%M}" for at in (first, last))
        raise ConfigurationError(
            f"--explain: {question.moment:%Y-%m-%d %H:%M} is not tested; candles of {question.pair} "
            f"are from {span} (UTC)"
        )


def decided_in(walk: "Walk", listener: Listener, opened_ms: int) -> Decided | None:
    """Return what was decided in the candle that opened then; None if it is not one of the tested."""
    steps = walk.steps[listener.pair]
    candle = int(steps.series.rows.opened.searchsorted(opened_ms))
    if candle >= len(steps.series) or steps.series.rows.opened.item(candle) != opened_ms:
        return None
    end = opened_ms + walk.timeline.candle_ms
    found = [step for step in listener.steps if opened_ms <= step.first < end]
    if not any(opened_ms <= at < end for at in listener.visited):
        found.append(Step(Kind.NOT_LISTED, opened_ms, opened_ms, 1, ()))
    signal = _signal(steps, candle, can_short=walk.setup.can_short)
    if signal.kind is Kind.SIGNAL and steps.late[steps.first[candle] : steps.first[candle + 1]].all():
        found.append(Step(Kind.RANGE_ENDS, opened_ms, opened_ms, 1, ()))
    return Decided(to_date(opened_ms), [signal, *_without_repeats(found), *_locks(walk, listener, opened_ms)])


def _without_repeats(steps: list[Step]) -> list[Step]:
    """Return steps with consecutive ones of one kind joined: candles of the detail time frame repeat them."""
    joined: list[Step] = []
    for step in steps:
        if joined and joined[-1].kind is step.kind and joined[-1].facts[:1] == step.facts[:1]:
            joined[-1].last, joined[-1].facts = step.last, step.facts
            joined[-1].times += 1
        else:
            joined.append(step)
    return joined


def _signal(steps: Steps, candle: int, *, can_short: bool) -> Step:
    series = steps.series
    flags = (
        ANALYSED
        | (series.enter_long.item(candle) == 1) * ENTER_LONG
        | (series.exit_long.item(candle) == 1) * EXIT_LONG
        | (series.enter_short.item(candle) == 1) * ENTER_SHORT
        | (series.exit_short.item(candle) == 1) * EXIT_SHORT
    )
    opened_ms = series.rows.opened.item(candle)
    tags = (series.tag(series.enter_tag.item(candle)), series.tag(series.exit_tag.item(candle)))
    step = signal_step(CandleRecord(opened_ms, flags, *tags), opened_ms, can_short=can_short)
    assert step is not None
    return step


def _locks(walk: "Walk", listener: Listener, opened_ms: int) -> list[Step]:
    """Return the locks that were set in a candle."""
    end = opened_ms + walk.timeline.candle_ms
    return [
        Step(Kind.PROTECTION, at, at, 1, _lock_facts(lock))
        for lock in walk.locks.all
        if lock.pair in (listener.pair, ALL_PAIRS) and opened_ms <= (at := to_ms(lock.lock_time)) < end
    ]


def _lock_facts(lock: PairLock) -> tuple[Fact, ...]:
    return protection_of(lock.reason) or "the strategy", to_ms(lock.lock_end_time), lock.reason


def _row(prepared: Preparation, pair: str, opened_ms: int) -> dict[str, Any]:
    """Return the analysed row of a candle as the strategy made it; empty if it made none."""
    frame_of = prepared.series[pair].frame
    frame = frame_of() if frame_of is not None else None
    if frame is None:
        return {}
    found = frame.loc[frame["date"] == to_date(opened_ms)]
    return {} if found.empty else {str(name): value for name, value in found.iloc[-1].items()}
