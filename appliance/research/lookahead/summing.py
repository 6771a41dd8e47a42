"""Add up what was found at each candle."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from appliance.research.lookahead.examination import ColumnChange
from appliance.research.lookahead.examiner import Checked
from appliance.research.lookahead.result import BiasedColumn, BiasedSignal, Evidence
from appliance.research.lookahead.signals import COLUMNS, ENTRIES, SignalChange


@dataclass(eq=False)
class _Column:
    ahead: int = 0
    candles: int = 0
    pairs: list[str] = field(default_factory=list)
    weight: float = -1.0
    example: Evidence | None = None


@dataclass(eq=False)
class Sum:
    """Add up results, pair by pair and in order of time."""

    with_signal: int = 0
    checked: int = 0
    entries: int = 0
    exits: int = 0
    failures: int = 0
    failure: str = ""
    signals: list[BiasedSignal] = field(default_factory=list)
    _columns: dict[str, _Column] = field(default_factory=dict)

    def add(self, pair: str, checked: Checked) -> None:
        """Add what came of some rows of a pair."""
        for result in checked.results:
            if result.failure:
                self.failures += 1
                self.failure = self.failure or result.failure
                continue
            self.checked += 1
            self.with_signal += result.had_signal
            kinds = {change.kind for change in result.signals}
            self.entries += bool(kinds & ENTRIES)
            self.exits += bool(kinds - ENTRIES)
            known_ms = checked.opened_ms[result.row]
            self.signals += (_signal(pair, known_ms, change) for change in result.signals)
            for change in result.columns:
                self._add_column(pair, change, checked.opened_ms[change.row], known_ms)

    @property
    def has_bias(self) -> bool:
        """Whether anything changes with later candles."""
        return bool(self._columns or self.signals)

    def columns(self) -> tuple[BiasedColumn, ...]:
        """Return the columns that know later candles, indicators first, each group in the frame's order."""
        found = list(self._found())
        return tuple(sorted(found, key=lambda one: one.is_signal))

    def _found(self) -> Iterator[BiasedColumn]:
        for name, column in self._columns.items():
            assert column.example is not None
            yield BiasedColumn(
                column=name,
                ahead=column.ahead,
                candles=column.candles,
                pairs=tuple(column.pairs),
                is_signal=name in COLUMNS,
                example=column.example,
            )

    def _add_column(self, pair: str, change: ColumnChange, candle_ms: int, known_ms: int) -> None:
        column = self._columns.setdefault(change.column, _Column())
        column.ahead = max(column.ahead, change.ahead)
        column.candles += 1
        if pair not in column.pairs:
            column.pairs.append(pair)
        weight = difference(change.whole, change.known)
        if weight > column.weight:
            column.weight = weight
            column.example = Evidence(
                pair=pair, candle_ms=candle_ms, known_ms=known_ms, whole=change.whole, known=change.known
            )


def _signal(pair: str, candle_ms: int, change: SignalChange) -> BiasedSignal:
    kind = "tag" if change.whole == change.known else ("vanishes" if change.whole else "appears")
    return BiasedSignal(
        pair=pair,
        candle_ms=candle_ms,
        kind=change.kind,
        change=kind,
        whole_tag=change.whole_tag,
        known_tag=change.known_tag,
    )


def difference(whole: Any, known: Any) -> float:
    """Return by what part of the known value the one with all candles differs; 0 if that is no number."""
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in (whole, known)):
        return 0.0
    return abs(whole - known) / abs(known) if known else math.inf
