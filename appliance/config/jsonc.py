"""Read JSON as people write configurations, with comments and trailing commas, and remember all places.

The standard library's reader knows neither comments nor places; errors here name line and column, and so can
the later checks of a value, long after reading.
"""

import json
import math
import re
from dataclasses import dataclass, field
from typing import Any

KeyPath = tuple[str | int, ...]

BLANK = re.compile(r"(?:[ \t\r\n]+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"', re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORD = re.compile(r"[A-Za-z_]+")
_CONSTANTS = {"true": True, "false": False, "null": None}
_FOREIGN_CONSTANTS = {"True", "False", "None", "NaN", "Infinity", "undefined"}
_DEEPEST = 100


@dataclass(frozen=True)
class Place:
    """Where a value was written: a file with line and column (from 1), a variable, or an option."""

    name: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.name}:{self.line}:{self.column}" if self.line else self.name


class JsonError(ValueError):
    """Say what is wrong with a text, and where."""

    def __init__(self, place: Place, text: str) -> None:
        self.place = place
        super().__init__(f"{place}: {text}")


@dataclass
class Document:
    """One text that was read: `places` of every key and list item, `repeated` those keys that came twice.

    `spans` tells where each value begins and ends in the text, so that it can be changed there.
    """

    value: Any = None
    places: dict[KeyPath, Place] = field(default_factory=dict)
    repeated: list[tuple[KeyPath, Place]] = field(default_factory=list)
    spans: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)


def parse(text: str, name: str) -> Document:
    """Read the one JSON value of `text`; `name` is what errors call it. Raises `JsonError`."""
    return _Reader(text, name).document()


class _Reader:
    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.at = 0
        self.result = Document()

    def document(self) -> Document:
        self.skip_blank()
        self.result.value = self.value(())
        self.skip_blank()
        if self.at < len(self.text):
            raise self.error("expected the end, found more text")
        return self.result

    def value(self, path: KeyPath) -> Any:
        if len(path) > _DEEPEST:
            raise self.error("nested too deeply")
        start = self.at
        self.result.places[path] = self.place(start)
        value = self.value_here(path)
        self.result.spans[path] = start, self.at
        return value

    def value_here(self, path: KeyPath) -> Any:
        match self.text[self.at : self.at + 1]:
            case "{":
                return self.mapping(path)
            case "[":
                return self.sequence(path)
            case '"':
                return self.string("a value")
        return self.scalar()

    def mapping(self, path: KeyPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while self.next_item("}", first=not result):
            start = self.at
            key = self.string("a key in double quotes")
            if key in result:
                self.result.repeated.append(((*path, key), self.place(start)))
            self.skip_blank()
            if not self.take(":"):
                raise self.error(f'expected ":" after the key "{key}"')
            self.skip_blank()
            result[key] = self.value((*path, key))
            self.result.places[(*path, key)] = self.place(start)
        return result

    def sequence(self, path: KeyPath) -> list[Any]:
        result: list[Any] = []
        while self.next_item("]", first=not result):
            result.append(self.value((*path, len(result))))
        return result

    def next_item(self, closing: str, *, first: bool) -> bool:
        """Step to the next item of a list or an object; False when it has ended."""
        if first:
            self.at += 1
        self.skip_blank()
        if not first and not self.take(","):
            if self.take(closing):
                return False
            raise self.error(f'expected "," or "{closing}"')
        self.skip_blank()
        return not self.take(closing)

    def string(self, expected: str) -> str:
        match = _STRING.match(self.text, self.at)
        if match is None and self.text.startswith('"', self.at):
            raise self.error("found a text that does not end on its line")
        if match is None:
            raise self.error(f"expected {expected}")
        try:
            text: str = json.loads(match.group())
            text.encode()
        except ValueError as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else "half a character"
            raise self.error(f"found a text with a wrong escape: {reason}") from None
        self.at = match.end()
        return text

    def scalar(self) -> Any:
        if match := _NUMBER.match(self.text, self.at):
            return self.number(match)
        match = _WORD.match(self.text, self.at)
        if match is None or match.group() not in _CONSTANTS:
            raise self.error("expected a value")
        self.at = match.end()
        return _CONSTANTS[match.group()]

    def number(self, match: re.Match[str]) -> int | float:
        try:
            value: int | float = json.loads(match.group())
        except ValueError:  # more digits than Python converts
            value = math.inf
        if not math.isfinite(value):
            raise self.error("found a number that is too large")
        self.at = match.end()
        return value

    def skip_blank(self) -> None:
        blank = BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at
        if self.text.startswith("/*", self.at):
            raise self.error("a comment without end")

    def take(self, character: str) -> bool:
        found = self.text.startswith(character, self.at)
        self.at += found
        return found

    def place(self, at: int) -> Place:
        line_start = self.text.rfind("\n", 0, at) + 1
        return Place(self.name, self.text.count("\n", 0, at) + 1, at - line_start + 1)

    def error(self, text: str) -> JsonError:
        # One character only, save for the usual suspects: here may be a secret that lacks its quotes.
        word = _WORD.match(self.text, self.at)
        known = word is not None and word.group() in _FOREIGN_CONSTANTS
        found = word.group() if word and known else self.text[self.at : self.at + 1]
        if "found" not in text and "comment" not in text:
            text += f", found {found!r}" if found else ", found the end of the text"
        return JsonError(self.place(self.at), text)
