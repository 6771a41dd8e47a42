"""A standard output that says that it is a terminal."""

import re
import sys
from io import StringIO

import pytest

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(StringIO):
    """Text that was written to a terminal."""

    def isatty(self) -> bool:
        return True

    @property
    def plain(self) -> str:
        """The text without its colours."""
        return _COLOURS.sub("", self.getvalue())


def as_terminal(monkeypatch: pytest.MonkeyPatch, width: int = 200) -> Terminal:
    """Make standard output a terminal of a width."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return terminal
