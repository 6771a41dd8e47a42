"""Split long answers into messages of at most 4096 UTF-16 units, Telegram's limit."""

from collections.abc import Iterable, Iterator
from html import escape

import msgspec

MOST_UNITS = 4096
_TAGS = ("<pre>", "</pre>")


class Block(msgspec.Struct, frozen=True):
    """Hold lines: `fixed` ones are plain text in a fixed width, others HTML, complete in each line."""

    lines: tuple[str, ...]
    fixed: bool = False


def pages(blocks: Iterable[Block], most: int = MOST_UNITS) -> list[str]:
    """Return HTML messages of at most `most` units that together contain `blocks`, in order."""
    found: list[str] = []
    page, open_pre = "", False
    for fixed, line in _lines(blocks, most - sum(map(len, _TAGS)) - 1):
        added = _joined(page, open_pre, fixed, line)
        if page and units(added + (_TAGS[1] if fixed else "")) > most:
            found.append(page + (_TAGS[1] if open_pre else ""))
            added = _joined("", False, fixed, line)
        page, open_pre = added, fixed
    if page:
        found.append(page + (_TAGS[1] if open_pre else ""))
    return found


def plain_pages(text: str, most: int = MOST_UNITS) -> list[str]:
    """Split a plain text into pieces of at most `most` units."""
    pieces = [""]
    for line in text.split("\n"):
        for piece in _cut(line, most):
            joined = f"{pieces[-1]}\n{piece}" if pieces[-1] else piece
            if units(joined) > most:
                pieces.append(piece)
            else:
                pieces[-1] = joined
    return [piece for piece in pieces if piece.strip()]


def units(text: str) -> int:
    """Return the length as Telegram counts it: most emojis are two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _lines(blocks: Iterable[Block], most: int) -> Iterator[tuple[bool, str]]:
    for block in blocks:
        for line in block.lines:
            if block.fixed:
                for piece in _cut(line, most // 5):  # "&amp;" is the longest that a character becomes
                    yield True, escape(piece, quote=False)
            elif units(line) <= most:
                yield False, line
            else:
                for piece in _cut(line, most // 5):  # tags cannot be split, so they are shown as text
                    yield False, escape(piece, quote=False)


def _joined(page: str, open_pre: bool, fixed: bool, line: str) -> str:
    if open_pre and not fixed:
        return f"{page}{_TAGS[1]}\n{line}"
    between = "\n" if page else ""
    return f"{page}{between}{line}" if open_pre == fixed else f"{page}{between}{_TAGS[0]}{line}"


def _cut(line: str, most: int) -> Iterator[str]:
    while units(line) > most:
        length = most if units(line[:most]) <= most else max(most // 2, 1)
        yield line[:length]
        line = line[length:]
    yield line
