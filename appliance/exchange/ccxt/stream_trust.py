"""Judge what a stream of candles has told: which are closed, and whether the stream can be believed.

A stream tells the candle that is forming, again and again. A candle counts as closed when the next one has
been told on the same unbroken connection, and not before some of what the stream told has been found equal
to what the exchange answers when it is asked: some streams count volumes otherwise, some are mended later.
"""

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from appliance.domain import timeframe as timeframes

if TYPE_CHECKING:
    from appliance.domain.market import Candles

_KEPT = 12
"""How many candles are remembered of each stream: the bot looks every few seconds, candles may be of one."""
_BELIEVED_FOR = 60
"""After so many candles the stream is compared with an answer again."""
_TOO_OFTEN = 3
"""So many differences, and a stream is not listened to any more."""
_SAME = 1e-6
"""Numbers that differ by less than this ratio are the same, rounded."""

Row = tuple[float, ...]


class HeardCandles:
    """Hold what is heard of one pair and timeframe."""

    def __init__(self, timeframe: str) -> None:
        self._timeframe = timeframe
        self._rows: dict[int, Row] = {}
        self._believed = 0
        self._handed_ms = 0
        self.differences = 0
        self.missed = 0
        self.mended_ms: int | None = None
        """When the first candle opened (ms) that was handed out and has been told otherwise since."""

    @property
    def is_believed(self) -> bool:
        return self._believed > 0

    @property
    def is_hopeless(self) -> bool:
        return self.differences >= _TOO_OFTEN

    @property
    def newest_ms(self) -> int:
        """When the newest candle that was told opened (ms); 0 where none was."""
        return next(reversed(self._rows), 0)

    def break_off(self) -> None:
        """Forget everything: the connection broke, and what was told in between is not known."""
        self._rows.clear()
        self._believed = 0

    def take(self, told: Iterable[Sequence[Any]]) -> None:
        """Take in candles as the stream told them, the newest state of each; those that make no sense not."""
        for row in sorted((row for row in map(_row, told) if row is not None), key=lambda row: row[0]):
            opened = int(row[0])
            if timeframes.candle_open_ms(self._timeframe, opened) != opened:
                continue
            if opened <= self._handed_ms and self._rows.get(opened, row) != row:
                self._believed = 0
                self.mended_ms = min(opened, self.mended_ms or opened)
            self._rows[opened] = row
        self._rows = {opened: self._rows[opened] for opened in sorted(self._rows)[-_KEPT:]}

    def closed(self, after_ms: int, current_ms: int) -> "list[Row] | None":
        """Return all closed candles that opened after `after_ms` and before `current_ms`, without a gap.

        None where not all are known for sure: then the exchange is to be asked.
        """
        if not self.is_believed or self.newest_ms < current_ms:
            return None
        found: list[Row] = []
        opened = timeframes.next_open_ms(self._timeframe, after_ms)
        while opened < current_ms:
            if opened not in self._rows or len(found) >= _KEPT:
                return None
            found.append(self._rows[opened])
            opened = timeframes.next_open_ms(self._timeframe, opened)
        if found:
            self._handed_ms = int(found[-1][0])
            self._believed -= len(found)
        return found or None

    def compare(self, answered: "Candles", current_ms: int) -> bool:
        """Compare with what the exchange answered, closed candles only. Return whether it differs."""
        self.mended_ms = None
        rows = [tuple(row) for row in answered[-_KEPT:].tolist() if row[0] < current_ms]
        known = [row for row in rows if int(row[0]) in self._rows and row[0] < self.newest_ms]
        if rows and rows[-1][0] > self.newest_ms and rows[-1][5] > 0:
            self.missed += 1
        elif rows and rows[-1][0] <= self.newest_ms:
            self.missed = 0
        if not known:
            return False
        differs = any(not _is_same(row, self._rows[int(row[0])]) for row in known)
        self._believed = 0 if differs else _BELIEVED_FOR
        self.differences = self.differences + 1 if differs else 0
        return differs


def _row(told: Sequence[Any]) -> Row | None:
    """Read one candle; None where a number is missing."""
    try:
        row = tuple(float(value) for value in told[:6])
    except (TypeError, ValueError):
        return None
    return row if len(row) == 6 and all(map(math.isfinite, row)) else None


def _is_same(one: Row, other: Row) -> bool:
    return all(math.isclose(a, b, rel_tol=_SAME) for a, b in zip(one, other, strict=True))
