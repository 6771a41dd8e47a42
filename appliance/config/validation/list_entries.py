"""Read one entry of a list of settings (a pair list, a protection) into its typed form."""

import contextlib
import difflib
import math
import typing
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeVar

import msgspec
from msgspec import Struct

from appliance.config.introspection import Setting, settings_of
from appliance.config.jsonc import KeyPath
from appliance.config.secrets import is_secret
from appliance.config.validation.misspelt import NOTES, misspelt
from appliance.config.validation.values import expectation

Entry = TypeVar("Entry", bound=Struct)


class Fault(NamedTuple):
    """Say what is wrong with the value at a key path."""

    path: KeyPath
    text: str


class Misspelling(Fault):
    """Say of a key that it is close to a known one. Live trading does not start with it."""

    __slots__ = ()


class Reading(NamedTuple):
    """What came of an entry: its faults, and what is odd about it but harmless."""

    faults: list[Fault]
    oddities: list[Fault]


def read_entry(
    form: type[Entry], values: Mapping[str, Any], path: KeyPath, *, also: Iterable[str] = ()
) -> tuple[Entry | None, Reading]:
    """Convert the values of one entry; None where that cannot be done.

    A key that is set to null counts as not set. `also` names keys that may stand there and mean nothing.
    """
    settings, reading = settings_of(form), Reading([], [])
    converted: dict[str, Any] = {}
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
    """Return what ends a start: the faults, and where real money is at stake what is misspelt."""
    misspellings = [fault for fault in reading.oddities if isinstance(fault, Misspelling)]
    return [*reading.faults, *(misspellings if live else ())]


def nearest(text: str, known: Sequence[str]) -> str:
    """Return '; did you mean "X"?' with the likeliest of the known names, or nothing."""
    by_lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(text.lower(), list(by_lower), n=1)
    return f'; did you mean "{by_lower[near[0]]}"?' if near else ""


def shown(path: KeyPath, value: Any) -> str:
    """Write a value that was found as errors show it, on one line; secrets are not shown."""
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
    converted: dict[str, Any], setting: Setting, value: Any, path: KeyPath, reading: Reading
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


def _plain(value: Any) -> Any:
    """Return a number of numpy, which strategies compute with, as Python's own."""
    return value.item() if hasattr(value, "item") and callable(value.item) else value


def _unknown(key: str, known: Sequence[str]) -> str:
    return f"unknown key, without effect{nearest(str(key), known)}"


def _choices(hint: Any) -> list[str]:
    """Return the texts that a type allows, where it counts them up."""
    if typing.get_origin(hint) is Literal:
        return [choice for choice in typing.get_args(hint) if isinstance(choice, str) and choice]
    return [choice for part in typing.get_args(hint) for choice in _choices(part)]
