"""Format tables and lists of facts for the width of a terminal, with colours.

This needs no library, so that the small distribution stays small.
"""

import re
import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

GREEN, RED, BOLD, DIM = "32", "31", "1", "2"
_NARROWEST = 8
_GAP = "  "
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Cell:
    """A text and its colour."""

    text: str
    colour: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under headings. Texts may be cut to fit; numbers (columns in `exact`) never are."""

    headings: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    exact: frozenset[int] = frozenset()
    title: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.rows

    def lines(self, width: int) -> list[str]:
        """Return the lines; the last columns are omitted, with a note, if narrowing is not enough."""
        widths = self._fitted(width)
        left_out = self.headings[len(widths) :]
        heading = self._line([Cell(text, BOLD) for text in self.headings], widths)
        lines = [heading, *(self._line(row, widths) for row in self.rows)]
        if left_out:
            note = f"(no room, see --json: {', '.join(left_out)}"
            lines.append(painted(shortened(note, width - 1) + ")", DIM))
        return [painted(self.title, BOLD), *lines] if self.title else lines

    def _fitted(self, width: int) -> list[int]:
        natural = [
            max(cells(text) for text in (heading, *(clean(row[at].text) for row in self.rows)))
            for at, heading in enumerate(self.headings)
        ]
        for count in range(len(natural), 0, -1):
            widths = self._narrowed(natural[:count], width)
            if sum(widths) + len(_GAP) * (count - 1) <= width:
                return widths
        return natural[:1]

    def _narrowed(self, widths: list[int], width: int) -> list[int]:
        """Narrow the widest texts as far as needed, but not below a readable width."""
        widths = list(widths)
        texts = [at for at in range(len(widths)) if at not in self.exact]
        while sum(widths) + len(_GAP) * (len(widths) - 1) > width and texts:
            widest = max(texts, key=lambda at: widths[at])
            if widths[widest] <= _NARROWEST:
                break
            widths[widest] -= 1
        return widths

    def _line(self, row: Sequence[Cell], widths: list[int]) -> str:
        parts = []
        for at, (cell, width) in enumerate(zip(row, widths, strict=False)):
            text = shortened(clean(cell.text), width)
            blank = " " * (width - cells(text))
            shown = painted(text, cell.colour)
            parts.append(blank + shown if at in self.exact else shown + blank)
        return _GAP.join(parts).rstrip()


@dataclass(frozen=True)
class Facts:
    """Names with values; long values are wrapped."""

    rows: Sequence[tuple[str, Cell]]
    title: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.rows

    def lines(self, width: int) -> list[str]:
        """Return the lines."""
        indent = max((cells(name) for name, _ in self.rows), default=0) + len(_GAP)
        lines = [painted(self.title, BOLD)] if self.title else []
        for name, cell in self.rows:
            pieces = textwrap.wrap(clean(cell.text), max(width - indent, 20)) or [""]
            first = name + " " * (indent - cells(name))
            lines += [
                (first if at == 0 else " " * indent) + painted(piece, cell.colour)
                for at, piece in enumerate(pieces)
            ]
        return lines


@dataclass(frozen=True)
class Text:
    """Lines that are shown unchanged, except control characters."""

    content: Sequence[Cell] = field(default_factory=tuple)

    @property
    def is_empty(self) -> bool:
        return not self.content

    def lines(self, width: int) -> list[str]:
        """Return the lines; the terminal wraps them."""
        return [painted(clean(cell.text), cell.colour) for cell in self.content]


Block = Table | Facts | Text


def clean(text: str) -> str:
    """Replace control characters: a tag or a log line must not control the terminal."""
    return _CONTROL.sub("�", text.replace("\t", "    ")) if _CONTROL.search(text) else text


def cells(text: str) -> int:
    """Return the width of a text in columns; wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(bool(unicodedata.combining(character)) for character in text)


def shortened(text: str, width: int) -> str:
    """Cut a text to a width, with an ellipsis."""
    if cells(text) <= width:
        return text
    while text and cells(text) > width - 1:
        text = text[:-1]
    return text + "…"


def painted(text: str, colour: str) -> str:
    """Colour a text for a terminal; printing removes the colours where there are none."""
    return f"\x1b[{colour}m{text}\x1b[0m" if colour and text else text
