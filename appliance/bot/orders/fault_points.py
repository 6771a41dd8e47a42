"""Name the moments between writing, sending, receiving and saving at which a crash does most harm.

Tests kill the process at one of them: `APPLIANCE_TEST_KILL_AT=entry.answered:3` kills it when it gets there
for the third time. Without the variable a point costs one comparison.
"""

import os
import signal
from enum import StrEnum

from appliance.domain.order import STOP, Order
from appliance.domain.trade import Trade

VARIABLE = "APPLIANCE_TEST_KILL_AT"


class Point(StrEnum):
    """WRITTEN: in the journal, not sent. ANSWERED: by the exchange, not saved yet. SAVED: in the database."""

    ENTRY_WRITTEN = "entry.written"
    ENTRY_ANSWERED = "entry.answered"
    ENTRY_SAVED = "entry.saved"
    EXIT_WRITTEN = "exit.written"
    EXIT_ANSWERED = "exit.answered"
    EXIT_SAVED = "exit.saved"
    STOP_WRITTEN = "stoploss.written"
    STOP_ANSWERED = "stoploss.answered"
    STOP_SAVED = "stoploss.saved"
    CANCEL_WRITTEN = "cancel.written"
    CANCEL_ANSWERED = "cancel.answered"
    REPLACE_WRITTEN = "replace.written"
    REPLACE_ANSWERED = "replace.answered"
    REPLACE_SAVED = "replace.saved"
    REFRESH_ANSWERED = "refresh.answered"
    UNKNOWN_WRITTEN = "unknown.written"
    RESOLVE_ANSWERED = "resolve.answered"
    RECONCILE_BEGUN = "reconcile.begun"
    RECONCILE_DONE = "reconcile.done"


def _countdown(wanted: str) -> dict[str, int]:
    """Return the wanted point and how often it is still to be passed; empty if none is wanted."""
    name, _, times = wanted.partition(":")
    return {name: int(times) if times.isdigit() else 1} if name else {}


_LEFT = _countdown(os.environ.get(VARIABLE, ""))


def passing(name: str) -> None:
    """Kill this process, like a power cut, if a test wants that at the point with this name."""
    if not _LEFT or name not in _LEFT:
        return
    _LEFT[name] -= 1
    if _LEFT[name] <= 0:
        os.write(2, f"killed at {name}\n".encode())
        os.kill(os.getpid(), signal.SIGKILL)


def step_of(trade: Trade, order: Order) -> str:
    """Return the purpose of an order: entry, exit or stoploss."""
    if order.ft_order_side == STOP:
        return STOP
    return "entry" if order.ft_order_side == trade.entry_side else "exit"
