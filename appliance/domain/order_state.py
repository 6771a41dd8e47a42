"""Define the states of an order, for journal, API and decisions alike."""

from enum import StrEnum


class OrderState(StrEnum):
    """State of an order, as far as it is known here.

    INTENT: written to the journal, no answer yet. UNKNOWN: sent, and the answer was lost. ACKNOWLEDGED: open
    on the exchange. CANCELLED: ended before it was completely filled. REJECTED: the exchange refused it, or
    never received it. `rules/order_life.py` defines the transitions.
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
"""States in which it is unknown whether the exchange has the order."""
