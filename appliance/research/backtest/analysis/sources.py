"""Look into the code of a strategy: the files that it is made of, and the names that they mention."""

import ast
import copy
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

from appliance.strategy.callbacks import Callbacks

if TYPE_CHECKING:
    from appliance.strategy.interface import IStrategy

Namespace = Mapping[str, Any]

_LIBRARIES = frozenset(
    ("appliance", "ccxt", "freqtrade", "msgspec", "numpy", "pandas", "scipy", "sklearn", "ta", "talib")
)
"""Packages whose code knows nothing of strategies, and the program's own."""
_PARTS_OF_ANALYSIS = frozenset(("informative_pairs", "bot_start", "version"))
"""Callbacks that may have a part in the analysis; all others are called by the walk alone."""
WALKED = frozenset(name for name in vars(Callbacks) if not name.startswith("_")) - _PARTS_OF_ANALYSIS
_OF_ORDERS = frozenset(("order_types", "order_time_in_force"))
"""Settings whose keys are kinds of orders: a `stoploss` in there is not the stop loss of the strategy."""
_LONGEST_KEY = 100
_LARGEST_PARSED = 400_000
"""Characters of a file beyond which its text is taken as it is: parsing it takes longer than it saves."""


@dataclass(frozen=True)
class Mentions:
    """Hold what the code of an analysis reads: `names` of variables and modules, `attributes`, `texts`."""

    names: frozenset[str]
    attributes: frozenset[str]
    texts: frozenset[str]


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
    def mentions(self) -> Mentions:
        """What code mentions that may run in an analysis; what a class body only sets is not read."""
        found: dict[str, set[str]] = {"name": set(), "attribute": set(), "text": set()}
        for tree in self._trees.values():
            for kind, text in _mentioned(tree):
                found[kind].add(text)
        return Mentions(*map(frozenset, found.values()))

    def essence(self, settings: Collection[str]) -> list[str]:
        """Return texts that differ wherever the code of an analysis does.

        Comments, callbacks of the walk, and the values of these settings in a class body may change.
        """
        if WALKED & self.mentions.attributes:
            return list(self.texts.values())  # it calls them itself
        found = []
        for file, text in self.texts.items():
            tree = self._trees.get(file)
            found.append(text if tree is None else ast.dump(_Essence(settings).visit(copy.deepcopy(tree))))
        return found

    @property
    def is_parsed(self) -> bool:
        """Whether all files could be parsed."""
        return len(self._trees) == len(self.texts)

    @cached_property
    def _trees(self) -> dict[str, ast.Module]:
        found = {}
        for file, text in self.texts.items():
            if len(text) > _LARGEST_PARSED:
                continue
            with suppress(SyntaxError, ValueError, RecursionError):
                found[file] = ast.parse(text)
        return found


class _Essence(ast.NodeTransformer):
    """Remove from class bodies what the walk alone reads."""

    def __init__(self, settings: Collection[str]) -> None:
        self._settings = settings

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        node.body = [part for part in node.body if not self._is_of_the_walk(part)] or [ast.Pass()]
        return node

    def _is_of_the_walk(self, part: ast.stmt) -> bool:
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            return part.name in WALKED
        return _sets_only(part, self._settings)


def _sets_only(part: ast.AST, names: Collection[str]) -> bool:
    """Return whether a part of code sets variables of these names, and no others."""
    targets = part.targets if isinstance(part, ast.Assign) else []
    if isinstance(part, ast.AnnAssign):
        targets = [part.target]
    return bool(targets) and all(isinstance(target, ast.Name) and target.id in names for target in targets)


def _mentioned(node: ast.AST) -> Iterator[tuple[Literal["name", "attribute", "text"], str]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and child.name in WALKED:
            continue
        if isinstance(node, ast.ClassDef) and _sets_only(child, _OF_ORDERS):
            continue
        if isinstance(child, ast.Attribute) and isinstance(child.ctx, ast.Load):
            yield "attribute", child.attr
        elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load):
            yield "name", child.id
        elif isinstance(child, ast.Constant) and isinstance(child.value, str):
            if len(child.value) < _LONGEST_KEY:
                yield "text", child.value
        elif isinstance(child, ast.Import | ast.ImportFrom):
            modules = [alias.name for alias in child.names]
            modules += [child.module] if isinstance(child, ast.ImportFrom) and child.module else []
            yield from (("name", module.partition(".")[0]) for module in modules)
        yield from _mentioned(child)


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
