"""Describe stored series of candles, for pages that list them."""

from msgspec import Struct


class StoredSeries(Struct, frozen=True, kw_only=True):
    """Describe a series: `first` and `last` in s since 1970 (UTC); `missing` candles in `gaps` between them.

    `widest` is the longest gap in seconds. `problem` says why it cannot be read.
    """

    pair: str
    timeframe: str
    kind: str
    candles: int = 0
    first: int = 0
    last: int = 0
    missing: int = 0
    gaps: int = 0
    widest: int = 0
    problem: str = ""
