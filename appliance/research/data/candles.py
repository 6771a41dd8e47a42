"""Keep candles in files: one a series, replaced whole or not at all."""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from appliance.domain.errors import DataError
from appliance.research.data.formats import Columns, Format, check_ends, read_table, table_bytes
from appliance.research.data.layout import (
    OHLCV_COLUMNS,
    CandleKey,
    candle_file,
    candle_keys,
    columns_of,
    extension_of,
)
from appliance.research.data.tables import arranged
from appliance.research.timerange import TimeRange

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Candles = NDArray[np.float64]
    """Shape (n, 1 + columns of the type): ms since 1970 UTC first. Oldest first, each date once."""


_END_BYTES = 4096


@dataclass(frozen=True)
class Span:
    """Hold the first and the last date (ms since 1970 UTC) of a series, and how many candles it has."""

    first_ms: int
    last_ms: int
    count: int


class CandleFiles:
    """Read and write the candles below a data folder, all in one format."""

    def __init__(self, folder: Path, kind: Format) -> None:
        self.folder = folder
        self.kind = kind

    def keys(self, *, futures: bool) -> list[CandleKey]:
        """Return the series that there are: spot ones, or all that futures markets have."""
        return list(candle_keys(self.folder, extension_of(self.kind), futures=futures))

    def load(self, key: CandleKey, timerange: TimeRange | None = None) -> "Candles":
        """Return the candles of a series inside a range as they were stored; none where there is no file.

        Raises DataError for a file that cannot be read.
        """
        file = self._found(key)
        names = columns_of(key.candle_type)
        if file is None:
            return np.empty((0, 1 + len(names)))
        candles = _candles(read_table(file, self.kind, ("date", *names)), key, file)
        return cut(candles, timerange)

    def save(self, key: CandleKey, candles: "Candles") -> None:
        """Replace a series."""
        names = columns_of(key.candle_type)
        table: dict[str, NDArray[Any]] = {"date": candles[:, 0].astype(np.int64)}
        table |= {name: candles[:, place] for place, name in enumerate(names, start=1)}
        replace_file(self._file(key), table_bytes(table, self.kind))

    def erase(self, key: CandleKey) -> bool:
        """Remove a series; tell whether there was one."""
        file = self._found(key)
        if file is None:
            return False
        file.unlink()
        return True

    def span(self, key: CandleKey) -> Span | None:
        """Return from when to when a series goes; None where it has no candles."""
        dates = self.load(key)[:, 0]
        return Span(int(dates[0]), int(dates[-1]), len(dates)) if len(dates) else None

    def size(self, key: CandleKey) -> int:
        """Return the size of a series' file in bytes; 0 without a file."""
        file = self._found(key)
        return file.stat().st_size if file is not None else 0

    def check(self, key: CandleKey) -> None:
        """Raise DataError if the file of a series is there and its ends show that it is damaged."""
        if (file := self._found(key)) is not None:
            check_ends(file, self.kind)

    def identity(self, key: CandleKey) -> str:
        """Return what tells the content of a series' file from any other (hex); empty without a file.

        Size, time of the last change, and both ends of the file count.
        """
        file = self._found(key)
        if file is None:
            return ""
        with file.open("rb") as opened:
            found = os.fstat(opened.fileno())
            digest = hashlib.sha256(f"{found.st_size} {found.st_mtime_ns}".encode())
            digest.update(opened.read(_END_BYTES))
            opened.seek(max(found.st_size - _END_BYTES, 0))
            digest.update(opened.read(_END_BYTES))
        return digest.hexdigest()[:32]

    def path(self, key: CandleKey) -> Path | None:
        """Return the file of a series; None where there is none."""
        return self._found(key)

    def _file(self, key: CandleKey) -> Path:
        return candle_file(self.folder, key, extension_of(self.kind))

    def _found(self, key: CandleKey) -> Path | None:
        file = self._file(key)
        old = file.with_name(file.name.replace("Mo", "M"))  # as freqtrade wrote months in the past
        return next((one for one in (file, old) if one.is_file()), None)


def cut(candles: "Candles", timerange: TimeRange | None) -> "Candles":
    """Return what lies inside a range, both ends included."""
    if timerange is None:
        return candles
    start = 0 if timerange.start_ms is None else np.searchsorted(candles[:, 0], timerange.start_ms)
    end = (
        len(candles)
        if timerange.end_ms is None
        else np.searchsorted(candles[:, 0], timerange.end_ms, side="right")
    )
    return candles[start:end]


def replace_file(file: Path, content: bytes, *, durably: bool = True) -> None:
    """Put content in the place of a file: whole, and on disk, before the old one goes. Raises DataError.

    `durably=False` does not wait for the disk: after a power cut the file may be damaged.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.parent)
        try:
            with os.fdopen(descriptor, "wb") as target:
                fcntl.flock(target, fcntl.LOCK_EX)  # so that nobody takes it for an abandoned one
                target.write(content)
                target.flush()
                if durably:
                    os.fsync(target.fileno())
                Path(name).chmod(0o644)
                os.replace(name, file)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise DataError(f"{file} cannot be written ({error.strerror})") from error


def remove_unfinished(folder: Path) -> Iterator[Path]:
    """Remove what a killed program was writing; yield each file. What another one is writing stays."""
    for place in (folder, folder / "futures"):
        for file in place.glob(".*.part"):
            with suppress(OSError), file.open("rb") as abandoned:
                fcntl.flock(abandoned, fcntl.LOCK_EX | fcntl.LOCK_NB)
                file.unlink()
                yield file


def _candles(table: Columns, key: CandleKey, file: Path) -> "Candles":
    names = columns_of(key.candle_type)
    if key.candle_type == "funding_rate" and "funding_rate" not in table:
        # freqtrade stored rates as candles once, the rate in the column of the open price. JSON has no
        # names: there such a file is told by having six columns.
        source = "open" if "open" in table else "funding_rate"
        table = {**table, "funding_rate": table.get(source, np.empty(0))}
    missing = [name for name in ("date", *names) if name not in table]
    if missing:
        raise DataError(f"{file} has no column {missing[0]}: expected {', '.join(('date', *names))}")
    candles = np.empty((len(table["date"]), 1 + len(names)), order="F")  # each column in one piece
    try:
        for place, name in enumerate(("date", *names)):
            candles[:, place] = table[name]
    except (TypeError, ValueError) as error:
        raise DataError(f"{file} has non-numeric values ({error})") from error
    return arranged(candles, is_ohlcv=names == OHLCV_COLUMNS)
