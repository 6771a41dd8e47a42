"""Read the signals of an analysed frame from its columns."""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np

from appliance.research.backtest.series import Flags
from appliance.research.lookahead.columns import Columns, is_missing

Kind = Literal["enter_long", "exit_long", "enter_short", "exit_short"]
LONG: tuple[Kind, ...] = ("enter_long", "exit_long")
SHORT: tuple[Kind, ...] = ("enter_short", "exit_short")
ENTRIES = frozenset(("enter_long", "enter_short"))
TAGS = {
    "enter_long": "enter_tag",
    "enter_short": "enter_tag",
    "exit_long": "exit_tag",
    "exit_short": "exit_tag",
}
COLUMNS = frozenset((*TAGS, *TAGS.values(), "enter_tag (2)"))
"""What a frame holds of signals; interface version 2 has a second column of tags."""


class SignalChange(NamedTuple):
    """State a signal that is another one with the candles that were known.

    `whole` and `known` tell whether there is a signal with all candles, and with those until its own; texts
    are its tags.
    """

    kind: Kind
    whole: bool
    known: bool
    whole_tag: str
    known_tag: str


@dataclass(frozen=True)
class Signals:
    """Hold where signals are, by kind, and the tags of all rows."""

    flags: dict[Kind, Flags]
    columns: Columns

    @classmethod
    def of(cls, columns: Columns, rows: int, *, can_short: bool) -> "Signals":
        """Read the signals of a frame of so many rows; those of shorts only where they are traded."""
        kinds = (*LONG, *SHORT) if can_short else LONG
        return cls({kind: _flags(columns, kind, rows) for kind in kinds}, columns)

    def at(self, row: int) -> dict[Kind, bool]:
        """Return which signals a row has."""
        return {kind: bool(flags[row]) for kind, flags in self.flags.items()}

    def tag(self, kind: Kind, row: int) -> str:
        """Return the tag of a signal; empty if it has none."""
        names = (f"{TAGS[kind]} (2)", TAGS[kind])
        found = next((self.columns[name] for name in names if name in self.columns), None)
        value = None if found is None else found[row]
        return "" if is_missing(value) else str(value)

    def changes(self, other: "Signals", row: int) -> list[SignalChange]:
        """Return how the signals of a row differ from those with the candles that were known."""
        found = []
        for kind in self.flags:
            whole, known = bool(self.flags[kind][row]), bool(other.flags[kind][row])
            tags = self.tag(kind, row) if whole else "", other.tag(kind, row) if known else ""
            if whole != known or tags[0] != tags[1]:
                found.append(SignalChange(kind, whole, known, *tags))
        return found


def _flags(columns: Columns, kind: str, rows: int) -> Flags:
    """Return where a column is 1; the last one, if there are several of the name."""
    names = [name for name in columns if name == kind or name.startswith(f"{kind} (")]
    if not names:
        return np.zeros(rows, dtype=bool)
    values: np.ndarray[Any, Any] = columns[names[-1]]
    if values.dtype.kind == "O":
        return np.array([not is_missing(value) and bool(value == 1) for value in values.tolist()], dtype=bool)
    flags: Flags = values == 1
    return flags
