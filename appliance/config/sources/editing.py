"""Change a list in the text of a configuration and leave everything else as it stands, comments too.

Every change is read back: what does not come out as meant is not handed out.
"""

import json
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from appliance.config.jsonc import BLANK, Document, JsonError, KeyPath, parse

_INDENTED = re.compile(r'^([ \t]+)"', re.MULTILINE)


class CannotEdit(Exception):
    """Say why a text is left alone."""


def with_item(text: str, path: Sequence[str], item: Mapping[str, Any]) -> str:
    """Return `text` with `item` at the front of the list at `path`; list and sections are made where missing.

    Raises CannotEdit, also where a value of another kind is in the way.
    """
    document = _read(text)
    items = _value(document.value, path) or []
    here = _deepest(document, path)
    if not isinstance(items, list) or not isinstance(_value(document.value, here), dict | list):
        raise CannotEdit(f"{'.'.join(path)} is no list, or stands in no object")
    unit = _unit(text)
    if here == tuple(path):
        written = json.dumps(item)
    else:
        missing: Any = [item]
        for key in reversed(path[len(here) + 1 :]):
            missing = {key: missing}
        laid_out = json.dumps(missing, indent=unit).replace("\n", "\n" + unit * (len(here) + 1))
        written = f"{json.dumps(path[len(here)])}: {laid_out}"
    edited = _at_the_front(text, document.spans[here], written, unit, len(here))
    return _as_meant(edited, document, path, [item, *items])


def without_item(text: str, path: Sequence[str], index: int) -> str:
    """Return `text` without the item at `index` of the list at `path`. Raises CannotEdit."""
    document = _read(text)
    items = _value(document.value, path)
    if not isinstance(items, list) or not 0 <= index < len(items):
        raise CannotEdit(f"{'.'.join(path)} has no item {index}")
    start, end = document.spans[(*path, index)]
    before, after = text[:start], text[end:]
    comma = _after_blank(after, 0)
    if after.startswith(",", comma):
        after = after[:comma] + after[comma + 1 :]
    elif index:
        comma = _after_blank(text, document.spans[(*path, index - 1)][1])
        before = text[:comma] + text[comma + 1 : start]
    if re.match(r"[ \t]*\r?\n", after):
        before = re.sub(r"\r?\n[ \t]*\Z", "", before)
    return _as_meant(before + after.lstrip(" \t"), document, path, items[:index] + items[index + 1 :])


def _at_the_front(text: str, span: tuple[int, int], written: str, unit: str, depth: int) -> str:
    """Put something at the front of the object or list there: so no comma of others has to change."""
    start, end = span
    inside = text[start + 1 : end - 1]
    is_empty = BLANK.fullmatch(inside) is not None
    if not inside.startswith(("\n", "\r")):
        inside = f"\n{unit * (depth if is_empty else depth + 1)}{inside.lstrip(' ')}"
    comma = "" if is_empty else ","
    return f"{text[: start + 1]}\n{unit * (depth + 1)}{written}{comma}{inside}{text[end - 1 :]}"


def _unit(text: str) -> str:
    """Return by how much the text indents its outermost keys."""
    found = _INDENTED.search(text)
    return found.group(1) if found else "    "


def _deepest(document: Document, path: Sequence[str]) -> KeyPath:
    """Return as much of `path` as is there."""
    here: KeyPath = ()
    for key in path:
        if (*here, key) not in document.spans:
            break
        here = (*here, key)
    return here


def _after_blank(text: str, at: int) -> int:
    blank = BLANK.match(text, at)
    return blank.end() if blank else at


def _value(values: Any, path: Sequence[Any]) -> Any:
    for key in path:
        values = values.get(key) if isinstance(values, dict) else None
    return values


def _read(text: str) -> Document:
    try:
        document = parse(text, "")
    except JsonError as error:
        raise CannotEdit(str(error)) from None
    if not isinstance(document.value, dict):
        raise CannotEdit("it is no object in braces")
    if document.repeated:
        raise CannotEdit("a key is written twice")
    return document


def _as_meant(edited: str, document: Document, path: Sequence[str], items: list[Any]) -> str:
    """Return the edited text if it reads as the old one with that list, and nothing else changed."""
    meant = deepcopy(document.value)
    section = meant
    for key in path[:-1]:
        section = section.setdefault(key, {})
    section[path[-1]] = json.loads(json.dumps(items))
    if _read(edited).value != meant:
        raise CannotEdit("its layout is too unusual")
    return edited
