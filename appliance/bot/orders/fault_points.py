"""Name the moments between writing, sending, hearing and writing again, at which a power cut hurts most.

Tests end the process at one of them: `APPLIANCE_TEST_KILL_AT=entry.answered:3` kills it when it gets there
for the third time. Without the variable a point is one comparison.
"""

import os
import signal
from enum import StrEnum

from appliance.domain.order import STOP, Order
from appliance.domain.trade import Trade

VARIABLE = "APPLIANCE_TEST_KILL_AT"


class Point(StrEnum):
    """WRITTEN: in the journal, not sent. ANSWERED: by the exchange, not noted yet. KEPT: noted."""

    ENTRY_WRITTEN = "entry.written"
    ENTRY_ANSWERED = "entry.answered"
    ENTRY_KEPT = "entry.kept"
    EXIT_WRITTEN = "exit.written"
    EXIT_ANSWERED = "exit.answered"
    EXIT_KEPT = "exit.kept"
    STOP_WRITTEN = "stoploss.written"
    STOP_ANSWERED = "stoploss.answered"
    STOP_KEPT = "stoploss.kept"
    CANCEL_WRITTEN = "cancel.written"
    CANCEL_ANSWERED = "cancel.answered"
    REPLACE_WRITTEN = "replace.written"
    REPLACE_ANSWERED = "replace.answered"
    REPLACE_KEPT = "replace.kept"
    REFRESH_ANSWERED = "refresh.answered"
    UNKNOWN_WRITTEN = "unknown.written"
    SETTLE_ANSWERED = "settle.answered"
    RECONCILE_BEGUN = "reconcile.begun"
    RECONCILE_DONE = "reconcile.done"


def _countdown(wanted: str) -> dict[str, int]:
    """Return how often the wanted point is still to be passed; empty where none is wanted."""
    name, _, times = wanted.partition(":")
    return {name: int(times) if times.isdigit() else 1} if name else {}


_LEFT = _countdown(os.environ.get(VARIABLE, ""))


def passing(name: str) -> None:
    """End this process like a power cut where a test wants that at the point of this name."""
    if not _LEFT or name not in _LEFT:
        return
    _LEFT[name] -= 1
    if _LEFT[name] <= 0:
        os.write(2, f"killed at {name}\n".encode())
        os.kill(os.getpid(), signal.SIGKILL)


def step_of(trade: Trade, order: Order) -> str:
    """Return what an order is for: entry, exit or stoploss."""
    if order.ft_order_side == STOP:
        return STOP
    return "entry" if order.ft_order_side == trade.entry_side else "exit"
