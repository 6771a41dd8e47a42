"""Convert query, path and body into Structs, and report all their problems at once, up to a limit.

As lenient as clients expect: numbers may come as text, whole floats as integers, yes and on as true. `type`
and `loc` of a problem are pydantic's, whose error bodies the contract shows; the texts are our own.
"""

import operator
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
from msgspec import inspect as kinds

from appliance.server.errors import Problem, Unprocessable
from appliance.server.routing.coercion import Wrong, to_boolean, to_integer, to_moment, to_number, to_text

Location = tuple[str | int, ...]
T = TypeVar("T", bound=msgspec.Struct)

MOST_PROBLEMS = 50
"""Problems in one answer at most."""

_BAD = object()
_SCALARS = {
    kinds.IntType: to_integer,
    kinds.FloatType: to_number,
    kinds.StrType: to_text,
    kinds.BoolType: to_boolean,
    kinds.DateTimeType: to_moment,
}
_BRANCH_NAMES = {kinds.IntType: "int", kinds.FloatType: "float", kinds.StrType: "str", kinds.BoolType: "bool"}


def read_body(kind: Any, content: bytes, content_type: str) -> Any:
    """Read JSON into a Struct, or into a list of them. Raises Unprocessable.

    Only JSON content types are accepted, so that a form on a foreign web page cannot send commands.
    """
    if not content:
        raise Unprocessable([Problem("missing", ("body",), "A JSON body is required", None)])
    if content_type != "application/json" and not content_type.endswith("+json"):
        text = content[:200].decode(errors="replace")
        why = "Expected JSON with Content-Type: application/json"
        raise Unprocessable([Problem("model_attributes_type", ("body",), why, text)])
    try:
        value = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        why = "nested too deep" if isinstance(error, RecursionError) else str(error)
        problem = Problem("json_invalid", ("body", 0), "This is not JSON", {}, {"error": why})
        raise Unprocessable([problem]) from None
    problems: list[Problem] = []
    result = _read(_described(kind), value, ("body",), problems)
    if problems:
        raise Unprocessable(problems)
    return result


def read(kind: type[T], value: Any, where: str, *, shown: Any = _BAD) -> T:
    """Read `value` (a mapping) into a Struct; `where` is query, path or body. Raises Unprocessable.

    `shown` is reported as the input of missing fields, instead of `value`.
    """
    problems: list[Problem] = []
    described = _described(kind)
    assert isinstance(described, kinds.StructType)
    result = _read_struct(described, value, (where,), problems, shown)
    if problems:
        raise Unprocessable(problems)
    return result  # type: ignore[no-any-return]


@lru_cache(maxsize=256)
def _described(kind: Any) -> kinds.Type:
    return kinds.type_info(kind)


def _read_struct(
    kind: kinds.StructType, value: Any, loc: Location, problems: list[Problem], shown: Any = _BAD
) -> Any:
    if not isinstance(value, Mapping):
        problems.append(Problem("model_attributes_type", loc, "Expected a JSON object", value))
        return _BAD
    found: dict[str, Any] = {}
    for field in kind.fields:
        at = (*loc, field.encode_name)
        if field.encode_name in value:
            found[field.name] = _read(field.type, value[field.encode_name], at, problems)
        elif field.required:
            problems.append(Problem("missing", at, "This is required", value if shown is _BAD else shown))
    return kind.cls(**found) if not problems else _BAD


def _read(kind: kinds.Type, value: Any, loc: Location, problems: list[Problem]) -> Any:
    """Read one value; an invalid one adds its problems and returns `_BAD`."""
    if isinstance(kind, kinds.Metadata):
        return _read(kind.type, value, loc, problems)
    if isinstance(kind, kinds.UnionType):
        return _read_union(kind, value, loc, problems)
    if isinstance(kind, kinds.StructType):
        return _read_struct(kind, value, loc, problems)
    if isinstance(kind, kinds.ListType):
        return _read_list(kind, value, loc, problems)
    if isinstance(kind, kinds.DictType):
        return _read_object(value, loc, problems)
    try:
        return _read_scalar(kind, value)
    except Wrong as wrong:
        problems.append(Problem(wrong.type, loc, str(wrong), value, wrong.ctx or msgspec.UNSET))
        return _BAD


