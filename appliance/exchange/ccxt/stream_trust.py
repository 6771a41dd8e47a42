"""Decide which candles of a stream are closed, and whether the stream can be trusted.

A stream sends the candle that is forming, again and again. A candle counts as closed when the next one has
arrived on the same unbroken connection, and not before some candles of the stream were found equal to what
the exchange answers to a request: some streams count volumes otherwise, some are corrected later.
"""

import math
from typing import TYPE_CHECKING

from appliance.domain import timeframe as timeframes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from appliance.domain.market import Candles
    from appliance.exchange.ccxt.protocol import Row as Answered

_STORED = 12
"""How many candles are stored of each stream: the bot looks every few seconds, candles may last one."""
_TRUSTED_FOR = 60
"""After so many candles the stream is compared with an answer again."""
_TOO_OFTEN = 3
"""After so many differences a stream is not used any more."""
_SAME = 1e-6
"""Numbers that differ by less than this ratio are the same, rounded."""

Row = tuple[float, ...]


class StreamedCandles:
    """Hold the streamed candles of one pair and timeframe."""

    def __init__(self, timeframe: str) -> None:
        self._timeframe = timeframe
        self._rows: dict[int, Row] = {}
        self._trusted_for = 0
        self._used_ms = 0
        self.differences = 0
        self.missed = 0
        self.corrected_ms: int | None = None
        """When the first candle opened (ms) that was used and has been corrected since."""

    @property
    def is_trusted(self) -> bool:
        return self._trusted_for > 0

    @property
    def is_hopeless(self) -> bool:
        return self.differences >= _TOO_OFTEN

    @property
    def newest_ms(self) -> int:
        """When the newest candle of the stream opened (ms); 0 without any."""
        return next(reversed(self._rows), 0)

    def reset(self) -> None:
        """Forget everything: the connection broke, and candles in between may be missing."""
        self._rows.clear()
        self._trusted_for = 0

    def take(self, streamed: "Iterable[Answered]") -> None:
        """Store candles of the stream, the newest state of each; invalid ones are left out."""
        for row in sorted((row for row in map(_row, streamed) if row is not None), key=lambda row: row[0]):
            opened = int(row[0])
            if timeframes.candle_open_ms(self._timeframe, opened) != opened:
                continue
            if opened <= self._used_ms and self._rows.get(opened, row) != row:
                self._trusted_for = 0
                self.corrected_ms = min(opened, self.corrected_ms or opened)
            self._rows[opened] = row
        self._rows = {opened: self._rows[opened] for opened in sorted(self._rows)[-_STORED:]}

    def closed(self, after_ms: int, current_ms: int) -> "list[Row] | None":
        """Return all closed candles that opened after `after_ms` and before `current_ms`, without a gap.

        None where not all are certain: then the exchange is to be asked.
        """
        if not self.is_trusted or self.newest_ms < current_ms:
            return None
        found: list[Row] = []
        opened = timeframes.next_open_ms(self._timeframe, after_ms)
        while opened < current_ms:
            if opened not in self._rows or len(found) >= _STORED:
                return None
            found.append(self._rows[opened])
            opened = timeframes.next_open_ms(self._timeframe, opened)
        if found:
            self._used_ms = int(found[-1][0])
            self._trusted_for -= len(found)
        return found or None

    def compare(self, answered: "Candles", current_ms: int) -> bool:
        """Compare with what the exchange answered, closed candles only. Return whether it differs."""
        self.corrected_ms = None
        rows: list[Row] = [tuple(row) for row in answered[-_STORED:].tolist() if row[0] < current_ms]
        if rows:
            self._note_missed(rows[-1])
        known = [row for row in rows if int(row[0]) in self._rows and row[0] < self.newest_ms]
        if not known:
            return False
        differs = any(not _is_same(row, self._rows[int(row[0])]) for row in known)
        self._trusted_for = 0 if differs else _TRUSTED_FOR
        self.differences = self.differences + 1 if differs else 0
        return differs

    def _note_missed(self, newest: Row) -> None:
        """Count newest candles, as answered, that had trades and that the stream did not send."""
        if newest[0] <= self.newest_ms:
            self.missed = 0
        elif newest[5] > 0:
            self.missed += 1


def _row(answered: "Answered") -> Row | None:
    """Read one candle; None where a number is missing."""
    try:
        row = tuple(float(value) for value in answered[:6])  # type: ignore[arg-type] # None raises TypeError
    except (TypeError, ValueError):
        return None
    return row if len(row) == 6 and all(map(math.isfinite, row)) else None


def _is_same(one: Row, other: Row) -> bool:
    return all(math.isclose(a, b, rel_tol=_SAME) for a, b in zip(one, other, strict=True))
