"""Hold values against the JSON schemas of an OpenAPI document."""

import json
from pathlib import Path
from typing import Any

CONTRACT = json.loads((Path(__file__).parents[1] / "data/server/contract.json").read_text())

_TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


def answer_schema(method: str, path: str) -> dict[str, Any]:
    """Return the schema of a good answer."""
    answers = CONTRACT["paths"][f"/api/v1{path}"][method.lower()]["responses"]
    return answers["200"]["content"]["application/json"]["schema"]


def differences(value: Any, schema: dict[str, Any], at: str = "") -> list[str]:
    """Return where `value` does not keep to `schema`: wrong types, missing and unknown fields."""
    if "$ref" in schema:
        return differences(value, CONTRACT["components"]["schemas"][schema["$ref"].rpartition("/")[2]], at)
    if "anyOf" in schema or "oneOf" in schema:
        branches = schema.get("anyOf") or schema["oneOf"]
        tried = [differences(value, branch, at) for branch in branches]
        return [] if [] in tried else min(tried, key=len)
    kind = schema.get("type")
    if kind and (not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return [f"{at}: {value!r} is no {kind}"]
    if "const" in schema and value != schema["const"]:
        return [f"{at}: {value!r} is not {schema['const']!r}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{at}: {value!r} is none of {schema['enum']}"]
    if isinstance(value, list):
        return [
            d
            for i, item in enumerate(value)
            for d in differences(item, schema.get("items", {}), f"{at}[{i}]")
        ]
    if isinstance(value, dict) and "properties" in schema:
        return _fields(value, schema, at)
    return []


def _fields(value: dict[str, Any], schema: dict[str, Any], at: str) -> list[str]:
    known = schema["properties"]
    found = [f"{at}.{name} is missing" for name in known if name not in value]
    found += [f"{at}.{name} is unknown" for name in value if name not in known]
    for name in known.keys() & value.keys():
        found += differences(value[name], known[name], f"{at}.{name}")
    return found
