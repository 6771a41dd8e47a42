"""Convert structs to rows and back: one column for each field, of the same name."""

import types
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Generic, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

S = TypeVar("S", bound=msgspec.Struct)


class Rows(Generic[S]):
    """Map `struct` to `table`. Booleans are 0 and 1, dates UTC text, text enums their members' names.

    Invalid characters in texts (half a surrogate pair) become question marks.

    Other programs write to the same tables: where a field takes a closed set of texts (`Literal`) or None,
    any other text is read as None. Where the field cannot be None, the text stays as it is.

    `beside` names the fields that have no column. `absent` has values for columns that are NULL where the
    field has neither None nor a default.
    """

    def __init__(
        self,
        struct: type[S],
        table: str,
        *,
        beside: frozenset[str] = frozenset(),
        absent: Mapping[str, Any] | None = None,
    ) -> None:
        hints = get_type_hints(struct)
        self._struct = struct
        self._absent = dict(absent or {})
        self.names = [name for name in struct.__struct_fields__ if name not in beside]
        self._into = [_codec(hints[name])[0] for name in self.names]
        self._out_of = [(name, _codec(hints[name])[1]) for name in self.names]
        self.columns = ", ".join(f"{table}.{name}" for name in self.names)
        assigned = ", ".join(f"{name} = excluded.{name}" for name in self.names if name != "id")
        # A row without an id gets one from SQLite; a row with one keeps it, whether it exists or not.
        self.put = (
            f"INSERT INTO {table} ({', '.join(self.names)}) VALUES ({', '.join('?' * len(self.names))})"
            f" ON CONFLICT (id) DO UPDATE SET {assigned}"
        )

    def row(self, item: S, **changes: Any) -> list[Any]:
        """Return the values of `item` in the order of `names`; an id of 0 becomes NULL."""
        values = {"id": getattr(item, "id", 0) or None, **changes}
        return [
            encode(values[name] if name in values else getattr(item, name))
            for name, encode in zip(self.names, self._into, strict=True)
        ]

    def item(self, row: tuple[Any, ...]) -> S:
        """Return the struct of a row that begins with `columns`. NULL becomes the field's default."""
        given = dict(self._absent)
        for (name, decode), value in zip(self._out_of, row, strict=False):
            if value is not None:
                given[name] = decode(value)
        return self._struct(**given)


def date_text(date: datetime) -> str:
    """Return a date as the database stores it; without a time zone it is UTC."""
    aware = date.astimezone(UTC) if date.tzinfo else date
    return aware.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def date_of(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


Codec = tuple[Callable[[Any], Any], Callable[[Any], Any]]


def _codec(hint: Any) -> Codec:
    kinds = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    for kind in kinds:
        if kind is datetime:
            return _or_none(date_text), date_of
        if kind is bool:
            return _or_none(int), bool
        if isinstance(kind, type) and issubclass(kind, str) and issubclass(kind, Enum):
            return _or_none(lambda member: member.name), _member_of(kind)
        if kind is str:
            return _storable, _same
        if get_origin(kind) is Literal:
            return _storable, _same  # another program's word is kept, or saving the trade would delete it
    return _same, _same


def _or_none(encode: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else encode(value)


def _member_of(kind: type[Enum]) -> Callable[[Any], Any]:
    return lambda name: kind[name]


def _storable(value: Any) -> Any:
    """Return a text with "?" for half a surrogate pair, which JSON may contain and SQLite cannot store."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def _same(value: Any) -> Any:
    return value
