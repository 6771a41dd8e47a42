"""What a strategy may make of a pair's frame: each function takes a good one and gives an odd one."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

Spoil = Callable[[pd.DataFrame], Any]


class Unspeakable:
    """Says nothing of itself, and equals nothing."""

    def __repr__(self) -> str:
        raise RuntimeError("no words")

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no comparison")

    __hash__ = object.__hash__

    def __float__(self) -> float:
        raise RuntimeError("no number")


def with_cells(name: str, value: Any) -> Spoil:
    """Put a value into every cell of a column, as an object."""

    def spoil(frame: pd.DataFrame) -> pd.DataFrame:
        cells = np.empty(len(frame), dtype=object)
        cells[:] = [value] * len(frame)
        frame[name] = pd.Series(cells, index=frame.index, dtype=object)
        return frame

    return spoil


def typed(name: str, dtype: Any, value: Any = 1) -> Spoil:
    def spoil(frame: pd.DataFrame) -> pd.DataFrame:
        frame[name] = pd.array([value] * len(frame), dtype=dtype)
        return frame

    return spoil


def _void(frame: pd.DataFrame) -> pd.DataFrame:
    frame["exit_long"] = pd.Series(list(np.zeros(len(frame), dtype="V8")), dtype=object)
    return frame


def _array_cells(frame: pd.DataFrame) -> pd.DataFrame:
    frame["enter_long"] = pd.Series([np.array([1, 2])] * len(frame), dtype=object)
    return frame


def _empty_loc(frame: pd.DataFrame) -> pd.DataFrame:
    frame.loc[(), ["exit_long", "exit_tag"]] = (0, "out")
    return frame


def _twice(*names: str) -> Spoil:
    return lambda frame: pd.concat([frame, frame[list(names)]], axis=1)


def _shifted(column: str, by: float) -> Spoil:
    return lambda frame: frame.assign(**{column: frame[column] + by})


def _naive(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(date=frame["date"].dt.tz_localize(None))


def _dates_missing(frame: pd.DataFrame) -> pd.DataFrame:
    frame.loc[frame.index[:3], "date"] = pd.NaT
    return frame


def _last_date_missing(frame: pd.DataFrame) -> pd.DataFrame:
    frame.loc[frame.index[-1], "date"] = pd.NaT
    return frame


def _dates_as_objects(frame: pd.DataFrame) -> pd.DataFrame:
    dates = frame["date"].astype(object)
    dates.iloc[0] = "yesterday"
    return frame.assign(date=dates)


def _levels(frame: pd.DataFrame) -> pd.DataFrame:
    frame.columns = pd.MultiIndex.from_tuples([("a", name) for name in frame.columns])
    return frame


def _renamed(name: Any) -> Spoil:
    return lambda frame: frame.assign(odd=1.0).rename(columns={"odd": name})


KINDS: dict[str, Spoil] = {
    "void": _void,
    "an empty loc": _empty_loc,
    "arrays in cells": _array_cells,
    "nothing": lambda frame: None,
    "a number": lambda frame: 5,
    "a text": lambda frame: "dataframe",
    "a list of dicts": lambda frame: frame.to_dict("records"),
    "a series": lambda frame: frame["close"],
    "an array": lambda frame: frame.to_numpy(),
    "a class": lambda frame: pd.DataFrame,
    "an empty frame": lambda frame: frame.iloc[:0],
    "a frame of nothing": lambda frame: pd.DataFrame(),
    "a shorter frame": lambda frame: frame.iloc[:-1],
    "a longer frame": lambda frame: pd.concat([frame, frame]),
    "rows without columns": lambda frame: pd.DataFrame(index=frame.index),
    "another pair's prices": _shifted("close", 1.0),
    "other dates": lambda frame: frame.assign(date=frame["date"] + pd.Timedelta(hours=1)),
    "no date": lambda frame: frame.drop(columns="date"),
    "no close": lambda frame: frame.drop(columns="close"),
    "dates without a zone": _naive,
    "first dates missing": _dates_missing,
    "the last date missing": _last_date_missing,
    "dates as objects": _dates_as_objects,
    "dates as text": lambda frame: frame.assign(date=frame["date"].astype(str)),
    "dates as numbers": lambda frame: frame.assign(date=frame["date"].astype("int64")),
    "dates as the index": lambda frame: frame.set_index("date"),
    "date twice": _twice("date"),
    "close twice": _twice("close"),
    "signals twice": _twice("enter_long", "exit_tag"),
    "levels of columns": _levels,
    "levels of rows": lambda frame: frame.set_index([frame.index, frame.index]),
    "the same index everywhere": lambda frame: frame.set_index(np.zeros(len(frame), dtype=int)),
    "dates in the index": lambda frame: frame.set_index(frame["date"].rename("moment")),
    "columns that are numbers": _renamed(7),
    "a column without a name": _renamed(None),
    "a column that is not a number": _renamed(float("nan")),
    "a column of a tuple": _renamed((1, 2)),
    "a column of broken text": _renamed("\ud800\udfff\x00"),
    "a long name": _renamed("n" * 1_000_000),
    "a list as a signal": with_cells("enter_long", [1]),
    "a dict as a signal": with_cells("exit_long", {"a": 1}),
    "None as a signal": with_cells("exit_long", None),
    "text as a signal": with_cells("enter_long", "1"),
    "NA as a signal": with_cells("enter_long", pd.NA),
    "NaT as a signal": with_cells("exit_short", pd.NaT),
    "a frame as a signal": with_cells("exit_long", pd.DataFrame({"a": [1]})),
    "the unspeakable as a signal": with_cells("enter_long", Unspeakable()),
    "the unspeakable": with_cells("odd", Unspeakable()),
    "inf as a signal": lambda frame: frame.assign(enter_long=np.inf),
    "NaN as a signal": lambda frame: frame.assign(exit_long=np.nan),
    "truth as a signal": lambda frame: frame.assign(enter_long=True),
    "complex signals": lambda frame: frame.assign(enter_long=1 + 0j),
    "complex numbers": lambda frame: frame.assign(odd=1j),
    "categories": lambda frame: frame.assign(enter_long=pd.Categorical(["yes"] * len(frame))),
    "enormous whole numbers": with_cells("odd", 10**400),
    "whole numbers beyond JSON": with_cells("odd", 2**63),
    "unsigned": typed("odd", "uint64", 2**64 - 1),
    "nullable whole numbers": typed("enter_long", "Int64", None),
    "nullable truth": typed("exit_long", "boolean", None),
    "half floats": typed("odd", "float16"),
    "long floats": lambda frame: frame.assign(odd=np.longdouble("1e4000")),
    "time spans": lambda frame: frame.assign(odd=pd.Timedelta(days=1)),
    "periods": lambda frame: frame.assign(odd=pd.Period("2026-01")),
    "intervals": lambda frame: frame.assign(odd=pd.Interval(0, 1)),
    "sparse": lambda frame: frame.assign(odd=pd.arrays.SparseArray([0.0] * len(frame))),
    "decimals": with_cells("odd", Decimal("NaN")),
    "scalars of numpy": with_cells("odd", np.float64("nan")),
    "bytes": with_cells("odd", b"\xff\xfe"),
    "sets": with_cells("odd", {1, 2}),
    "functions": with_cells("odd", len),
    "a tag that is a number": with_cells("enter_tag", 5),
    "a tag that is a list": with_cells("exit_tag", ["a"]),
    "a tag of broken text": with_cells("enter_tag", "\ud800dip\x00\n"),
    "a huge tag": with_cells("enter_tag", "x" * 10_000_000),
    "candles that are text": lambda frame: frame.assign(open="a", high="b"),
}
