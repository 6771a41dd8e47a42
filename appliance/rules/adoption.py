"""Decide what an order of ours is that stands on the exchange and not in the books (spot markets)."""

from enum import StrEnum

from appliance.domain.journal import SETTLED, JournalEntry, JournalState
from appliance.domain.market import ExchangeOrder


class Role(StrEnum):
    """ENTRY, EXIT, STOP: of the pair's trade. STRAY: of no trade that there is."""

    ENTRY = "entry"
    EXIT = "exit"
    STOP = "stop"
    STRAY = "stray"


def role_of(seen: ExchangeOrder, *, has_trade: bool) -> Role:
    """Tell what an order does; `has_trade`: the pair has an open trade.

    A purchase can only be an entry. A sale belongs to the pair's trade, of which there is one at most.
    """
    if seen.side == "buy":
        return Role.ENTRY
    if not has_trade:
        return Role.STRAY
    return Role.STOP if seen.stop_price else Role.EXIT


def is_missing(seen: ExchangeOrder, line: JournalEntry | None) -> bool:
    """Tell whether the books lack an order of ours that is in no open trade, by its line in the journal.

    An open one always is. A finished one is where it filled something of which the journal does not know;
    that of a trade that has ended, or was deleted by hand, is settled there.
    """
    if seen.is_open:
        return True
    if seen.filled <= 0:
        return False
    return line is None or line.state not in SETTLED or line.state is JournalState.REJECTED
