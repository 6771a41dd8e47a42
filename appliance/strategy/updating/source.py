"""Change single pieces of a Python file; all else stays, to the byte."""

import ast
import io
import re
import tokenize
from bisect import bisect_right
from collections.abc import Collection
from typing import NamedTuple

_LINE_END = re.compile(rb"\r\n|\r|\n")


class Edit(NamedTuple):
    """Replace the bytes from `start` to `end` of a text in UTF-8."""

    start: int
    end: int
    text: bytes


class Source:
    """Hold the text of a file, and find the place of a node of its tree in it.

    Raises SyntaxError for what is not Python, in the encoding that it states.
    """

    def __init__(self, content: bytes) -> None:
        self.encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        self.text = content.decode(self.encoding).encode("utf-8")
        self.tree = ast.parse(self.text.decode("utf-8"))
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def place(self, line: int, column: int) -> int:
        """Return the offset of a line (from 1) and a column (bytes, from 0)."""
        return self._starts[line - 1] + column

    def start(self, node: ast.expr | ast.stmt | ast.arg | ast.alias | ast.keyword) -> int:
        return self.place(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt | ast.arg | ast.alias | ast.keyword) -> int:
        return self.place(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)

    def line(self, number: int) -> bytes:
        """Return a line, from 1, with its end; empty behind the last one."""
        bounds = [*self._starts, len(self.text), len(self.text)]
        return self.text[bounds[number - 1] : bounds[number]]

    def indent(self, statement: ast.stmt) -> bytes | None:
        """Return the spaces before a statement; None where something else stands before it."""
        before = self.text[self.place(statement.lineno, 0) : self.start(statement)]
        return None if before.strip() else before

    def line_of(self, offset: int) -> int:
        """Return the number of the line, from 1."""
        return bisect_right(self._starts, offset)

    def has(self, start: int, text: str) -> bool:
        """Return whether this word stands there, whole."""
        word = text.encode()
        around = self.text[max(start - 1, 0) : start] + self.text[start + len(word) : start + len(word) + 1]
        return self.text[start : start + len(word)] == word and not re.search(rb"\w", around)

    def changed(self, edits: Collection[Edit]) -> bytes:
        """Return the file with the edits, in its own encoding."""
        pieces, done = [], 0
        for edit in sorted(edits):
            pieces += [self.text[done : edit.start], edit.text]
            done = edit.end
        return b"".join([*pieces, self.text[done:]]).decode("utf-8").encode(self.encoding)

    @property
    def line_end(self) -> bytes:
        """How its lines end."""
        found = _LINE_END.search(self.text)
        return found[0] if found else b"\n"
