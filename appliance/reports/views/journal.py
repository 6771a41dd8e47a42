"""Show lines of the order journal. Amounts in base, rates in quote currency, dates UTC, ages in s."""

from datetime import datetime

from msgspec import Struct

from appliance.domain.journal import JournalEntry
from appliance.domain.order_state import UNRESOLVED, OrderState


class JournalLine(Struct, frozen=True, kw_only=True):
    """Show one line of the journal.

    `state` "unknown": it was sent and its answer lost; "intent": it is being sent. `is_unsettled` is true in
    these two. `order_id` is the exchange's, once it is known. `note` explains the state.
    """

    client_order_id: str
    trade_id: int
    pair: str
    side: str
    order_type: str
    amount: float
    rate: float
    stop_price: float | None
    state: OrderState
    is_unsettled: bool
    order_id: str | None
    note: str | None
    created_at: datetime
    updated_at: datetime
    age: float


def journal_line(entry: JournalEntry, now: datetime) -> JournalLine:
    return JournalLine(
        client_order_id=entry.client_order_id,
        trade_id=entry.trade_id,
        pair=entry.pair,
        side=entry.side,
        order_type=entry.order_type,
        amount=entry.amount,
        rate=entry.rate,
        stop_price=entry.stop_price,
        state=entry.state,
        is_unsettled=entry.state in UNRESOLVED,
        order_id=entry.order_id,
        note=entry.note,
        created_at=entry.created_at,
        updated_at=entry.updated_at,
        age=max((now - entry.created_at).total_seconds(), 0.0),
    )
