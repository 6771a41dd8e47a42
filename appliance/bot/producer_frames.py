"""Keep what other bots tell: their whitelists, and their frames put together from pieces."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from appliance.domain.timeframe import milliseconds

if TYPE_CHECKING:
    from pandas import DataFrame

MOST_CANDLES = 1500
"""Candles that are kept of a pair, and the most that can be asked for."""
WHOLE_FRAME = 100
"""Candles from which a frame is taken for a whole one that replaces what was there."""
MOST_FRAMES = 2000
"""Frames that are kept of one producer."""


class FrameKey(NamedTuple):
    """Name a frame as its producer does."""

    pair: str
    timeframe: str
    candle_type: str


class ProducerFrames:
    """Hold one producer's whitelist and frames. Written by its connection, read by the strategy's thread."""

    def __init__(self) -> None:
        self.pairs: tuple[str, ...] = ()
        self._frames: dict[FrameKey, tuple[DataFrame, datetime]] = {}

    def frame(self, key: FrameKey) -> "tuple[DataFrame, datetime] | None":
        """Return the frame as it is, not to be changed, and when it was analysed (UTC)."""
        return self._frames.get(key)

    def add(self, key: FrameKey, piece: "DataFrame", analyzed_at: datetime | None) -> int:
        """Put a piece to what is there; return how many candles must be asked for instead, 0 if none.

        Not for the event loop. Raises ValueError for a producer that tells more frames than can be kept.
        """
        known = self._frames.get(key)
        if known is None and len(self._frames) >= MOST_FRAMES:
            raise ValueError(f"more than {MOST_FRAMES} frames")
        joined, missing = join(known[0] if known else None, piece, milliseconds(key.timeframe))
        if joined is not None:
            self._frames[key] = (joined, analyzed_at or datetime.now(UTC))
        return missing


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
    apart = int((first - last).total_seconds() * 1000 // candle_ms)
    if apart > 1:
        missing = apart + 1
        return None, missing if missing < WHOLE_FRAME else MOST_CANDLES
    before = known[known["date"] < first]
    joined = pd.concat([before, piece]) if len(before) else piece
    return joined.iloc[-MOST_CANDLES:].reset_index(drop=True), 0
