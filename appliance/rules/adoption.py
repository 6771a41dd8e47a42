"""Decide what to do with an order of ours that the exchange has and the books do not (spot markets)."""

from enum import StrEnum

from appliance.domain.journal import JournalEntry
from appliance.domain.market import ExchangeOrder
from appliance.domain.order_state import OrderState
from appliance.domain.trade import Trade
from appliance.rules.order_life import DELETED


class Role(StrEnum):
    """Name what an order does for a trade. STRAY: an exit without a trade."""

    ENTRY = "entry"
    EXIT = "exit"
    STOP = "stop"
    STRAY = "stray"


def role_of(seen: ExchangeOrder, *, has_trade: bool) -> Role:
    """Return the role of an order; `has_trade`: a trade exists that it can belong to.

    On spot markets a purchase can only be an entry, a sale only an exit.
    """
    if seen.side == "buy":
        return Role.ENTRY
    if not has_trade:
        return Role.STRAY
    return Role.STOP if seen.stop_price else Role.EXIT


def is_missing(seen: ExchangeOrder, line: JournalEntry | None, *, has_trade: bool = False) -> bool:
    """Return whether an order of ours that no trade has is missing in the books, by its line in the journal.

    An open order always is. A finished order is if it filled something that the journal does not account for:
    the journal has no line of it, or has it as cancelled or never sent, or with another order id (a request
    that the network delivered twice). Any filled order is with `has_trade`: the trade of the line exists, but
    could not be saved with the order. An order that was deleted by a user is never missing.
    """
    if line is not None and line.note == DELETED:
        return False
    if seen.is_open:
        return True
    if seen.filled <= 0:
        return False
    return has_trade or line is None or line.state is not OrderState.FILLED or line.order_id != seen.id


def owns(trade: Trade, line: JournalEntry | None) -> bool:
    """Return whether the trade with the id in a line of the journal is the one that the line was written for.

    The ids of deleted trades are reused: a trade that was opened after the line was written is another one.
    """
    if line is None:
        return False
    if any(order.client_order_id == line.client_order_id for order in trade.orders):
        return True
    return trade.pair == line.pair and trade.open_date <= line.created_at


def joins_open_trade(seen: ExchangeOrder, line: JournalEntry | None) -> bool:
    """Return whether an order without a trade belongs to the open trade of its pair.

    A sale does. A purchase does if the journal has no line of it: the books are older than the order. A
    purchase in the journal had a trade of its own, which was deleted.
    """
    return seen.side == "sell" or line is None
