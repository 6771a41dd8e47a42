"""Name how far an order has come. This is the one word for it: journal, API and decisions all read it."""

from enum import StrEnum


class OrderState(StrEnum):
    """State how far an order has come, as far as is known here.

    INTENT: written down, no answer yet. UNKNOWN: sent, and the answer was lost. ACKNOWLEDGED: it stands on
    the exchange. CANCELLED: it ended before it was filled whole, by whomever. REJECTED: the exchange refused
    it, or never got it. `rules/order_life.py` says which may follow which.
    """

    INTENT = "intent"
    ACKNOWLEDGED = "acknowledged"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


FINISHED = frozenset({OrderState.FILLED, OrderState.CANCELLED, OrderState.REJECTED})
UNRESOLVED = frozenset({OrderState.INTENT, OrderState.UNKNOWN})
"""Whether the exchange has such an order is not known."""
