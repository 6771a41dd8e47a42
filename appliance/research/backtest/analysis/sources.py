"""Look into the code of a strategy: the files that it is made of, and the names that they mention."""

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from appliance.strategy.callbacks import Callbacks

if TYPE_CHECKING:
    from appliance.strategy.interface import IStrategy

Namespace = Mapping[str, Any]

_LIBRARIES = frozenset(
    ("appliance", "ccxt", "freqtrade", "msgspec", "numpy", "pandas", "scipy", "sklearn", "ta", "talib")
)
"""Packages whose code knows nothing of strategies, and the program's own."""
_PARTS_OF_ANALYSIS = frozenset(("informative_pairs", "bot_start", "bot_loop_start", "version"))
"""Callbacks that may have a part in the analysis; all others are called by the walk alone."""
WALKED = frozenset(name for name in vars(Callbacks) if not name.startswith("_")) - _PARTS_OF_ANALYSIS


@dataclass(frozen=True)
class Sources:
    """Hold the source texts of a strategy and of the modules that it is made of, by file."""

    texts: Mapping[str, str]
    namespaces: Mapping[str, Namespace] = field(repr=False)

    @classmethod
    def of(cls, strategy: "IStrategy") -> "Sources":
        """Find the strategy's own file, those of its base classes, and what these import beside them."""
        namespaces: dict[str, Namespace] = {}
        left = [space for kind in type(strategy).__mro__ for space in _spaces_of_class(kind)]
        while left:
            space = left.pop()
            file = str(space.get("__file__") or "")
            if not file.endswith(".py") or file in namespaces or _is_library(space):
                continue
            namespaces[file] = space
            left += [found for value in list(space.values()) for found in _spaces_of(value)]
        texts = {}
        for file in sorted(namespaces):
            try:
                texts[file] = Path(file).read_text(encoding="utf-8", errors="replace")
            except OSError:
                texts[file] = ""
        return cls(texts, namespaces)

    def mention(self, text: str) -> bool:
        """Return whether a text stands anywhere in them."""
        return any(text in source for source in self.texts.values())

    @cached_property
    def names_read(self) -> frozenset[str]:
        """Names and texts that the code of the analysis mentions: attributes, variables, keys.

        What callbacks of the walk mention is not among them, nor what is only set in a class body.
        """
        found: set[str] = set()
        for source in self.texts.values():
            try:
                tree = ast.parse(source)
            except SyntaxError:
                continue  # classes above the error are used all the same; their texts are still compared
            found.update(_names(tree))
        return frozenset(found)


def _names(node: ast.AST) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and child.name in WALKED:
            continue
        if isinstance(child, ast.Attribute) and isinstance(child.ctx, ast.Load):
            yield child.attr
        elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load):
            yield child.id
        elif isinstance(child, ast.Constant) and isinstance(child.value, str) and len(child.value) < 100:
            yield child.value
        elif isinstance(child, ast.Import | ast.ImportFrom):
            yield from (alias.name.partition(".")[0] for alias in child.names)
            yield (getattr(child, "module", None) or "").partition(".")[0]
        yield from _names(child)


def _spaces_of_class(kind: type) -> Iterator[Namespace]:
    for value in vars(kind).values():
        yield from _spaces_of(value)


def _spaces_of(value: Any) -> Iterator[Namespace]:
    """Yield the namespaces of modules that a value stands for, or comes from."""
    if isinstance(value, ModuleType):
        yield vars(value)
    elif isinstance(value, type):
        module = sys.modules.get(value.__module__)
        if module is not None:
            yield vars(module)
    else:
        function = getattr(value, "__func__", getattr(value, "fget", value))
        space = getattr(function, "__globals__", None)
        if isinstance(space, dict):
            yield space


def _is_library(space: Namespace) -> bool:
    name = str((space.get("__spec__") and space["__spec__"].name) or space.get("__name__") or "")
    top = name.partition(".")[0]
    file = str(space.get("__file__") or "")
    return (top in sys.stdlib_module_names or top in _LIBRARIES) and not _is_beside(file)


def _is_beside(file: str) -> bool:
    """Return whether a file lies outside the folders of libraries: a trader's own, whatever its name."""
    return "site-packages" not in file and not file.startswith((sys.base_prefix, str(_PROGRAM)))


_PROGRAM = Path(__file__).parents[3]
