"""Convert merged values to typed settings, and report every wrong value with its place."""

import difflib
import enum
import json
import math
import re
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Meta, Struct

from appliance.config.introspection import Setting, is_section, members, settings_of, walk
from appliance.config.jsonc import KeyPath
from appliance.config.secrets import is_secret
from appliance.config.settings import OrderTimeInForce, OrderTypes, Settings
from appliance.config.sources.deprecated_keys import old_names
from appliance.config.sources.files import Gathered
from appliance.config.validation.known_keys import ELSEWHERE
from appliance.config.validation.misspelt import NOTES, misspelt

_INNER_PATH = re.compile(r"at `\$((?:\[\d+\]|\.\w+)+)`")
_STEP = re.compile(r"\[(\d+)\]|\.(\w+)")
_NOTES = {"gt": "above", "le": "at most", "lt": "below", "pattern": "matching"}
_WORDS: dict[object, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    dict: "an object",
    tuple: "a list",
    Any: "anything",
    datetime: 'a date with time zone such as "2030-01-01T00:00:00Z"',
}


# The mapping of a strategy is replaced as a whole, so a part of one would leave orders without a type.
_REQUIRED: dict[type[Struct], tuple[str, ...]] = {
    OrderTypes: ("entry", "exit", "stoploss", "stoploss_on_exchange"),
    OrderTimeInForce: ("entry", "exit"),
}


@dataclass
class Validation:
    """The result: `settings` (None if there are problems), and one line for each problem or warning.

    `misspelt` repeats the warnings about keys close to known ones, which refuse a start of live trading.
    """

    gathered: Gathered
    settings: Settings | None = None
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    misspelt: list[str] = field(default_factory=list)


def validate(gathered: Gathered) -> Validation:
    """Convert all values, section by section, and collect problems and unknown keys."""
    result = Validation(gathered)
    settings = _section(result, Settings, gathered.values, ())
    if not result.problems and isinstance(settings, Settings):
        result.settings = settings
    return result


