"""Convert one item of a list of settings (a pair list, a protection) to its typed form."""

import contextlib
import difflib
import math
import typing
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, TypeVar

import msgspec
from msgspec import Struct

from appliance.config.introspection import Setting, settings_of
from appliance.config.jsonc import KeyPath
from appliance.config.secrets import is_secret
from appliance.config.validation.misspelt import NOTES, misspelt
from appliance.config.validation.values import expectation

Item = TypeVar("Item", bound=Struct)


class Fault(NamedTuple):
    """Describe a problem of the value at a key path."""

    path: KeyPath
    text: str


class Misspelling(Fault):
    """Report a key that is close to a known one; live trading does not start with it."""

    __slots__ = ()


class Reading(NamedTuple):
    """The problems of an item: `faults`, and harmless `oddities`."""

    faults: list[Fault]
    oddities: list[Fault]


def read_item(
    form: type[Item], values: Mapping[str, object], path: KeyPath, *, also: Iterable[str] = ()
) -> tuple[Item | None, Reading]:
    """Convert the values of one item; None if there are faults.

    A key set to null counts as not set. `also` names further keys that are accepted without effect.
    """
    settings, reading = settings_of(form), Reading([], [])
    converted: dict[str, object] = {}
    for key, value in values.items():
        setting = settings.get(key)
        if setting is None:
            if key not in also and not str(key).startswith(NOTES):
                kind = Misspelling if misspelt(key, settings, alone=True) else Fault
                reading.oddities.append(kind((*path, key), _unknown(key, list(settings))))
        elif value is not None:
            _convert(converted, setting, _plain(value), (*path, key), reading)
    for name, setting in settings.items():
        if setting.default is msgspec.NODEFAULT and values.get(name) is None:
            text = f"missing; expected {expectation(setting.type)}"
            reading.faults.append(Fault((*path, name), text))
    return (None if reading.faults else form(**converted)), reading


def refused(reading: Reading, *, live: bool) -> list[Fault]:
    """Return what refuses a start: the faults, and in live trading the misspelt keys."""
    misspellings = [fault for fault in reading.oddities if isinstance(fault, Misspelling)]
    return [*reading.faults, *(misspellings if live else ())]


def nearest(text: str, known: Sequence[str]) -> str:
    """Return '; did you mean "X"?' with the closest known name, or an empty string."""
    by_lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(text.lower(), list(by_lower), n=1)
    return f'; did you mean "{by_lower[near[0]]}"?' if near else ""


def shown(path: KeyPath, value: object) -> str:
    """Format a value for an error, on one line; secrets are not shown."""
    if is_secret(path):
        return "something else (not shown)"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, bool):
        return str(value).lower()
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _convert(
    converted: dict[str, object], setting: Setting, value: object, path: KeyPath, reading: Reading
) -> None:
    if isinstance(value, float) and value.is_integer() and float not in setting.kinds:
        value = int(value)
    if not isinstance(value, float) or math.isfinite(value):
        with contextlib.suppress(msgspec.ValidationError):
            converted[setting.name] = msgspec.convert(value, setting.type)
            return
    hint = nearest(value, _choices(setting.type)) if isinstance(value, str) else ""
    text = f"expected {expectation(setting.type)}, found {shown(path, value)}{hint}"
    reading.faults.append(Fault(path, text))


def _plain(value: object) -> object:
    """Convert a number of numpy, which strategies compute with, to one of Python."""
    return value.item() if hasattr(value, "item") and callable(value.item) else value


def _unknown(key: str, known: Sequence[str]) -> str:
    return f"unknown key, without effect{nearest(str(key), known)}"


def _choices(hint: object) -> list[str]:
    """Return the strings that a type allows, if it lists them."""
    if typing.get_origin(hint) is Literal:
        return [choice for choice in typing.get_args(hint) if isinstance(choice, str) and choice]
    return [choice for part in typing.get_args(hint) for choice in _choices(part)]
