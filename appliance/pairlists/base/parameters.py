"""Describe the parameters of a pair list: one Struct per list, used by validation, API and documentation."""

import types
import typing
from typing import Any, Literal

import msgspec
from msgspec import Meta

from appliance.config.introspection import Setting, settings_of

_KINDS: dict[Any, str] = {bool: "boolean", int: "number", float: "number", str: "string", tuple: "list"}
_UNSET: Any = object()


class Parameters(msgspec.Struct, frozen=True, kw_only=True):
    """Hold the parameters of one pair list; attribute names are the keys of its item in `pairlists`."""


def param(title: str, text: str, *, shown: Any = _UNSET, **limits: Any) -> Meta:
    """Return the metadata of a parameter: a title, a sentence of help, and its limits (`ge`, `le`, …).

    `shown` is the default in documentation and API where it differs from the one in the Struct: a suggestion
    for a required parameter, or a value that follows from other parameters.
    """
    extra = {} if shown is _UNSET else {"shown": shown}
    return Meta(title=title, description=text, extra=extra, **limits)


def described(kind: type[Parameters]) -> dict[str, dict[str, Any]]:
    """Return the parameters in the form of `GET /pairlists/available`.

    By key: `type` ("number", "string", "option", "list", "boolean"), `default`, `description` (a title),
    `help` (a sentence), and for options the `options`.
    """
    return {name: _described(setting) for name, setting in in_order(kind).items()}


def in_order(kind: type[Parameters]) -> dict[str, Setting]:
    """Return the parameters by key, those that many lists share at the end."""
    common = ("refresh_period", "lookback_days", "lookback_timeframe", "lookback_period")
    settings = settings_of(kind)
    return {name: settings[name] for name in sorted(settings, key=lambda name: name in common)}


def _described(setting: Setting) -> dict[str, Any]:
    meta = _meta(setting.type)
    default = None if setting.default is msgspec.NODEFAULT else setting.default
    answer: dict[str, Any] = {
        "type": "string",
        "default": (meta.extra or {}).get("shown", default),
        "description": meta.title or setting.name,
        "help": meta.description or "",
    }
    choices = _choices(setting.type)
    if choices:
        return answer | {"type": "option", "options": choices}
    kind = next((_KINDS[kind] for kind in _KINDS if kind in setting.kinds), "string")
    if kind == "list":
        answer["default"] = list(answer["default"])
    return answer | {"type": kind}


def _meta(hint: Any) -> Meta:
    """Return the metadata that `param` attached to a type, at any depth."""
    if typing.get_origin(hint) is typing.Annotated:
        for note in hint.__metadata__:
            if isinstance(note, Meta) and note.title:
                return note
    for part in typing.get_args(hint):
        if isinstance(part, types.UnionType) or typing.get_origin(part) is not None:
            found = _meta(part)
            if found.title:
                return found
    return Meta()


def _choices(hint: Any) -> list[str]:
    if typing.get_origin(hint) is Literal:
        return list(typing.get_args(hint))
    return [choice for part in typing.get_args(hint) for choice in _choices(part)]
