"""Say how far a backtest has come."""

from typing import Protocol


class Progress(Protocol):
    """Show the steps of a backtest, one after the other."""

    def begin(self, title: str, total: float) -> None:
        """Begin a step; the one before has ended."""

    def advance(self, done: float) -> None:
        """Show how much of its total is done."""

    def note(self, name: str, value: float) -> None:
        """Show a figure of the step, such as the number of trades."""


class Silent:
    """Show nothing."""

    def begin(self, title: str, total: float) -> None: ...

    def advance(self, done: float) -> None: ...

    def note(self, name: str, value: float) -> None: ...


SILENT = Silent()
