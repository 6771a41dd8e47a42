"""Keep the signals of pairs on disk, for backtests that only change what the walk reads.

`user_data/cache/signals/` has a folder for each analysis and a file for each pair in it; all of it may be
removed at any time. A file that is damaged, or of other candles, is as good as none.
"""

import hashlib
import json
import logging
import os
import shutil
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec
import numpy as np

from appliance.domain.errors import DataError
from appliance.research.backtest.analysis.pair import AnalysedPair, PairAnalysis
from appliance.research.backtest.candles import rows_of
from appliance.research.backtest.series import PairSeries, Rows
from appliance.research.backtest.ticks import Ticks
from appliance.research.data.candles import replace_file
from appliance.research.data.layout import CandleKey

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from appliance.research.data.layout import CandleType

log = logging.getLogger(__name__)

MOST_ANALYSES = 30
"""Folders that are kept, those used last."""
_SIGNALS = ("enter_long", "exit_long", "enter_short", "exit_short")
_TAGS = ("enter_tag", "exit_tag")
_PRICES = ("open", "high", "low", "close")
_MAGIC = b"signals2"


class _Runs(msgspec.Struct, frozen=True):
    """Hold an array in which values seldom change: where each run of one value begins, and the value."""

    begins: bytes
    values: bytes

    @classmethod
    def of(cls, array: "NDArray[Any]") -> "_Runs":
        begins = np.flatnonzero(np.diff(array, prepend=array[:1] - 1))
        return cls(begins.astype(np.int32).tobytes(), array[begins].tobytes())

    def array(self, kind: Any, length: int) -> "NDArray[Any]":
        """Return the array. Raises ValueError if it has another length."""
        begins, values = np.frombuffer(self.begins, np.int32), np.frombuffer(self.values, kind)
        found: NDArray[Any] = np.repeat(values, np.diff(begins, append=length))
        if len(found) != length:
            raise ValueError("it has another length")
        return found


class _Stored(msgspec.Struct, frozen=True, kw_only=True):
    """Hold an analysed pair: arrays packed, what they were made of by its identity.

    `rows` are there only if the strategy has changed the candles; else the last `length` of those are meant.
    """

    candles: dict[str, str]
    markets: dict[str, str]
    whitelist: str | None
    first_ms: int
    span: tuple[int, int] | None
    length: int
    signals: list[_Runs]
    codes: list[_Runs]
    tags: list[str]
    months: list[int]
    ticks: list[float]
    rows: bytes | None
    missing: int


