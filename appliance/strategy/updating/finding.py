"""Find what interface 3 calls otherwise, in the tree of a strategy file."""

import ast
import re
from collections.abc import Iterator, Mapping

from appliance.strategy.updating import names
from appliance.strategy.updating.interface_version import version_edit
from appliance.strategy.updating.source import Edit, Source

_DEF = re.compile(rb"def\s+")
_TEXT = re.compile(rb"[rRuU]?(\"\"\"|'''|\"|')")
_TIMEOUTS = frozenset(
    {"check_buy_timeout", "check_sell_timeout", "check_entry_timeout", "check_exit_timeout"}
)


class Finding(ast.NodeVisitor):
    """Collect edits; `notes` are places, line and text, that are to be looked at by hand."""

    def __init__(self, source: Source) -> None:
        self.edits: list[Edit] = []
        self.notes: list[tuple[int, str]] = []
        self._source = source
        self._numpy: set[str] = set()
        self._arguments: Mapping[str, str] = {}
        self._methods: Mapping[str, str] = names.METHODS
        self._in_timeout = False

    # -- modules, classes, functions -------------------------------------------------------------------

    def visit_Import(self, node: ast.Import) -> None:
        self._numpy |= {alias.asname or alias.name for alias in node.names if alias.name == "numpy"}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if node.module == "numpy" and alias.name in names.NUMPY:
                new = names.NUMPY[alias.name] + ("" if alias.asname else f" as {alias.name}")
                self._rename(self._source.start(alias), alias.name, new)
            elif (node.module or "").startswith("freqtrade") and alias.name in names.ENUMS:
                self._rename(self._source.start(alias), alias.name, names.ENUMS[alias.name])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        before = self._methods
        defined = {each.name for each in node.body if isinstance(each, ast.FunctionDef)}
        self._methods = {old: new for old, new in names.METHODS.items() if new not in defined}
        if any(ast.unparse(base).rpartition(".")[2] == "IStrategy" for base in node.bases):
            edit = version_edit(self._source, node)
            self.edits += [edit] if edit else []
        self.generic_visit(node)
        self._methods = before

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name in self._methods:
            start = self._source.start(node)
            if match := _DEF.match(self._source.text, start):
                self._rename(match.end(), node.name, self._methods[node.name])
        taken = {arg.arg for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
        before, self._in_timeout = (self._arguments, self._in_timeout), node.name in _TIMEOUTS
        self._arguments = {
            old: new for old, new in names.ARGUMENTS.items() if old in taken and new not in taken
        }
        self.generic_visit(node)
        self._arguments, self._in_timeout = before

    def visit_arg(self, node: ast.arg) -> None:
        if node.arg in self._arguments:
            self._rename(self._source.start(node), node.arg, self._arguments[node.arg])
        self.generic_visit(node)

    # -- names -----------------------------------------------------------------------------------------

    def visit_Name(self, node: ast.Name) -> None:
        for table in (self._arguments, names.SETTINGS, names.ENUMS):
            if node.id in table:
                self._rename(self._source.start(node), node.id, table[node.id])
                return

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.generic_visit(node)
        for table in self._tables_of(node.value):
            if node.attr in table:
                start = self._source.end(node) - len(node.attr.encode())
                self._rename(start, node.attr, table[node.attr])
                return

    def _tables_of(self, owner: ast.expr) -> Iterator[Mapping[str, str]]:
        """Yield the tables of names that an object of this kind has."""
        if isinstance(owner, ast.Name) and owner.id in self._numpy:
            yield names.NUMPY
            return
        last = _last_name(owner)
        if last in names.ENUMS:
            yield names.MEMBERS
        if last in ("self", "cls", "super"):
            yield self._methods
            yield names.SETTINGS
        yield names.ATTRIBUTES

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg in names.ARGUMENTS:
            self._rename(self._source.start(node), node.arg, names.ARGUMENTS[node.arg])
        if node.arg != "space":
            self.generic_visit(node)

    # -- texts -----------------------------------------------------------------------------------------

    def visit_Assign(self, node: ast.Assign) -> None:
        self._keys_of_orders([_last_name(target) for target in node.targets], node.value)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._keys_of_orders([_last_name(node.target)], node.value)
        self.generic_visit(node)

    def _keys_of_orders(self, targets: list[str], value: ast.expr | None) -> None:
        if isinstance(value, ast.Dict) and not names.ORDER_SETTINGS.isdisjoint(targets):
            for key in value.keys:
                self._rename_text(key, names.ORDER_KINDS)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if _last_name(node.value) in names.ORDER_SETTINGS:
            self._rename_text(node.slice, names.ORDER_KINDS)
        elif _last_name(node.value) == "config":
            self._rename_text(node.slice, names.SETTINGS)
        else:
            for each in _texts(node.slice):
                self._rename_text(each, names.COLUMNS)
        if self._in_timeout and isinstance(node.value, ast.Name) and node.value.id == "order":
            key = ast.unparse(node.slice)
            self.notes.append((node.lineno, f"order[{key}]: an order is an object now, see its attributes"))
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        for operator, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(operator, ast.In | ast.NotIn) and _last_name(right) in {*names.FRAMES, "columns"}:
                self._rename_text(node.left, names.COLUMNS)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        self._rename_text(node, {**names.EXIT_REASONS, **names.ARGUMENTS})

    # -- edits -----------------------------------------------------------------------------------------

    def _rename(self, start: int, old: str, new: str) -> None:
        """Note an edit; inside f-strings Python before 3.12 does not tell where a name stands."""
        if self._source.has(start, old):
            self.edits.append(Edit(start, start + len(old.encode()), new.encode()))
        else:
            self.notes.append((self._source.line_of(start), f"{old} is called {new} now"))

    def _rename_text(self, node: ast.expr | None, table: Mapping[str, str]) -> None:
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in table):
            return
        start = self._source.start(node)
        if match := _TEXT.match(self._source.text, start):
            self._rename(match.end(), node.value, table[node.value])
        else:
            self.notes.append((node.lineno, f'"{node.value}" is called "{table[node.value]}" now'))


def _last_name(node: ast.expr | None) -> str:
    """Return the last name of an expression, `order_types` of `self.order_types` and `x["order_types"]`."""
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr
        case ast.Subscript(slice=ast.Constant(value=str() as name)):
            return name
        case ast.Call():
            return _last_name(node.func)
        case _:
            return ""


def _texts(node: ast.expr) -> Iterator[ast.expr]:
    """Yield an index and what it consists of: of `loc[mask, ["buy", "buy_tag"]]` both texts."""
    yield node
    if isinstance(node, ast.Tuple | ast.List):
        for each in node.elts:
            yield from _texts(each)
