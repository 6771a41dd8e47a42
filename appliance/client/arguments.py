"""Turn words of a command line into a command with its arguments: `trades 50 order_by_id=no`."""

import difflib
import re
from collections.abc import Sequence
from typing import Any

from appliance.client.command import Command, Parameter
from appliance.client.commands import BY_NAME, COMMANDS, LISTEN
from appliance.client.errors import WrongUsage

_KEYWORD = re.compile(r"([a-z_]+)=(.*)", re.DOTALL)
_ALL = {**BY_NAME, LISTEN.name: LISTEN}
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def find(words: Sequence[str]) -> tuple[Command, list[str]]:
    """Return the command that the words begin with, and the words after it. Raises WrongUsage."""
    for command in COMMANDS:
        if command.also and list(words[:2]) == command.also.split():
            return command, list(words[2:])
    name = words[0].replace("-", "_")
    found = _ALL.get(name)
    if found is None:
        near = difflib.get_close_matches(name, _ALL, 1)
        hint = f"; did you mean {near[0]}?" if near else "; `list` names all there are"
        raise WrongUsage(f"There is no command {words[0]!r}{hint}")
    return found, list(words[1:])


def parse(command: Command, words: Sequence[str]) -> tuple[list[Any], dict[str, Any]]:
    """Return positional and keyword arguments, each of the kind that its parameter is. Raises WrongUsage."""
    many = next((parameter for parameter in command.parameters if parameter.many), None)
    if many:
        return [_converted(command, many, word) for word in words], {}
    keywords, rest = _split(command, words)
    waiting = [p for p in command.parameters if not p.keyword_only and p.name not in keywords]
    for word in rest:
        parameter = _next(waiting, word)
        if parameter is None:
            raise _wrong(command, f"too many arguments: {word!r}")
        keywords[parameter.name] = _converted(command, parameter, word)
    missing = [p.name for p in command.parameters if p.is_required and p.name not in keywords]
    if missing:
        raise _wrong(command, f"missing: {', '.join(missing)}")
    return [], keywords


def _split(command: Command, words: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """Tell `key=value` from arguments that go by their place."""
    known = {parameter.name: parameter for parameter in command.parameters}
    keywords: dict[str, Any] = {}
    rest = []
    for word in words:
        match = _KEYWORD.fullmatch(word)
        if match is None:
            rest.append(word)
        elif match[1] not in known:
            raise _wrong(command, f"there is no {match[1]!r}")
        elif match[1] in keywords:
            raise _wrong(command, f"{match[1]} is given twice")
        else:
            keywords[match[1]] = _converted(command, known[match[1]], match[2])
    return keywords, rest


def _next(waiting: list[Parameter], word: str) -> Parameter | None:
    """Take the parameter that a word without a name is for.

    An optional choice is passed over by a number: `forceenter ETH/USDT 2500` gives pair and price.
    """
    while waiting:
        parameter = waiting.pop(0)
        if parameter.is_required or not parameter.choices or not _is_number(word):
            return parameter
    return None


def _converted(command: Command, parameter: Parameter, word: str) -> Any:
    try:
        value = _value(parameter, word)
    except (ValueError, KeyError):
        kind = {"integer": "a whole number", "flag": "yes or no"}.get(parameter.kind, "a number")
        raise _wrong(command, f"{parameter.name}: expected {kind}, found {word!r}") from None
    if parameter.choices and value not in parameter.choices:
        raise _wrong(command, f"{parameter.name}: expected {' or '.join(parameter.choices)}, found {word!r}")
    return value


def _value(parameter: Parameter, word: str) -> Any:
    match parameter.kind:
        case "integer":
            return int(word)
        case "number":
            if not _is_number(word):
                raise ValueError(word)
            return float(word)
        case "flag":
            return _FLAGS[word.lower()]
        case "list":
            return [item for item in word.split(",") if item]
        case "trade":
            return int(word) if word.isdecimal() else word
    return word


def _is_number(word: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", word) is not None


def _wrong(command: Command, text: str) -> WrongUsage:
    return WrongUsage(f"{command.name}: {text} (usage: {command.usage})")
