"""Edit a list in the text of a configuration file; comments and layout around it stay.

Every edited text is parsed again, and refused unless exactly the intended change comes out.
"""

import json
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy

from appliance.config.jsonc import BLANK, Document, JsonError, KeyPath, parse
from appliance.domain.json_value import Json

_INDENTED = re.compile(r'^([ \t]+)"', re.MULTILINE)


class CannotEdit(Exception):
    """Report why a text cannot be edited."""


def with_item(text: str, path: Sequence[str], item: Mapping[str, Json]) -> str:
    """Return `text` with `item` inserted at the front of the list at `path`; missing sections are created.

    Raises CannotEdit, also if a value of another type is in the way.
    """
    document = _parsed(text)
    items = _value(document.value, path) or []
    here = _existing(document, path)
    if not isinstance(items, list) or not isinstance(_value(document.value, here), dict | list):
        raise CannotEdit(f"{'.'.join(path)} is not a list, or not in an object")
    unit = _indentation(text)
    if here == tuple(path):
        written = json.dumps(item)
    else:
        missing: Json = [dict(item)]
        for key in reversed(path[len(here) + 1 :]):
            missing = {key: missing}
        laid_out = json.dumps(missing, indent=unit).replace("\n", "\n" + unit * (len(here) + 1))
        written = f"{json.dumps(path[len(here)])}: {laid_out}"
    edited = _at_the_front(text, document.spans[here], written, unit, len(here))
    return _verified(edited, document, path, [dict(item), *items])


def without_item(text: str, path: Sequence[str], index: int) -> str:
    """Return `text` without the item at `index` of the list at `path`. Raises CannotEdit."""
    document = _parsed(text)
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
    return _verified(before + after.lstrip(" \t"), document, path, items[:index] + items[index + 1 :])


def list_at(text: str, path: Sequence[str]) -> list[Json]:
    """Return the list at `path`, empty where there is none. Raises CannotEdit."""
    found = _value(_parsed(text).value, path)
    return found if isinstance(found, list) else []


def _at_the_front(text: str, span: tuple[int, int], written: str, unit: str, depth: int) -> str:
    """Insert at the front of the object or list at `span`, so that the commas of other items stay."""
    start, end = span
    inside = text[start + 1 : end - 1]
    is_empty = BLANK.fullmatch(inside) is not None
    if not inside.startswith(("\n", "\r")):
        inside = f"\n{unit * (depth if is_empty else depth + 1)}{inside.lstrip(' ')}"
    comma = "" if is_empty else ","
    return f"{text[: start + 1]}\n{unit * (depth + 1)}{written}{comma}{inside}{text[end - 1 :]}"


def _indentation(text: str) -> str:
    """Return the indentation of the outermost keys."""
    found = _INDENTED.search(text)
    return found.group(1) if found else "    "


def _existing(document: Document, path: Sequence[str]) -> KeyPath:
    """Return the longest part of `path` that exists."""
    here: KeyPath = ()
    for key in path:
        if (*here, key) not in document.spans:
            break
        here = (*here, key)
    return here


def _after_blank(text: str, at: int) -> int:
    blank = BLANK.match(text, at)
    return blank.end() if blank else at


def _value(values: Json, path: KeyPath | Sequence[str]) -> Json:
    for key in path:
        values = values.get(str(key)) if isinstance(values, dict) else None
    return values


def _parsed(text: str) -> Document:
    try:
        document = parse(text, "")
    except JsonError as error:
        raise CannotEdit(str(error)) from None
    if not isinstance(document.value, dict):
        raise CannotEdit("it is not an object in braces")
    if document.repeated:
        raise CannotEdit("a key is in it twice")
    return document


def _verified(edited: str, document: Document, path: Sequence[str], items: list[Json]) -> str:
    """Return the edited text if it parses as the old one with that list and no other change."""
    expected: Json = deepcopy(document.value)
    section = expected
    for key in path[:-1]:
        section = section.setdefault(key, {}) if isinstance(section, dict) else None
    if isinstance(section, dict):
        section[path[-1]] = json.loads(json.dumps(items))
    if _parsed(edited).value != expected:
        raise CannotEdit("its layout is too unusual")
    return edited
