"""Describe types as JSON Schema: of requests, answers and errors."""

import inspect
from collections.abc import Iterable
from types import UnionType
from typing import Any, get_args

import msgspec
from msgspec import Struct

from appliance.server.errors import Problem

Schema = dict[str, Any]

_PREFIX = "#/components/schemas/"


class Detail(Struct):
    """State why the server refuses a request."""

    detail: str


class Refusal(Struct):
    """State why the bot refuses."""

    error: str


class HTTPValidationError(Struct):
    """State all problems of parameters or body."""

    detail: list[Problem]


class Schemas:
    """Hold the schema of each given type, and the components that these refer to."""

    def __init__(self, types: Iterable[Any]) -> None:
        distinct = list(dict.fromkeys(part for kind in types for part in _alternatives(kind)))
        shown, components = msgspec.json.schema_components(distinct, ref_template=_PREFIX + "{name}")
        self._shown: dict[Any, Schema] = dict(zip(distinct, shown, strict=True))
        self._all = {name: _tidy(schema) for name, schema in components.items()}

    def of(self, kind: Any) -> Schema:
        """Return the schema of a type: a reference for a Struct or an Enum."""
        either = _alternatives(kind)
        return self._shown[kind] if len(either) == 1 else {"anyOf": [self._shown[part] for part in either]}

    def properties(self, kind: type[Struct]) -> list[tuple[str, Schema, bool]]:
        """Return name, schema and whether it is required, for each field of a Struct."""
        whole = self._all[self.of(kind)["$ref"].removeprefix(_PREFIX)]
        return [(name, schema, name in whole["required"]) for name, schema in whole["properties"].items()]

    def referred(self, document: Any) -> dict[str, Schema]:
        """Return those components that `document` refers to, and what they refer to themselves."""
        found: dict[str, Schema] = {}
        waiting = list(_references(document))
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = self._all[name]
                waiting += _references(found[name])
        return dict(sorted(found.items()))


def _alternatives(kind: Any) -> tuple[Any, ...]:
    """Return the alternatives of a union. msgspec describes only unions with at most one Struct."""
    parts = get_args(kind) if isinstance(kind, UnionType) else ()
    structs = parts and all(isinstance(part, type) and issubclass(part, Struct) for part in parts)
    return parts if structs else (kind,)


def _tidy(value: Any) -> Any:
    """Return a schema with cleaned texts, and with the size of integers (`coercion.py`): 64 bits."""
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    if not isinstance(value, dict):
        return value
    tidy = {key: _tidy(item) for key, item in value.items()}
    if isinstance(tidy.get("description"), str):
        tidy["description"] = inspect.cleandoc(tidy["description"])
    if tidy.get("type") == "integer":
        tidy["format"] = "int64"
    return tidy


def _references(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        if str(value.get("$ref", "")).startswith(_PREFIX):
            yield value["$ref"].removeprefix(_PREFIX)
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
