"""Parse JSON with comments and trailing commas, and record the line and column of every value.

The standard library's parser takes no comments and reports no places. With the places, later checks can name
the line of a wrong value long after the file was read.
"""

import json
import math
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

from appliance.domain.json_value import Json, JsonObject

KeyPath = tuple[str | int, ...]
"""The keys and list indexes that lead to a value."""

BLANK = re.compile(r"(?:[ \t\r\n]+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"', re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORD = re.compile(r"[A-Za-z_]+")
_CONSTANTS: JsonObject = {"true": True, "false": False, "null": None}
_FOREIGN_CONSTANTS = {"True", "False", "None", "NaN", "Infinity", "undefined"}
_DEEPEST = 100


@dataclass(frozen=True)
class Place:
    """Where a value was set: a file with line and column (from 1), an environment variable or an option."""

    name: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.name}:{self.line}:{self.column}" if self.line else self.name


class JsonError(ValueError):
    """Report a syntax error and its place."""

    def __init__(self, place: Place, text: str) -> None:
        self.place = place
        super().__init__(f"{place}: {text}")


@dataclass
class Document:
    """The result of parsing one text.

    `places` has the place of every key and list item, `repeated` the duplicate keys. `spans` has the start
    and end of each value in the text, for editing it there.
    """

    value: Json = None
    places: dict[KeyPath, Place] = field(default_factory=dict)
    repeated: list[tuple[KeyPath, Place]] = field(default_factory=list)
    spans: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)


def parse(text: str, name: str) -> Document:
    """Parse the JSON value in `text`; `name` names the source in errors. Raises `JsonError`."""
    return _Parser(text, name).document()


class _Parser:
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
            raise self.error("expected the end of the file, found more text")
        return self.result

    def value(self, path: KeyPath) -> Json:
        if len(path) > _DEEPEST:
            raise self.error("nested too deeply")
        start = self.at
        self.result.places[path] = self.place(start)
        value = self.value_here(path)
        self.result.spans[path] = start, self.at
        return value

    def value_here(self, path: KeyPath) -> Json:
        match self.text[self.at : self.at + 1]:
            case "{":
                return self.mapping(path)
            case "[":
                return self.sequence(path)
            case '"':
                return self.string("a value")
        return self.scalar()

    def mapping(self, path: KeyPath) -> JsonObject:
        result: JsonObject = {}
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

    def sequence(self, path: KeyPath) -> list[Json]:
        result: list[Json] = []
        while self.next_item("]", first=not result):
            result.append(self.value((*path, len(result))))
        return result

    def next_item(self, closing: str, *, first: bool) -> bool:
        """Advance to the next item of a list or an object; False at its end."""
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
            raise self.error("found a string without its closing quote on the same line")
        if match is None:
            raise self.error(f"expected {expected}")
        try:
            text: str = json.loads(match.group())
            text.encode()
        except ValueError as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else "half of a surrogate pair"
            raise self.error(f"found a string with an invalid escape: {reason}") from None
        self.at = match.end()
        return text

    def scalar(self) -> Json:
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
            raise self.error("found a comment without its closing */")

    def take(self, character: str) -> bool:
        found = self.text.startswith(character, self.at)
        self.at += found
        return found

    def place(self, at: int) -> Place:
        line = bisect_right(self.line_starts, at)
        return Place(self.name, line, at - self.line_starts[line - 1] + 1)

    @cached_property
    def line_starts(self) -> list[int]:
        """The offset of each line, found once: counting lines for every value takes quadratic time."""
        return [0, *(line_end.end() for line_end in re.finditer("\n", self.text))]

    def error(self, text: str) -> JsonError:
        # Show one character only, or a common mistake such as True: this may be a secret without its quotes.
        word = _WORD.match(self.text, self.at)
        known = word is not None and word.group() in _FOREIGN_CONSTANTS
        found = word.group() if word and known else self.text[self.at : self.at + 1]
        if "found" not in text:
            text += f", found {found!r}" if found else ", found the end of the file"
        return JsonError(self.place(self.at), text)
