"""Decide what it means that an account holds something else than open trades do (spot markets)."""

from collections.abc import Iterable

import msgspec

from appliance.domain.market import ExchangeOrder
from appliance.domain.position import holding
from appliance.domain.trade import Trade

NOTICED_RATIO = 0.02
"""What part of a position may be missing without being looked into: fees taken in its own currency."""
SAME_RATIO = 1e-9
"""Amounts that differ by less, as a ratio, are the same: what floats lose."""
LOOKS = (0.0, 5.0, 15.0, 40.0, 90.0)
"""Seconds after a difference showed at which orders are looked through for its cause. With the last of them
the exchange has had its time: what is missing then has left the account."""


class Expected(msgspec.Struct, frozen=True):
    """State between what bounds (base currency) an account holds a currency, by the books alone."""

    booked: float
    least: float
    most: float


def expected(trades: Iterable[Trade]) -> Expected:
    """Return what trades of one base currency hold, what standing orders have filled of it included.

    Only of an order whose answer was lost it is not known: it may have filled whole, or not at all.
    """
    booked = least = most = 0.0
    for trade in trades:
        held = max(float(holding(trade)), 0.0)
        unsure = {True: 0.0, False: 0.0}
        for order in trade.all_open_orders:
            enters = order.ft_order_side == trade.entry_side
            held += order.safe_filled if enters else -order.safe_filled
            if order.is_unresolved:
                unsure[enters] += order.safe_amount - order.safe_filled
        booked += held
        least += held - unsure[False]
        most += held + unsure[True]
    return Expected(booked, max(least, 0.0), max(most, 0.0))


def lacking(trades: Iterable[Trade], free: float, total: float) -> float:
    """Return how much (base currency) an account certainly lacks of what trades hold.

    `free` and `total` are its balance. What standing exits are to sell is locked for them, and where it is
    not there any more they have sold it; the rest must be free.
    """
    trades = list(trades)
    least = expected(trades).least
    promised = sum(
        order.safe_remaining
        for trade in trades
        for order in trade.all_open_orders
        if order.ft_order_side != trade.entry_side and not order.is_unresolved
    )
    missing = min(least - promised - free, least - total)
    return missing if missing > least * SAME_RATIO else 0.0


def differs(owned: float, wanted: Expected, spare: float, rate: float, least_cost: float) -> bool:
    """Tell whether an account that `owned` so much (base) holds something that the books do not explain.

    `spare` is what it has held beside the trades so far. Differences that are worth less than `least_cost`
    (quote) at `rate`, or are a small part of the position, are fees and rounding.
    """
    low, high = wanted.least + spare, wanted.most + spare
    difference = max(low - owned, owned - high, 0.0)
    tolerated = NOTICED_RATIO * wanted.booked
    worth_it = difference * rate >= max(least_cost, 1e-12)
    return difference > 0 and (worth_it or (difference > tolerated > 0))


def foreign_sales(
    sold: Iterable[tuple[ExchangeOrder, float]], trade: Trade, missing: float
) -> list[tuple[ExchangeOrder, float]]:
    """Return sales by hand since a trade was opened, the newest first, and how much of each was the trade's.

    `sold` are orders and what of each (base) is booked nowhere yet. `missing` (base) is what the account
    lacks of what trades hold: more than that was not theirs.
    """
    opened_ms = trade.open_date.timestamp() * 1000
    found = []
    left = min(missing, float(holding(trade)))
    for order, unbooked in sorted(sold, key=lambda each: each[0].timestamp, reverse=True):
        if order.side == "buy" or order.is_open or order.timestamp < opened_ms:
            continue
        taken = min(unbooked, left)
        if taken > 0:
            found.append((order, taken))
            left -= taken
    return found
