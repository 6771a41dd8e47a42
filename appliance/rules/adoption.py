"""Decide what an order of ours is that the exchange has and the books lack (spot markets)."""

from enum import StrEnum

from appliance.domain.journal import JournalEntry
from appliance.domain.market import ExchangeOrder
from appliance.domain.order_state import OrderState
from appliance.domain.trade import Trade
from appliance.rules.order_life import DELETED


class Role(StrEnum):
    """ENTRY, EXIT, STOP: of a trade. STRAY: an exit of no trade that there is."""

    ENTRY = "entry"
    EXIT = "exit"
    STOP = "stop"
    STRAY = "stray"


def role_of(seen: ExchangeOrder, *, has_trade: bool) -> Role:
    """Tell what an order does; `has_trade`: there is a trade that it can belong to.

    A purchase can only be an entry, a sale only an exit.
    """
    if seen.side == "buy":
        return Role.ENTRY
    if not has_trade:
        return Role.STRAY
    return Role.STOP if seen.stop_price else Role.EXIT


def is_missing(seen: ExchangeOrder, line: JournalEntry | None, *, has_trade: bool = False) -> bool:
    """Tell whether the books lack an order of ours that no trade has, by its line in the journal.

    An open one always is. A finished one is where it filled something that the journal does not account for:
    one that the journal does not know, that it calls cancelled or never sent, or that bears the id of another
    one (a request that the network delivered twice). So is any that filled where `has_trade`: the trade that
    the line was written for is there, and could not be written with it. What a person deleted stays deleted.
    """
    if line is not None and line.note == DELETED:
        return False
    if seen.is_open:
        return True
    if seen.filled <= 0:
        return False
    return has_trade or line is None or line.state is not OrderState.FILLED or line.order_id != seen.id


def owns(trade: Trade, line: JournalEntry | None) -> bool:
    """Tell whether the trade that a line names is the one that it was written for.

    The ids of trades that were removed are given out again: a trade that began after the line is another one.
    """
    if line is None:
        return False
    if any(order.client_order_id == line.client_order_id for order in trade.orders):
        return True
    return trade.pair == line.pair and trade.open_date <= line.created_at


def joins_open_trade(seen: ExchangeOrder, line: JournalEntry | None) -> bool:
    """Tell whether an order without a trade of its own belongs to the open trade of its pair.

    A sale does. A purchase does where the journal does not know it: the books are older than this addition.
    One that the journal knows had a trade of its own, which is gone.
    """
    return seen.side == "sell" or line is None
