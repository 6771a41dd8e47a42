"""Parse the words of a command line: `trades 50 order_by_id=no`."""

import difflib
import re
from collections.abc import Sequence

from appliance.client.command import Command, Parameter
from appliance.client.commands import BY_NAME, COMMANDS, LISTEN
from appliance.client.errors import WrongUsage

Argument = str | int | float | bool | list[str]
"""A converted argument."""

_KEYWORD = re.compile(r"([a-z_]+)=(.*)", re.DOTALL)
_ALL = {**BY_NAME, LISTEN.name: LISTEN}
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def find(words: Sequence[str]) -> tuple[Command, list[str]]:
    """Return the command at the start of the words, and the remaining words. Raises WrongUsage."""
    for command in COMMANDS:
        if command.also and list(words[:2]) == command.also.split():
            return command, list(words[2:])
    name = words[0].replace("-", "_")
    found = _ALL.get(name)
    if found is None:
        near = difflib.get_close_matches(name, _ALL, 1)
        hint = f"; did you mean {near[0]}?" if near else "; `list` shows all commands"
        raise WrongUsage(f"There is no command {words[0]!r}{hint}")
    return found, list(words[1:])


def parse(command: Command, words: Sequence[str]) -> tuple[list[Argument], dict[str, Argument]]:
    """Return positional and keyword arguments with the types of their parameters. Raises WrongUsage."""
    many = next((parameter for parameter in command.parameters if parameter.many), None)
    if many:
        return [_converted(command, many, word) for word in words], {}
    keywords, positional = _split(command, words)
    _assign(command, keywords, positional)
    missing = [p.name for p in command.parameters if p.is_required and p.name not in keywords]
    if missing:
        raise _wrong(command, f"missing: {', '.join(missing)}")
    return [], keywords


def _assign(command: Command, keywords: dict[str, Argument], positional: Sequence[str]) -> None:
    """Add the positional words to `keywords`, under the names of the parameters that are still free."""
    free = [p for p in command.parameters if not p.keyword_only and p.name not in keywords]
    for word in positional:
        parameter = _next(free, word)
        if parameter is None:
            raise _wrong(command, _surplus(command, keywords, positional, word))
        keywords[parameter.name] = _converted(command, parameter, word)


def _surplus(command: Command, keywords: dict[str, Argument], positional: Sequence[str], word: str) -> str:
    """Return why there is no parameter for `word`: `daily 3 days=4` names one twice."""
    places = [parameter.name for parameter in command.parameters if not parameter.keyword_only]
    if len(positional) <= len(places):
        taken = next(name for name in places if name in keywords)
        return f"{taken} is given twice: {word!r} is one too many"
    return f"too many arguments: {word!r}"


def _split(command: Command, words: Sequence[str]) -> tuple[dict[str, Argument], list[str]]:
    """Separate `key=value` arguments from positional ones."""
    known = {parameter.name: parameter for parameter in command.parameters}
    keywords: dict[str, Argument] = {}
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


def _next(free: list[Parameter], word: str) -> Parameter | None:
    """Take the parameter of a positional word.

    A number skips an optional choice: `forceenter ETH/USDT 2500` gives pair and price.
    """
    while free:
        parameter = free.pop(0)
        if parameter.is_required or not parameter.choices or not _is_number(word):
            return parameter
    return None


def _converted(command: Command, parameter: Parameter, word: str) -> Argument:
    try:
        value = _value(parameter, word)
    except (ValueError, KeyError):
        kind = {"integer": "a whole number", "flag": "yes or no"}.get(parameter.kind, "a number")
        raise _wrong(command, f"{parameter.name}: expected {kind}, found {word!r}") from None
    if parameter.least is not None and isinstance(value, int) and value < parameter.least:
        raise _wrong(command, f"{parameter.name}: expected at least {parameter.least}, found {value}")
    if parameter.choices and value not in parameter.choices:
        raise _wrong(command, f"{parameter.name}: expected {' or '.join(parameter.choices)}, found {word!r}")
    return value


def _value(parameter: Parameter, word: str) -> Argument:
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
