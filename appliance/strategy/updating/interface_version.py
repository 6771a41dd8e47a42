"""State in a class that it is written for interface 3."""

import ast

from appliance.strategy.updating.source import Edit, Source

_VERSION = "INTERFACE_VERSION"
_CURRENT = 3


def version_edit(source: Source, node: ast.ClassDef) -> Edit | None:
    """Return the edit that sets the version, or adds it on top of the class; None if it is right.

    None, too, where a class has nothing but a docstring, or stands in one line.
    """
    for statement in node.body:
        if _assigns_version(statement):
            return _set(source, statement)
    indent = source.indent(node.body[0])
    if indent is None or (_has_docstring(node) and len(node.body) == 1):
        return None
    place = source.place(_line_below_header(source, node), 0)
    blank = source.line_end if _has_docstring(node) else b""
    added = blank + indent + f"{_VERSION} = {_CURRENT}".encode() + source.line_end
    return Edit(place, place, added)


def _assigns_version(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name == _VERSION
        case _:
            return False


def _set(source: Source, statement: ast.stmt) -> Edit | None:
    value = getattr(statement, "value", None)
    if not isinstance(value, ast.Constant) or value.value == _CURRENT:
        return None
    return Edit(source.start(value), source.end(value), str(_CURRENT).encode())


def _line_below_header(source: Source, node: ast.ClassDef) -> int:
    """Return the line below the first one of a class and its docstring, above comments."""
    if _has_docstring(node):
        return (node.body[0].end_lineno or node.lineno) + 1
    line = max(node.lineno, *(base.end_lineno or 0 for base in node.bases)) + 1
    while source.line(line).lstrip().startswith(b")"):
        line += 1
    return line


def _has_docstring(node: ast.ClassDef) -> bool:
    return ast.get_docstring(node, clean=False) is not None
