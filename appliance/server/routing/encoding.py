"""Encode answers as JSON; long ones piece by piece in a thread, so that the event loop is not blocked."""

from datetime import datetime
from enum import Enum
from itertools import islice
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

import msgspec

from appliance.threads import for_readers

if TYPE_CHECKING:
    from collections.abc import Iterable

LONG = 300
"""Rows from which a list is long; so many take a fraction of a millisecond to encode."""
_MAY_BE_LONG = (list, tuple, dict)
_SHORT = (str, int, float, bool, type(None), datetime, Enum)


async def as_json(answer: Any) -> bytes:
    """Return `answer` as JSON. Its own rows may be long, or those of a field."""
    if isinstance(answer, _MAY_BE_LONG) and len(answer) > LONG:
        return await for_readers(_in_pieces, answer)
    long = _long_fields(answer)
    if not long:
        return msgspec.json.encode(answer)
    pieces = {name: msgspec.Raw(await for_readers(_in_pieces, value)) for name, value in long.items()}
    if isinstance(answer, dict):
        return msgspec.json.encode(answer | pieces)
    return msgspec.json.encode(msgspec.structs.replace(answer, **pieces))


def may_be_long(kind: Any) -> bool:
    """Return whether answers of that type may have many rows; those that are no Struct may."""
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return kind not in _SHORT
    return any(_holds_rows(field.type) for field in msgspec.structs.fields(kind))


def _holds_rows(kind: Any) -> bool:
    if get_origin(kind) is Annotated:
        return _holds_rows(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return any(_holds_rows(each) for each in get_args(kind))
    return not (isinstance(kind, type) and issubclass(kind, (*_SHORT, msgspec.Struct)))


def _long_fields(answer: Any) -> dict[str, Any]:
    if isinstance(answer, msgspec.Struct):
        fields: Iterable[tuple[Any, Any]] = [
            (name, getattr(answer, name)) for name in answer.__struct_fields__
        ]
    elif isinstance(answer, dict):
        fields = answer.items()
    else:
        return {}
    return {
        name: value
        for name, value in fields
        if isinstance(value, _MAY_BE_LONG) and len(value) > LONG and isinstance(name, str)
    }


def _in_pieces(rows: Any) -> bytes:
    """Encode rows some at a time: one call of the encoder blocks all other threads."""
    rest = iter(rows.items() if isinstance(rows, dict) else rows)
    pieces = []
    while some := list(islice(rest, LONG)):
        piece = msgspec.json.encode(dict(some) if isinstance(rows, dict) else some)
        pieces.append(piece[1:-1])
    opening, closing = (b"{", b"}") if isinstance(rows, dict) else (b"[", b"]")
    return opening + b",".join(pieces) + closing
