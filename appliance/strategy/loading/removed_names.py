"""Restore names that older strategies use and that numpy and pandas have removed.

Only missing names are added, with their old meaning; nothing that works today changes.
`removed_names_scan.py` finds such names in the text of a strategy, without loading numpy or pandas.
"""

import builtins
import re
import sys
import warnings
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

_NUMPY: dict[str, Any] = {
    **dict.fromkeys(("NaN", "NAN"), np.nan),
    **dict.fromkeys(("Inf", "Infinity", "infty", "PINF"), np.inf),
    "NINF": -np.inf,
    "PZERO": 0.0,
    "NZERO": -0.0,
    **{name: getattr(builtins, name) for name in ("float", "int", "bool", "object", "str", "complex")},
    "long": np.int64,
    "unicode": str,
    "float_": np.float64,
    "complex_": np.complex128,
    "string_": np.bytes_,
    "unicode_": np.str_,
    "int0": np.intp,
    "uint0": np.uintp,
    "bool8": np.bool_,
    "object0": np.object_,
    "alltrue": np.all,
    "sometrue": np.any,
    "product": np.prod,
    "cumproduct": np.cumprod,
    "round_": np.round,
    "row_stack": np.vstack,
    "asfarray": lambda a, dtype=np.float64: np.asarray(a, dtype=dtype),
    "in1d": lambda ar1, ar2, *a, **k: np.isin(np.asarray(ar1).ravel(), ar2, *a, **k),
    "trapz": getattr(np, "trapezoid", None),
    "mat": np.asmatrix,
    "msort": lambda a: np.sort(a, axis=0),
}
_PANDAS: dict[str, Any] = {
    "np": np,
    "datetime": datetime,
    **dict.fromkeys(("Int64Index", "UInt64Index", "Float64Index", "NumericIndex"), pd.Index),
    "value_counts": lambda values, **k: pd.Series(values).value_counts(**k),
}
_OFFSETS = {
    "T": "min",
    "H": "h",
    "BH": "bh",
    "CBH": "cbh",
    "S": "s",
    "L": "ms",
    "U": "us",
    "N": "ns",
    "M": "ME",
    "BM": "BME",
    "SM": "SME",
    "Q": "QE",
    "BQ": "BQE",
    "A": "YE",
    "Y": "YE",
    "BA": "BYE",
}
_OFFSET = re.compile(r"(\d*)\s*([A-Z]+)(-[A-Z]{3})?")


class _Warning(Warning):
    """Replace a warning class that pandas has removed and strategies silence."""


def install() -> None:
    """Add the missing names to numpy and pandas. Idempotent."""
    for module, names in ((np, _NUMPY), (pd, _PANDAS)):
        for name, value in names.items():
            if value is not None and name not in vars(module) and not _has(module, name):
                setattr(module, name, value)
    _wrap(np, "where", _where)
    for module in (pd.errors, import_module("pandas.core.common")):
        _add(module, "SettingWithCopyWarning", _Warning)
    _add_module("numpy.lib.function_base", {"deg2rad": np.deg2rad, "angle": np.angle}, np)
    for kind in (pd.DataFrame, pd.Series):
        _add(kind, "append", _append)
        _add(kind, "iteritems", lambda own: own.items())
        _add(kind, "mad", lambda own, *a, **k: (own - own.mean()).abs().mean())
        _add(kind, "pad", lambda own, **k: own.ffill(**k))
        _add(kind, "backfill", lambda own, **k: own.bfill(**k))
        for name, wrap in (("fillna", _fillna), ("replace", _replace), ("resample", _resample)):
            _wrap(kind, name, wrap)
    _add(pd.DataFrame, "applymap", lambda own, *a, **k: own.map(*a, **k))
    for indexed in (pd.Series, pd.Index):
        _add(indexed, "is_monotonic", property(lambda own: own.is_monotonic_increasing))


def _has(module: ModuleType, name: str) -> bool:
    """Return whether a module has a name, without warnings about removed ones."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return hasattr(module, name)


def _add(kind: type | ModuleType, name: str, value: Any) -> None:
    if not hasattr(kind, name):
        setattr(kind, name, value)


def _add_module(name: str, own: dict[str, Any], like: ModuleType) -> None:
    """Make a removed module importable, with the names of another one."""
    if name in sys.modules:
        return
    module = ModuleType(name)
    vars(module).update({key: value for key, value in vars(like).items() if not key.startswith("__")} | own)
    sys.modules[name] = module


def _wrap(
    kind: type | ModuleType, name: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> None:
    today = getattr(kind, name)
    if getattr(today, "takes_removed_names", False):
        return
    wrapped = wrap(today)
    wrapped.__name__, wrapped.__doc__ = name, today.__doc__
    wrapped.takes_removed_names = True  # type: ignore[attr-defined]
    setattr(kind, name, wrapped)


def _where(today: Callable[..., Any]) -> Callable[..., Any]:
    def where(condition: Any, *choices: Any) -> Any:
        try:
            return today(condition, *choices)
        except (
            np.exceptions.DTypePromotionError
        ):  # texts mixed with numbers (`"up"`, NaN) used to become texts
            return today(condition, *(np.asarray(choice).astype(str) for choice in choices))

    return where


def _fillna(today: Callable[..., Any]) -> Callable[..., Any]:
    def fillna(own: Any, value: Any = None, *args: Any, **more: Any) -> Any:
        method = more.pop("method", None)
        more.pop("downcast", None)
        if method is None:
            return today(own, value, *args, **more)
        fill = own.ffill if method in ("ffill", "pad") else own.bfill
        return fill(**{name: given for name, given in more.items() if given is not None})

    return fillna


def _replace(today: Callable[..., Any]) -> Callable[..., Any]:
    def replace(own: Any, *args: Any, **more: Any) -> Any:
        method = more.pop("method", None)
        if method is None:
            return today(own, *args, **more)
        emptied = own.mask(own.isin(args[0] if isinstance(args[0], list | tuple) else [args[0]]))
        filled = emptied.ffill() if method in ("ffill", "pad") else emptied.bfill()
        return filled.where(filled.notna(), own)

    return replace


def _resample(today: Callable[..., Any]) -> Callable[..., Any]:
    def resample(own: Any, rule: Any, *args: Any, **more: Any) -> Any:
        found = _OFFSET.fullmatch(rule) if isinstance(rule, str) else None
        if found and found[2] in _OFFSETS:
            rule = f"{found[1]}{_OFFSETS[found[2]]}{found[3] or ''}"
        return today(own, rule, *args, **more)

    return resample


def _append(own: Any, other: Any, ignore_index: bool = False, **_: Any) -> Any:
    """Return the rows with others below them, as `append` did."""
    others = list(other) if isinstance(other, list | tuple) else [other]
    if isinstance(own, pd.DataFrame):
        others = [
            pd.DataFrame([one])
            if isinstance(one, dict)
            else one.to_frame().T
            if isinstance(one, pd.Series)
            else one
            for one in others
        ]
    return pd.concat([own, *others], ignore_index=ignore_index)