def _read_scalar(kind: kinds.Type, value: Any) -> Any:
    convert = _SCALARS.get(type(kind))
    if convert is not None:
        return _limited(kind, convert(value))
    if isinstance(kind, kinds.EnumType):
        return _read_choice([member.value for member in kind.cls], value, kind.cls)
    if isinstance(kind, kinds.LiteralType):
        return _read_choice(list(kind.values), value, lambda choice: choice)
    raise TypeError(f"no request has a {type(kind).__name__} yet: add its conversion here")


def _read_choice(choices: list[Any], value: Any, made: Any) -> Any:
    if isinstance(value, str | int) and value in choices:
        return made(value)
    names = [f"'{choice}'" for choice in choices]
    expected = ", ".join(names[:-1]) + f" or {names[-1]}" if len(names) > 1 else names[0]
    raise Wrong("enum", f"Expected {expected}", {"expected": expected})


def _read_list(kind: kinds.ListType, value: Any, loc: Location, problems: list[Problem]) -> Any:
    if not isinstance(value, list):
        problems.append(Problem("list_type", loc, "Expected a list", value))
        return _BAD
    if kind.max_length is not None and len(value) > kind.max_length:
        text = f"Expected at most {kind.max_length} items, found {len(value)}"
        problems.append(Problem("too_long", loc, text, None, {"max_length": kind.max_length}))
        return _BAD
    found = []
    for index, item in enumerate(value):
        found.append(_read(kind.item_type, item, (*loc, index), problems))
        if len(problems) >= MOST_PROBLEMS:
            return _BAD
    return found


def _read_object(value: Any, loc: Location, problems: list[Problem]) -> Any:
    """Read an object of any content."""
    if isinstance(value, Mapping):
        return value
    problems.append(Problem("dict_type", loc, "Expected a JSON object", value))
    return _BAD


def _read_union(kind: kinds.UnionType, value: Any, loc: Location, problems: list[Problem]) -> Any:
    """Read a value of one of several types: the first that fits as it is, then the first that can be read."""
    branches = [branch for branch in kind.types if not isinstance(branch, kinds.NoneType)]
    if value is None and len(branches) < len(kind.types):
        return None
    if len(branches) == 1:
        return _read(branches[0], value, loc, problems)
    found: list[Problem] = []
    for branch in sorted(branches, key=lambda branch: not _is_already(branch, value)):
        failed: list[Problem] = []
        result = _read(branch, value, (*loc, _BRANCH_NAMES.get(type(branch), "value")), failed)
        if not failed:
            return result
        found += failed
    problems += found
    return _BAD


def _is_already(kind: kinds.Type, value: Any) -> bool:
    exact = {kinds.IntType: int, kinds.FloatType: float, kinds.StrType: str, kinds.BoolType: bool}
    return type(value) is exact.get(type(kind))


_LIMITS = (
    ("ge", operator.ge, "greater_than_equal", "at least"),
    ("gt", operator.gt, "greater_than", "more than"),
    ("le", operator.le, "less_than_equal", "at most"),
    ("lt", operator.lt, "less_than", "less than"),
)


def _limited(kind: Any, value: Any) -> Any:
    """Return `value` if it is within the limits of its type."""
    for name, keeps, problem, text in _LIMITS:
        limit = getattr(kind, name, None)
        if limit is not None and not keeps(value, limit):
            raise Wrong(problem, f"Must be {text} {limit}", {name: limit})
    if isinstance(kind, kinds.StrType):
        _check_text(kind, value)
    return value


def _check_text(kind: kinds.StrType, value: str) -> None:
    most = kind.max_length
    if most is not None and len(value) > most:
        raise Wrong("string_too_long", f"Must have at most {most} characters", {"max_length": most})
    if kind.pattern is not None and not re.search(kind.pattern, value):
        raise Wrong("string_pattern_mismatch", f"Must match {kind.pattern}", {"pattern": kind.pattern})
