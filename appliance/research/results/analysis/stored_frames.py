"""Read the dataframes of a result's parts as columns, without pandas."""

from pathlib import Path
from typing import Any

import numpy as np

from appliance.domain.errors import DataError
from appliance.research.results.analysis.unpickling import Array, Part, read_pickle
from appliance.research.results.read import member
from appliance.research.results.signals import Kind

Frame = dict[str, Array]
"""A dataframe's columns by their names; `date` is int64, ms since 1970 UTC."""

Frames = dict[str, dict[str, Frame]]
"""Frames by strategy and pair."""


def load_frames(file: Path, kind: Kind) -> Frames:
    """Return the frames of one kind that a result has. Raises DataError."""
    ending = f"_{kind}.pkl"
    try:
        content = member(file, ending)
    except DataError as error:
        raise DataError(f"{error}: run `backtesting` with --export signals") from None
    try:
        stored = read_pickle(content)
        return {
            str(strategy): {str(pair): frame_of(frame) for pair, frame in pairs.items()}
            for strategy, pairs in stored.items()
        }
    except (DataError, AttributeError, TypeError, ValueError, LookupError) as error:
        raise DataError(f"{file.stem}{ending} in {file} cannot be read ({error})") from error


def frame_of(stored: Part) -> Frame:
    """Return the columns of a dataframe; those of types that are not known here are left out."""
    manager = stored.state["_mgr"]
    blocks, (names, _) = manager.args
    columns = _index(names)
    found: dict[int, Array] = {}
    for block in blocks:
        values, placement, _ = block.args
        places = range(len(columns))[placement] if isinstance(placement, slice) else _array(placement)
        array = _array(values)
        if array is not None and places is not None:
            rows = np.atleast_2d(array)
            found.update((int(place), rows[row]) for row, place in enumerate(places))
    frame = {str(name): found[place] for place, name in enumerate(columns) if place in found}
    if "date" in frame:
        frame["date"] = frame["date"].astype("datetime64[ms]").astype(np.int64)
    return frame


def _index(stored: Part) -> list[Any]:
    """Return the values of an index; the arguments are its type and its parts."""
    described = stored.args[1]
    if "data" not in described:  # a range
        return list(range(described["start"], described["stop"], described["step"]))
    array = _array(described["data"])
    if array is None:
        raise ValueError("its columns have names of an unknown type")
    return list(array)


def _array(values: Any) -> Array | None:
    """Return the values of one of pandas' arrays; None for types that are not known here."""
    if isinstance(values, np.ndarray):
        return values
    if not isinstance(values, Part):
        return None
    if values.array is not None:
        return values.array
    state = values.state
    if isinstance(state, dict) and "_pa_array" in state:
        return _texts_of_arrow(state["_pa_array"])
    if isinstance(state, dict) and "_data" in state and "_mask" in state:
        return _masked(_array(state["_data"]), _array(state["_mask"]))
    if isinstance(state, tuple):
        return _backed_by_numpy(state)
    return None


def _masked(values: Array | None, mask: Array | None) -> Array | None:
    if values is None or mask is None:
        return None
    known: Array = values.astype(object)
    known[mask] = None
    return known


def _backed_by_numpy(state: tuple[Any, ...]) -> Array | None:
    """Return dates, texts or categories, whose state is a type and numpy's array, in either order."""
    arrays = [array for part in state if _is_plain(part) and (array := _array(part)) is not None]
    if len(arrays) != 1:
        return None
    types = [part for part in state if isinstance(part, Part) and isinstance(part.state, dict)]
    categories = next((part.state["categories"] for part in types if "categories" in part.state), None)
    if categories is None:
        return arrays[0]
    named: Array = np.array([*_index(categories), None], dtype=object)
    chosen: Array = named[arrays[0]]
    return chosen


def _is_plain(part: Any) -> bool:
    return isinstance(part, np.ndarray) or (isinstance(part, Part) and part.array is not None)


def _texts_of_arrow(stored: Part) -> Array | None:
    """Return the texts of an arrow array: lengths and offsets of texts that lie one behind the other.

    Its description has type, length, nulls, offset and buffers: validity bits, offsets, characters.
    Source: the Arrow columnar format, variable-size binary layout.
    """
    pieces = [stored] if _is_array(stored) else [piece for piece in _pieces(stored) if _is_array(piece)]
    texts = [_texts_of_piece(piece.args[0]) for piece in pieces]
    if not texts or any(part is None for part in texts):
        return None if texts else np.empty(0, dtype=object)
    return np.concatenate([part for part in texts if part is not None])


def _is_array(stored: Part) -> bool:
    return stored.path.endswith("._restore_array")


def _pieces(stored: Part) -> list[Part]:
    """Return the arrays that a chunked one consists of."""
    return [piece for part in stored.args if isinstance(part, list | tuple) for piece in part]


def _texts_of_piece(described: tuple[Any, ...]) -> Array | None:
    kind, length, _, offset, buffers = described[:5]
    name = kind.args[0] if isinstance(kind, Part) and kind.args else ""
    if name not in ("large_string", "string") or len(buffers) != 3:
        return None
    validity, places, characters = (bytes(buffer.args[0]) if buffer else b"" for buffer in buffers)
    ends = np.frombuffer(places, np.int64 if name == "large_string" else np.int32)
    known = np.unpackbits(np.frombuffer(validity, np.uint8), bitorder="little") if validity else None
    texts: list[str | None] = []
    for row in range(offset, offset + length):
        if known is not None and not known[row]:
            texts.append(None)
        else:
            texts.append(characters[ends[row] : ends[row + 1]].decode())
    return np.array(texts, dtype=object)
