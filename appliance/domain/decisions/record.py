"""Define what is kept of decisions: for each pair a candle with its signal, indicators and steps.

Records are packed into bytes when their candle is over: some hundred bytes each instead of thousands.
"""

import msgspec

from appliance.domain.decisions.kinds import Kind

Fact = str | int | float | bool | None
"""Rates in quote currency, amounts in base currency, stakes in stake currency, times in ms since 1970."""

ENTER_LONG, EXIT_LONG, ENTER_SHORT, EXIT_SHORT, ANALYSED = 1, 2, 4, 8, 16
"""Flags of a candle: which signals it has, and whether it was analysed at all."""
SIGNALS = {
    ENTER_LONG: "enter_long",
    EXIT_LONG: "exit_long",
    ENTER_SHORT: "enter_short",
    EXIT_SHORT: "exit_short",
}


class Step(msgspec.Struct, array_like=True):
    """Hold one step: first and last time (ms since 1970), how many times, and its newest facts."""

    kind: Kind
    first: int
    last: int
    times: int
    facts: tuple[Fact, ...]


class CandleRecord(msgspec.Struct, array_like=True):
    """Hold what was decided on the signal of one candle, which opened at `opened` (ms since 1970).

    `values` are float64 in native byte order, named by the layout of that number.
    """

    opened: int
    flags: int = 0
    enter_tag: str | None = None
    exit_tag: str | None = None
    layout: int = 0
    values: bytes = b""
    steps: list[Step] = []

    @property
    def signals(self) -> list[str]:
        """The columns that are set, such as `enter_long`."""
        return [name for flag, name in SIGNALS.items() if self.flags & flag]


def signal_step(record: CandleRecord, closed: int, *, can_short: bool) -> Step | None:
    """Return the step that a candle's signals are by themselves; None if it was not analysed.

    `closed` is when the candle closed, ms since 1970.
    """
    flags = record.flags
    if not flags & ANALYSED:
        return None
    set_columns = ", ".join(record.signals) or None
    wants_long, wants_short = flags & ENTER_LONG, flags & ENTER_SHORT
    facts: tuple[Fact, ...] = (set_columns,)
    if wants_long and not flags & (EXIT_LONG | ENTER_SHORT):
        kind, facts = Kind.SIGNAL, ("long", record.enter_tag)
    elif wants_short and not can_short and not wants_long:
        kind = Kind.NO_SHORTS
    elif wants_short and not flags & (EXIT_SHORT | ENTER_LONG):
        kind, facts = Kind.SIGNAL, ("short", record.enter_tag)
    elif wants_long or wants_short:
        kind = Kind.CONTRADICTING_SIGNALS
    else:
        kind = Kind.NO_SIGNAL
    return Step(kind, closed, closed, 1, facts)
