"""Read and write tables of candles and public trades: feather (LZ4), parquet, JSON, gzipped JSON.

arro3 reads and writes feather and parquet: a fifth of pyarrow's size, and the files are the same. It is
imported with the first such file.
"""

import gzip
import os
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import msgspec
import numpy as np

from appliance.domain.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Format = Literal["feather", "parquet", "json", "jsongz"]
FORMATS: tuple[Format, ...] = get_args(Format)

Columns = Mapping[str, "NDArray[Any]"]
"""A table: arrays of the same length by name. Dates are int64, ms since 1970 UTC; texts are objects."""

_MAGIC = {"feather": b"ARROW1", "parquet": b"PAR1"}
"""What files of these formats begin and end with."""
_LONGEST_MAGIC = 8


def read_table(file: Path, kind: Format, names: Sequence[str]) -> Columns:
    """Return the columns of a file. JSON has no names: its columns get those of `names`.

    Raises FileNotFoundError, or DataError in one line for what cannot be read.
    """
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise DataError(f"{file} cannot be read ({error.strerror})") from error
    return read_content(content, kind, str(file), names)


def read_content(content: bytes, kind: Format, name: str, names: Sequence[str] = ()) -> Columns:
    """Return the columns of a file's content; `name` is that of the file, for errors. Raises DataError."""
    _check_ends(name, kind, content[:_LONGEST_MAGIC], content[-_LONGEST_MAGIC:], len(content))
    try:
        return _READERS[kind](content, names)
    except DataError as error:
        raise DataError(f"{name}: {error}") from error
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # arro3 raises types of its own for damaged files, a panic among them
        raise DataError(_damaged(name, error)) from error


def check_ends(file: Path, kind: Format) -> None:
    """Raise DataError for a file whose beginning or end is not that of its format; it is not read."""
    try:
        with file.open("rb") as opened:
            begin = opened.read(_LONGEST_MAGIC)
            size = opened.seek(0, os.SEEK_END)
            opened.seek(max(size - _LONGEST_MAGIC, 0))
            _check_ends(file, kind, begin, opened.read(), size)
    except OSError as error:
        raise DataError(_damaged(file, error.strerror)) from error


def _check_ends(file: object, kind: Format, begin: bytes, end: bytes, size: int) -> None:
    magic = _MAGIC.get(kind, b"")
    if not (begin.startswith(magic) and end.endswith(magic) and size > 2 * len(magic)):
        raise DataError(_damaged(file, f"it is incomplete or not a {kind} file"))


def table_bytes(table: Columns, kind: Format) -> bytes:
    """Return a table as the content of a file."""
    return _WRITERS[kind](table)


def _damaged(file: object, error: object) -> str:
    reason = " ".join(str(error).split())[:200]
    return f"{file} cannot be read ({reason}): download it again with --erase, or remove it"


def _read_feather(content: bytes, names: Sequence[str]) -> Columns:
    from arro3 import io  # late: JSON needs no arrow

    return _from_arrow(io.read_ipc(BytesIO(content)).read_all())


def _read_parquet(content: bytes, names: Sequence[str]) -> Columns:
    from arro3 import io  # late: JSON needs no arrow

    return _from_arrow(io.read_parquet(BytesIO(content)).read_all())


def _from_arrow(table: Any) -> Columns:
    from arro3.core import DataType  # late: JSON needs no arrow

    found: dict[str, NDArray[Any]] = {}
    for name in table.column_names:
        column = table.column(name)
        kind = str(column.type)
        if not len(column):  # without a piece, there is nothing to make an array of
            found[name] = np.empty(0, dtype=np.int64 if "Timestamp" in kind else float)
        elif "Timestamp" in kind:
            # From whatever unit to ms; numpy would take the zone for a reason to make Python dates.
            in_ms = column.cast(DataType.timestamp("ms", tz="UTC"))
            found[name] = np.array(in_ms.cast(DataType.int64()).to_numpy())
        elif "Utf8" in kind or "Null" in kind or "Dictionary" in kind:
            found[name] = np.array(_texts(column), dtype=object)
        else:
            found[name] = np.asarray(column.to_numpy())
    return found


def _texts(column: Any) -> list[str | None]:
    """Return texts; those of which there are few different ones are shared: a million times `buy` is one."""
    known: dict[str | None, str | None] = {}
    found: list[str | None] = []
    for piece in column.chunks:
        texts = piece.to_pylist()
        is_varied = len(set(texts[:100])) > 10
        found += texts if is_varied else [known.setdefault(text, text) for text in texts]
    return found


def _to_arrow(table: Columns) -> Any:
    from arro3.core import Array, DataType, Table  # late: JSON needs no arrow

    arrays = []
    for name, values in table.items():
        if values.dtype == object:
            arrays.append(Array(list(values), type=DataType.string()))
        elif name == "date":
            moments = Array.from_numpy(np.ascontiguousarray(values, dtype=np.int64))
            arrays.append(moments.cast(DataType.timestamp("ms", tz="UTC")))
        else:
            arrays.append(Array.from_numpy(np.ascontiguousarray(values)))
    return Table.from_arrays(arrays, names=list(table))


def _write_feather(table: Columns) -> bytes:
    from arro3 import io  # late: JSON needs no arrow

    target = BytesIO()
    io.write_ipc(_to_arrow(table), target, compression="LZ4")
    return target.getvalue()


def _write_parquet(table: Columns) -> bytes:
    from arro3 import io  # late: JSON needs no arrow

    target = BytesIO()
    io.write_parquet(_to_arrow(table), target, compression="snappy")
    return target.getvalue()


def _read_json(content: bytes, names: Sequence[str]) -> Columns:
    rows = msgspec.json.decode(content)
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise DataError("expected a list of rows, each a list of values")
    width = len(rows[0]) if rows else len(names)
    if any(len(row) != width for row in rows):
        raise DataError("its rows have different numbers of values")
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in names]
    return {
        names[place] if place < len(names) else f"column {place + 1}": _as_array(values)
        for place, values in enumerate(columns)
    }


def _as_array(values: Sequence[Any]) -> "NDArray[Any]":
    if any(isinstance(value, str) for value in values):
        return np.array(values, dtype=object)
    if values and all(type(value) is int for value in values):
        return np.array(values, dtype=np.int64)
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def _write_json(table: Columns) -> bytes:
    columns = [[None if value != value else value for value in values.tolist()] for values in table.values()]
    return msgspec.json.encode(list(zip(*columns, strict=True)))


_READERS: dict[str, Callable[[bytes, Sequence[str]], Columns]] = {
    "feather": _read_feather,
    "parquet": _read_parquet,
    "json": _read_json,
    "jsongz": lambda content, names: _read_json(gzip.decompress(content), names),
}
_WRITERS: dict[str, Callable[[Columns], bytes]] = {
    "feather": _write_feather,
    "parquet": _write_parquet,
    "json": _write_json,
    "jsongz": lambda table: gzip.compress(_write_json(table), 6),
}
