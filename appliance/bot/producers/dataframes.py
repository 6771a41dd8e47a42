"""Store what other bots send: their whitelists, and their dataframes joined from pieces."""

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
"""The number of candles stored per pair, and the most that can be requested."""
WHOLE_FRAME = 100
"""A piece of at least so many candles counts as a whole dataframe and replaces the stored one."""
MOST_FRAMES = 2000
"""The number of dataframes stored per producer."""
_OBJECT_BYTES = 1_000
"""The approximate memory of a dataframe beside its values and column names."""


class Memory:
    """Count the bytes that the dataframes of all producers use together. Thread-safe."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken = 0
        self._lock = threading.Lock()

    def replace(self, freed: int, wanted: int) -> bool:
        """Free bytes and take others; return False, and only free, if that would exceed the limit."""
        with self._lock:
            self.taken -= freed
            if self.taken + wanted > self.most:
                return False
            self.taken += wanted
            return True


class FrameKey(NamedTuple):
    """Identify a dataframe, as its producer does."""

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
        """Return the stored dataframe, not to be modified, and when it was analysed (UTC)."""
        known = self._frames.get(key)
        return known[:2] if known else None

    def close(self) -> None:
        """Drop all dataframes, and accept no more."""
        self._closed = True
        for *_, size in self._frames.values():
            self._memory.replace(size, 0)
        self._frames.clear()

    def add(self, key: FrameKey, piece: "DataFrame", analyzed_at: datetime | None) -> int:
        """Join a piece with the stored dataframe; return how many candles must be requested, 0 if none.

        Not for the event loop. Raises ValueError if the limits are exceeded; the stored dataframe, which is
        outdated, is dropped then.
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
    """Return the known dataframe joined with `piece`, or None and how many candles are missing.

    A piece of one candle extends a known dataframe; a longer one is a whole dataframe if none is known.
    Requests overlap by one candle, since the newest may have changed.
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
