"""Notice whether an analysis leaves something behind in a strategy: attributes, globals, random numbers.

Where it does, the order of pairs matters, and the analysis has to run in this process, as in freqtrade.
"""

import hashlib
import logging
import random
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from types import FunctionType, MappingProxyType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from appliance.strategy.parameters import BaseParameter

if TYPE_CHECKING:
    from appliance.research.backtest.analysis.sources import Sources
    from appliance.strategy.interface import IStrategy

OF_THE_PROGRAM = frozenset(("dp", "wallets", "failures", "ft_informative_cache", "ft_informative_requests"))
"""Attributes that belong to the program; what is cached there changes no result."""
_PLAIN = (str, bytes, int, float, complex, bool, type(None), date, timedelta, Decimal, np.generic, Enum)
_CODE = (logging.Logger, ModuleType, type, FunctionType, MethodType, property, staticmethod, classmethod)
_DEEPEST = 6


def state_of(strategy: "IStrategy", sources: "Sources") -> str:
    """Return a digest of all that the strategy can remember; the same text means the same state.

    It holds in this process and those forked of it.
    """
    walk = _Walk()
    own = {name: value for name, value in vars(strategy).items() if name not in OF_THE_PROGRAM}
    walk.add(own)
    for kind in type(strategy).__mro__:
        if not kind.__module__.startswith(("appliance.", "builtins", "abc")):
            walk.add({name: value for name, value in vars(kind).items() if not name.startswith("__")})
    for space in sources.namespaces.values():
        walk.add({name: value for name, value in space.items() if not name.startswith("__")})
    walk.add(random.getstate())
    walk.add(list(np.random.get_state(legacy=True)))
    return walk.digest.hexdigest()


def content_of(values: Mapping[str, Any], *, strict: bool) -> str | None:
    """Return a digest of plain values that is the same in every process.

    Modules, functions and classes do not count: they are code. Objects of other classes do not either; with
    `strict`, there is no digest then (None).
    """
    walk = _Content()
    walk.add(dict(values))
    return None if strict and walk.is_opaque else walk.digest.hexdigest()


class _Walk:
    """Go through values, and take what can change of them into a digest."""

    def __init__(self) -> None:
        self.digest = hashlib.blake2b(digest_size=16)
        self._seen: dict[int, Any] = {}  # what is held keeps its id

    def add(self, value: Any, depth: int = 0) -> None:
        self._text(type(value).__qualname__)
        if isinstance(value, _PLAIN):
            self._text(repr(value))
        elif isinstance(value, _CODE) or id(value) in self._seen or depth > _DEEPEST:
            self._identity(value)
        else:
            self._seen[id(value)] = value
            try:
                self._content(value, depth + 1)
            except Exception:  # noqa: BLE001 (an object that cannot be read tells only which it is)
                self._text(str(id(value)))

    def _content(self, value: Any, depth: int) -> None:
        if isinstance(value, dict | MappingProxyType):  # other mappings need not let themselves be listed
            self._text(str(len(value)))
            for key, item in list(value.items()):
                self.add(key, depth)
                self.add(item, depth)
        elif isinstance(value, set | frozenset):
            self._text(str(len(value)))
            self._text(str(sorted(map(repr, value))))
        elif isinstance(value, list | tuple):
            self._text(str(len(value)))
            for item in value:
                self.add(item, depth)
        elif isinstance(value, np.ndarray):
            self._text(f"{value.shape} {value.dtype}")
            if value.dtype == object:
                self.add(value.tolist(), depth)
            else:
                self.digest.update(np.ascontiguousarray(value).view(np.uint8).data)
        elif isinstance(value, BaseParameter):
            self._text(repr(value.value))
        else:
            self._opaque(value, depth)

    def _opaque(self, value: Any, depth: int) -> None:
        """Take in an object of any class: which it is, and what it holds."""
        self._identity(value)
        if self._is_frame(value, depth):
            return
        held = getattr(value, "__dict__", None)
        if isinstance(held, dict):
            self.add(held, depth)

    def _is_frame(self, value: Any, depth: int) -> bool:
        """Take in a dataframe or series of pandas; tell whether it is one."""
        blocks = getattr(getattr(value, "_mgr", None), "blocks", None)
        if blocks is None:
            return False
        self._text(repr(value.shape))
        self.add(list(getattr(value, "columns", ())), depth)
        for block in blocks:
            self.add(np.asarray(block.values), depth)
        return True

    def _identity(self, value: Any) -> None:
        self._text(str(id(value)))

    def _text(self, text: str) -> None:
        self.digest.update(text.encode("utf-8", "replace"))
        self.digest.update(b"\0")


class _Content(_Walk):
    """Take in content alone, whatever object holds it."""

    def __init__(self) -> None:
        super().__init__()
        self.is_opaque = False

    def _identity(self, value: Any) -> None:
        """Take in nothing: ids are those of this process."""

    def _opaque(self, value: Any, depth: int) -> None:
        if isinstance(value, PurePath):
            self._text(str(value))
        elif not self._is_frame(value, depth):
            self.is_opaque = True