def dotted(path: KeyPath) -> str:
    """Write a key path as people do: `exchange.pair_whitelist[2]`."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).removeprefix(".")


def _section(result: Validation, section: type[Struct], values: object, path: KeyPath) -> Struct | None:
    if not isinstance(values, Mapping):
        _wrong(result, path, "an object", values)
        return None
    converted: dict[str, object] = {}
    settings = settings_of(section)
    before = len(result.problems)
    for key, value in values.items():
        if setting := settings.get(key):
            converted[key] = _value(result, setting, value, (*path, key))
        else:
            _unknown(result, section, (*path, key), value)
    for key in _REQUIRED.get(section, ()):
        if key not in values:
            _wrong(result, (*path, key), expectation(settings[key].type), None)
    return section(**converted) if len(result.problems) == before else None


def _value(result: Validation, setting: Setting, value: object, path: KeyPath) -> object:
    if setting.section and value is not None:
        return _section(result, setting.section, value, path)
    if isinstance(value, float) and not math.isfinite(value) and setting.name != "max_open_trades":
        _wrong(result, path, expectation(setting.type), value)
        return None
    if item := setting.item:
        _unknown_in_items(result, item, value, path)
    try:
        return msgspec.convert(value, setting.type)
    except msgspec.ValidationError as error:
        inner_path, expected, found = _innermost(error, setting, value)
        _wrong(result, (*path, *inner_path), expected, found)
        return None


def _unknown_in_items(result: Validation, item: type[Struct], values: object, path: KeyPath) -> None:
    """Check the keys of the objects in a list: msgspec skips unknown ones."""
    if item.__struct_config__.forbid_unknown_fields or not isinstance(values, list):
        return
    for index, one in enumerate(values):
        for key in one if isinstance(one, dict) else ():
            if key not in settings_of(item):
                _unknown(result, item, (*path, index, key), one[key])


def _innermost(error: msgspec.ValidationError, setting: Setting, value: Any) -> tuple[KeyPath, str, Any]:
    """Return path, expectation and value of the wrong item in a list or object; msgspec names no keys."""
    if isinstance(value, dict):
        for key, item in value.items():
            try:
                msgspec.convert({key: item}, setting.type)
            except msgspec.ValidationError as cause:
                if "`key`" in str(cause):
                    return (), f"keys that are {expectation(setting.type, inside='keys')}", key
                return (key,), expectation(setting.type, inside="items"), item
    found = _INNER_PATH.search(str(error))
    path: KeyPath = (
        tuple(int(index) if index else key for index, key in _STEP.findall(found.group(1))) if found else ()
    )
    for step in path:
        value = value[step]
    return path, expectation(_type_at(setting.type, path)), value


def _type_at(hint: Any, path: KeyPath) -> Any:
    """Return the type at `path` in a list: of an item, or of a key of its objects."""
    for step in path:
        within = members(hint)
        if isinstance(step, int):
            hint = next(typing.get_args(part)[0] for part in within if typing.get_origin(part) is tuple)
        else:
            hint = next(settings_of(part)[step].type for part in within if is_section(part))
    return hint


def _wrong(result: Validation, path: KeyPath, expected: str, found: object) -> None:
    text = f"{result.gathered.place(path)}: {dotted(path)}: expected {expected}, found {_shown(path, found)}"
    choices = re.findall(r'"([^"]+)"', expected)
    near = difflib.get_close_matches(found, choices, n=1) if isinstance(found, str) else []
    result.problems.append(f'{text}; did you mean "{near[0]}"?' if near else text)


def _shown(path: KeyPath, value: object) -> str:
    if is_secret(path):
        return f"{_WORDS.get(type(value), 'something else')} (not shown)"
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = json.dumps(value, ensure_ascii=False, default=str)
    if value is None:
        return "nothing"
    return text if len(text) <= 60 else f"{text[:57]}..."


def _unknown(result: Validation, section: type[Struct], path: KeyPath, value: object) -> None:
    name, key = dotted(path), str(path[-1])
    if name in ELSEWHERE or key.startswith(NOTES):
        return
    names = {**old_names(dotted(path[:-1])), **{known: known for known in settings_of(section)}}
    meant = misspelt(key, names, alone=len(path) > 1, value=value)
    text = f"{result.gathered.place(path)}: {name}: unknown key, left to the strategy"
    near: str | None
    if meant:
        near = names[meant] if names[meant] != meant else dotted((*path[:-1], meant))
        result.misspelt.append(f"{result.gathered.place(path)}: {name}: unknown key; did you mean {near}?")
    else:
        near = _nearest(key, section, path[:-1])
    result.warnings.append(f"{text}; did you mean {near}?" if near else text)


def _nearest(key: str, section: type[Struct], above: KeyPath) -> str | None:
    """Return the known key that was probably meant: one of the same section, else one of any section."""
    if near := difflib.get_close_matches(key, list(settings_of(section)), n=1, cutoff=0.7):
        return dotted((*above, near[0]))
    everywhere = [path for path, _ in walk()]
    return next((path for path in everywhere if path.rpartition(".")[2].lower() == key.lower()), None)


def expectation(hint: object, *, inside: str = "") -> str:
    """Describe in words the values of a type; with `inside`, its "items" or "keys"."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return expectation(arguments[0], inside=inside) + _limits(hint)
    if origin is Literal:
        return _choice(arguments)
    if origin in (tuple, dict):
        return _container_expectation(hint, inside)
    if hint in _WORDS:
        return _WORDS[hint]
    if arguments:
        parts = [part for part in arguments if part is not type(None)]
        return " or ".join(dict.fromkeys(expectation(part, inside=inside) for part in parts))
    return _class_expectation(hint)


def _container_expectation(hint: object, inside: str) -> str:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if inside:
        return expectation(arguments[1 if origin is dict and inside == "items" else 0])
    return f"a list, each {expectation(arguments[0])}" if origin is tuple else _WORDS[dict]


def _choice(choices: Sequence[object]) -> str:
    listed = ", ".join(f'"{choice}"' for choice in choices)
    return f"one of {listed}" if len(choices) > 1 else listed


def _class_expectation(kind: object) -> str:
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return "one of " + ", ".join(f'"{choice.value}"' for choice in kind)
    if is_section(kind) and kind.__struct_config__.forbid_unknown_fields:
        return f"an object of {', '.join(kind.__struct_fields__)}"
    return "an object"


def _limits(hint: Any) -> str:
    note = next((note for note in hint.__metadata__ if isinstance(note, Meta)), Meta())
    if note.examples:
        return f' such as "{note.examples[0]}"'
    if note.ge is not None:
        return f" from {note.ge} to {note.le}" if note.le is not None else f" of {note.ge} or more"
    limits = [
        f"{words} {getattr(note, name)}" for name, words in _NOTES.items() if getattr(note, name) is not None
    ]
    return f" {' and '.join(limits)}" if limits else ""
