"""Record what is decided about each pair, and why. Recording costs microseconds, and raises nothing.

A step that repeats in each cycle of a candle is one step, counted, with its newest facts.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from appliance.bot.decisions.history import History
from appliance.bot.decisions.indicators import NOTHING, Indicators
from appliance.domain.decisions.kinds import FORMS, Kind
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
from appliance.domain.timeframe import candle_open_ms, milliseconds, to_ms

if TYPE_CHECKING:
    from appliance.strategy.analysis import Signal

log = logging.getLogger(__name__)

EVERYWHERE = "*"
"""The name under which steps are recorded that concern all pairs."""
MOST_STEPS = 12
"""Steps of one candle; the oldest are dropped."""
LONGEST_TEXT = 160
"""Characters of a text; of a longer one the middle is left out: errors end with what matters."""
_HEAD = 60
MOST_LEFT_OUT = 2_000
"""Pairs of which it is kept which pair list leaves them out."""
MOST_CURRENT = 500
"""Pairs whose newest candle is at hand; a bot rarely follows more."""
LATE_MS = 300_000
"""How late the next candle may be; until then decisions belong to the one before."""
_MOST_LAYOUTS = 64


class LeftOut(NamedTuple):
    """State which pair list leaves out a pair, why, and since when (ms since 1970)."""

    by: str
    reason: str
    since: int


class NewStep(NamedTuple):
    """State a step that is new in a candle of a pair (when it opened, ms since 1970)."""

    pair: str
    candle: int
    step: Step


class Decisions:
    """Hold the decisions about each pair: the newest candle as it is, earlier ones packed."""

    def __init__(
        self, now: Callable[[], datetime], timeframe: Callable[[], str], can_short: Callable[[], bool]
    ) -> None:
        self._now, self._timeframe, self._can_short = now, timeframe, can_short
        self._current: dict[str, CandleRecord] = {}
        self._history = History()
        self._layouts: list[tuple[str, ...]] = [()]
        self._wanting: set[str] = set()
        self._failed = False
        self._dropped: dict[str, tuple[str, str]] = {}
        self.left_out: dict[str, LeftOut] = {}
        self.listeners: list[Callable[[NewStep], None]] = []

    # -- recording -------------------------------------------------------------------------------------

    def analysed(self, pair: str, signal: "Signal", indicators: Indicators = NOTHING) -> None:
        """Begin a candle of a pair: its signals and the values of its indicators."""
        try:
            self._analysed(pair, signal, indicators)
        except Exception:  # noqa: BLE001 - the edge: trading goes on whatever happens here
            self._report()

    def note(self, pair: str, kind: Kind, *facts: Fact | datetime) -> None:
        """Record a step about a pair, in the candle that is decided on now. Dates become ms since 1970."""
        try:
            self._note(pair, kind, tuple([_kept(fact) for fact in facts]))
        except Exception:  # noqa: BLE001 - the edge: trading goes on whatever happens here
            self._report()

    def note_calculated(
        self, pair: str, kind: Kind, facts: Callable[[], tuple[Fact | datetime, ...]]
    ) -> None:
        """Record a step whose facts need a calculation: an error in that does not reach trading either."""
        try:
            self._note(pair, kind, tuple([_kept(fact) for fact in facts()]))
        except Exception:  # noqa: BLE001 - the edge: trading goes on whatever happens here
            self._report()

    def note_everywhere(self, kind: Kind, *facts: Fact | datetime) -> None:
        """Record a step that concerns all pairs, and each pair with an entry signal."""
        for pair in (EVERYWHERE, *self._wanting):
            self.note(pair, kind, *facts)

    @property
    def wanting_entry(self) -> tuple[str, ...]:
        """The pairs whose newest analysed candle has an entry signal."""
        return tuple(self._wanting)

    def wants_entry(self, pair: str) -> bool:
        """Return whether the newest analysed candle of a pair has an entry signal."""
        return pair in self._wanting

    def chosen(self, whitelist: Iterable[str], left_out: Mapping[str, tuple[str, str]]) -> None:
        """Record which pairs the pair lists leave out (by which list, and why), where that has changed."""
        try:
            self._chosen(whitelist, left_out)
        except Exception:  # noqa: BLE001 - the edge: trading goes on whatever happens here
            self._report()

    def _analysed(self, pair: str, signal: "Signal", indicators: Indicators) -> None:
        opened = _kept(signal.candle_date)
        if not isinstance(opened, int):
            return  # a strategy may have made anything of its dates
        record = self._begun(pair, opened)
        before = (record.flags, record.enter_tag, record.exit_tag)
        record.flags = _flags(signal)
        record.enter_tag, record.exit_tag = _short(signal.enter_tag), _short(signal.exit_tag)
        record.layout, record.values = self._layout(indicators.names), indicators.values
        if before == (record.flags, record.enter_tag, record.exit_tag):
            return
        step = self.signal_step(record)
        if step is None:
            return
        if step.kind is Kind.SIGNAL:
            self._wanting.add(pair)
        else:
            self._wanting.discard(pair)
        self._announce(pair, record, step)

    def _note(self, pair: str, kind: Kind, facts: tuple[Fact, ...]) -> None:
        now = to_ms(self._now())
        record = self._record(pair, now)
        key = FORMS[kind].key
        for step in reversed(record.steps):
            if step.kind is kind and step.facts[:key] == facts[:key]:
                step.last, step.facts = now, facts
                step.times += 1
                return
        step = Step(kind, now, now, 1, facts)
        if len(record.steps) >= MOST_STEPS:
            del record.steps[0]
        record.steps.append(step)
        self._announce(pair, record, step)

    def _record(self, pair: str, now: int) -> CandleRecord:
        """Return the record of the candle that is decided on: the newest analysed, unless that is too old."""
        timeframe = self._timeframe()
        length = milliseconds(timeframe)
        record = self._current.get(pair)
        if record is not None:
            late = min(length, LATE_MS) if record.flags & ANALYSED else 0
            if now < record.opened + 2 * length + late:
                return record
        return self._begun(pair, candle_open_ms(timeframe, candle_open_ms(timeframe, now) - 1))

    def _begun(self, pair: str, opened: int) -> CandleRecord:
        """Return the current record of a pair, a new one if its candle is another."""
        record = self._current.get(pair)
        if record is not None:
            if record.opened >= opened:
                return record
            self._history.add(pair, record)
        elif len(self._current) >= MOST_CURRENT:
            self._retire()
        record = self._current[pair] = CandleRecord(opened, steps=[])
        self._wanting.discard(pair)
        return record

    def _retire(self) -> None:
        """Pack the record of the pair about which nothing was decided for the longest time."""
        pair = min(self._current, key=lambda name: self._current[name].opened)
        self._history.add(pair, self._current.pop(pair))

    def _chosen(self, whitelist: Iterable[str], left_out: Mapping[str, tuple[str, str]]) -> None:
        if left_out == self._dropped:
            return
        self._dropped = dict(left_out)
        before, now = self.left_out, to_ms(self._now())
        after: dict[str, LeftOut] = {}
        for pair, (by, reason) in left_out.items():
            if len(after) >= MOST_LEFT_OUT:
                break
            was = before.get(pair)
            if was is None or was.by != by:
                after[pair] = LeftOut(by, str(_short(reason)), now)
                self.note(pair, Kind.LEFT_OUT, by, reason)
            else:
                after[pair] = LeftOut(by, str(_short(reason)), was.since)
        for pair in whitelist:
            if pair in before and pair not in after:
                self.note(pair, Kind.LISTED)
        self.left_out = after

    def _layout(self, names: tuple[str, ...]) -> int:
        if self._layouts[-1] is names or self._layouts[-1] == names:
            return len(self._layouts) - 1
        if names in self._layouts:
            return self._layouts.index(names)
        if len(self._layouts) >= _MOST_LAYOUTS:
            return 0
        self._layouts.append(names)
        return len(self._layouts) - 1

    def _announce(self, pair: str, record: CandleRecord, step: Step) -> None:
        for listener in self.listeners:
            listener(NewStep(pair, record.opened, step))

    def _report(self) -> None:
        if not self._failed:
            self._failed = True
            log.exception("Recording a decision failed; trading is not affected. Reported once")

    # -- reading ---------------------------------------------------------------------------------------

    @property
    def pairs(self) -> list[str]:
        """The pairs about which anything was recorded."""
        return [pair for pair in self._current if pair != EVERYWHERE]

    def newest_first(self, pair: str, limit: int) -> list[CandleRecord]:
        """Return up to `limit` records of a pair (or of `EVERYWHERE`)."""
        current = self._current.get(pair)
        newest = [] if current is None else [current]
        return list(islice(chain(newest, self._history.newest_first(pair)), limit))

    def signal_step(self, record: CandleRecord) -> Step | None:
        """Return the step that the signals of a record are; None if its candle was not analysed."""
        closed = record.opened + milliseconds(self._timeframe())
        return signal_step(record, closed, can_short=self._can_short())

    def names(self, record: CandleRecord) -> tuple[str, ...]:
        """Return the names of the indicators of a record."""
        return self._layouts[record.layout] if record.layout < len(self._layouts) else ()


def _flags(signal: "Signal") -> int:
    return (
        ANALYSED
        | signal.enter_long * ENTER_LONG
        | signal.exit_long * EXIT_LONG
        | signal.enter_short * ENTER_SHORT
        | signal.exit_short * EXIT_SHORT
    )


def _kept(fact: Fact | datetime) -> Fact:
    """Return a fact as it is kept; None for a date that is none, as pandas' NaT."""
    if isinstance(fact, str):
        return _short(fact)
    if not isinstance(fact, datetime):
        return fact
    try:
        return to_ms(fact)
    except ValueError:
        return None


def _short(text: str | None) -> str | None:
    if text is None or len(text) <= LONGEST_TEXT:
        return text
    return f"{text[:_HEAD]}…{text[_HEAD + 1 - LONGEST_TEXT :]}"