class SignalCache:
    """Read and write the analysed pairs of one analysis, named by `key`."""

    def __init__(self, folder: Path, analysis: PairAnalysis, key: str) -> None:
        name = f"{type(analysis.strategy).__name__}-{key[:24]}"
        self._folder = folder / "signals" / name
        self._analysis = analysis
        self._data = analysis.data
        self._files = analysis.source.files

    def get(self, pair: str) -> AnalysedPair | None:
        """Return what is stored of a pair; None if nothing is, or what it was made of has changed."""
        try:
            content = self._file(pair).read_bytes()
            checked, packed = content[len(_MAGIC) : len(_MAGIC) + 4], content[len(_MAGIC) + 4 :]
            if not content.startswith(_MAGIC) or zlib.crc32(packed) != int.from_bytes(checked, "little"):
                return None
            stored = msgspec.msgpack.decode(packed, type=_Stored)
            return self._restored(pair, stored) if self._is_current(stored) else None
        except (OSError, msgspec.MsgspecError, zlib.error, ValueError):
            return None

    def put(self, found: AnalysedPair) -> None:
        """Store a pair; if that fails, it is analysed again next time."""
        packed = msgspec.msgpack.encode(self._packed(found))
        content = _MAGIC + zlib.crc32(packed).to_bytes(4, "little") + packed
        try:
            replace_file(self._file(found.pair), content, durably=False)
        except DataError as error:
            log.info("%s", error)

    def tidy(self) -> None:
        """Note that this analysis was used, and remove those that were not for the longest time."""
        with suppress(OSError):
            if self._folder.is_dir():
                os.utime(self._folder)
            known = sorted(self._folder.parent.iterdir(), key=lambda folder: folder.stat().st_mtime)
            for folder in known[:-MOST_ANALYSES]:
                shutil.rmtree(folder, ignore_errors=True)

    def _file(self, pair: str) -> Path:
        return self._folder / f"{pair.replace('/', '_').replace(':', '_')}.signals"

    def _is_current(self, stored: _Stored) -> bool:
        return (
            all(self._files.identity(_key(name)) == known for name, known in stored.candles.items())
            and all(self._market(pair) == known for pair, known in stored.markets.items())
            and stored.whitelist in (None, self._whitelist())
        )

    def _packed(self, found: AnalysedPair) -> _Stored:
        series, reads = found.series, found.reads
        rows = None
        if not found.is_as_stored:
            rows = _packed([series.rows.opened, *(getattr(series.rows, name) for name in _PRICES)])
        return _Stored(
            candles={_name(key): identity for key, identity in reads.candles.items()},
            markets={pair: self._market(pair) for pair in reads.markets},
            whitelist=self._whitelist() if reads.whitelist else None,
            first_ms=found.first_ms,
            span=found.span,
            length=len(series),
            signals=[_Runs.of(getattr(series, name)) for name in _SIGNALS],
            codes=[_Runs.of(getattr(series, name)) for name in _TAGS],
            tags=series.tags,
            months=found.ticks.months.tolist(),
            ticks=found.ticks.ticks.tolist(),
            rows=rows,
            missing=found.missing,
        )

    def _restored(self, pair: str, stored: _Stored) -> AnalysedPair:
        """Return the pair. Raises ValueError if it does not fit the candles."""
        candles = self._analysis.source.candles(pair)
        known = rows_of(candles, volume=self._analysis.cut.volume)
        begin = len(known) - stored.length
        rows = known.cut(slice(max(begin, 0), None))
        if stored.rows is not None:
            opened, *prices = _unpacked(stored.rows, [np.int64, *[np.float64] * len(_PRICES)], stored.length)
            rows = Rows(opened=opened, **dict(zip(_PRICES, prices, strict=True)))
        elif begin < 0:
            raise ValueError("fewer candles than signals")
        enter_long, exit_long, enter_short, exit_short = (
            runs.array(np.int8, stored.length) for runs in stored.signals
        )
        enter_tag, exit_tag = (runs.array(np.int32, stored.length) for runs in stored.codes)
        return AnalysedPair(
            series=PairSeries(
                pair=pair,
                rows=rows,
                enter_long=enter_long,
                exit_long=exit_long,
                enter_short=enter_short,
                exit_short=exit_short,
                enter_tag=enter_tag,
                exit_tag=exit_tag,
                tags=stored.tags,
            ),
            before=known.cut(slice(0, max(begin, 0))),
            is_as_stored=stored.rows is None,
            ticks=Ticks(np.array(stored.months, dtype=np.int64), np.array(stored.ticks, dtype=float)),
            first_ms=stored.first_ms,
            span=stored.span,
            missing=stored.missing,
        )

    def _market(self, pair: str) -> str:
        return _digest(self._data.market(pair))

    def _whitelist(self) -> str:
        return _digest(list(self._data.pairs_tested))


def _name(key: CandleKey) -> str:
    return f"{key.pair}|{key.timeframe}|{key.candle_type}"


def _key(name: str) -> CandleKey:
    pair, timeframe, kind = name.split("|")
    return CandleKey(pair, timeframe, cast("CandleType", kind))


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:32]


def _packed(arrays: "list[NDArray[Any]]") -> bytes:
    return zlib.compress(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays), 1)


def _unpacked(content: bytes, kinds: list[Any], length: int) -> "list[NDArray[Any]]":
    """Return arrays of this length. Raises ValueError if the content has another one."""
    raw, place, found = zlib.decompress(content), 0, []
    for kind in kinds:
        found.append(np.frombuffer(raw, dtype=kind, count=length, offset=place))
        place += length * np.dtype(kind).itemsize
    if place != len(raw):
        raise ValueError("it has another length")
    return found
