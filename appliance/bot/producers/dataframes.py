"""Store what other bots send: their whitelists, and their dataframes put together from pieces."""

import sys
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from appliance.domain.timeframe import milliseconds

if TYPE_CHECKING:
    from pandas import DataFrame

MEGABYTE = 1 << 20
DEFAULT_BYTES = 200 * MEGABYTE
MOST_CANDLES = 1500
"""Candles that are stored of a pair, and the most that can be requested."""
WHOLE_FRAME = 100
"""Candles from which a frame is taken for a whole one that replaces what was there."""
MOST_FRAMES = 2000
"""Dataframes that are stored of one producer."""
_OBJECT_BYTES = 1_000
"""What a frame takes besides its values and the names of its columns, about."""


class Memory:
    """Count what the dataframes of all producers take together, in bytes. Used from several threads."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken = 0
        self._lock = threading.Lock()

    def replace(self, freed: int, wanted: int) -> bool:
        """Give back and take; False, and only given back, where that would be more than there is."""
        with self._lock:
            self.taken -= freed
            if self.taken + wanted > self.most:
                return False
            self.taken += wanted
            return True


class FrameKey(NamedTuple):
    """Name a frame as its producer does."""

    pair: str
    timeframe: str
    candle_type: str


class ProducerFrames:
    """Hold one producer's whitelist and dataframes: written by its connection, read by strategies."""

    def __init__(self, memory: Memory | None = None) -> None:
        self.pairs: tuple[str, ...] = ()
        self._memory = memory or Memory(DEFAULT_BYTES)
        self._closed = False
        self._frames: dict[FrameKey, tuple[DataFrame, datetime, int]] = {}

    def frame(self, key: FrameKey) -> "tuple[DataFrame, datetime] | None":
        """Return the frame as it is, not to be changed, and when it was analysed (UTC)."""
        known = self._frames.get(key)
        return known[:2] if known else None

    def close(self) -> None:
        """Drop all dataframes, and take no more."""
        self._closed = True
        for *_, size in self._frames.values():
            self._memory.replace(size, 0)
        self._frames.clear()

    def add(self, key: FrameKey, piece: "DataFrame", analyzed_at: datetime | None) -> int:
        """Put a piece to what is there; return how many candles must be asked for instead, 0 if none.

        Not for the event loop. Raises ValueError for more than can be kept; what was known of that frame is
        forgotten then, since it is old.
        """
        known = self._frames.get(key)
        if known is None and len(self._frames) >= MOST_FRAMES:
            raise ValueError(f"more than {MOST_FRAMES} frames")
        joined, missing = join(known[0] if known else None, piece, milliseconds(key.timeframe))
        if joined is not None and not self._closed:
            size = _bytes_of(joined)
            before = self._frames.pop(key)[2] if known else 0
            if not self._memory.replace(before, size):
                raise ValueError(f"more than {self._memory.most / MEGABYTE:g} MB of frames, of all producers")
            self._frames[key] = (joined, analyzed_at or datetime.now(UTC), size)
        return missing


def _bytes_of(frame: "DataFrame") -> int:
    names = sum(map(sys.getsizeof, frame.columns))
    return int(frame.memory_usage(deep=True).sum()) + names + _OBJECT_BYTES


def join(known: "DataFrame | None", piece: "DataFrame", candle_ms: int) -> "tuple[DataFrame | None, int]":
    """Return the frame that `piece` makes with what is known, or None and how many candles are missing.

    A piece of one candle is news of a frame that must be known; a longer one that nothing is known before
    is all that there is. What is asked for overlaps by a candle, since the newest may have changed.
    """
    import pandas as pd

    if len(piece) >= WHOLE_FRAME or (known is None and len(piece) > 1):
        return piece.iloc[-MOST_CANDLES:].reset_index(drop=True), 0
    if known is None:
        return None, MOST_CANDLES
    first, last = piece["date"].iloc[0], known["date"].iloc[-1]
    gap = int((first - last).total_seconds() * 1000 // candle_ms)
    if gap > 1:
        missing = gap + 1
        return None, missing if missing < WHOLE_FRAME else MOST_CANDLES
    before = known[known["date"] < first]
    joined = pd.concat([before, piece]) if len(before) else piece
    return joined.iloc[-MOST_CANDLES:].reset_index(drop=True), 0
