"""Say how far a backtest has come."""

from typing import Protocol


class Progress(Protocol):
    """Show the steps of a backtest, one after the other."""

    def begin(self, title: str, total: float) -> None:
        """Begin a step; the one before has ended."""

    def advance(self, done: float) -> None:
        """Show how much of its total is done."""


class Silent:
    """Show nothing."""

    def begin(self, title: str, total: float) -> None: ...

    def advance(self, done: float) -> None: ...


SILENT = Silent()
