"""Compare the balances of an account with its open trades (spot markets)."""

from collections.abc import Iterable

import msgspec

from appliance.domain.market import ExchangeOrder
from appliance.domain.position import holding
from appliance.domain.trade import Trade

NOTICED_RATIO = 0.02
"""Ratio of a position that may be missing without a check: fees paid in base currency."""
SAME_RATIO = 1e-9
"""Amounts that differ by less, as a ratio, count as equal: rounding of floats."""
LOOKS = (0.0, 5.0, 15.0, 40.0, 90.0)
"""Seconds after a difference appeared at which the orders are searched for its cause. What is still missing
at the last one was withdrawn."""


class Expected(msgspec.Struct, frozen=True):
    """State the bounds of the balance of a currency (base currency) that follow from the books."""

    booked: float
    least: float
    most: float


def expected(trades: Iterable[Trade]) -> Expected:
    """Return the holdings of trades with one base currency, including the fills of their open orders.

    The fills of an order whose answer was lost are not known: anything from nothing to its whole amount.
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


def missing_amount(trades: Iterable[Trade], free: float, total: float) -> float:
    """Return the amount (base currency) of trades that is certainly missing in an account.

    `free` and `total` are its balance. The amounts of open exits are locked or already sold; the rest must be
    free.
    """
    trades = list(trades)
    least = expected(trades).least
    locked = sum(
        order.safe_remaining
        for trade in trades
        for order in trade.all_open_orders
        if order.ft_order_side != trade.entry_side and not order.is_unresolved
    )
    missing = min(least - locked - free, least - total)
    return missing if missing > least * SAME_RATIO else 0.0


def differs(owned: float, wanted: Expected, spare: float, rate: float, least_cost: float) -> bool:
    """Return whether a balance of `owned` (base currency) differs from the books.

    `spare` is the balance beside the trades so far. A difference that is worth less than `least_cost` (quote)
    at `rate`, or is a small part of the position, is fees and rounding.
    """
    low, high = wanted.least + spare, wanted.most + spare
    difference = max(low - owned, owned - high, 0.0)
    tolerated = NOTICED_RATIO * wanted.booked
    worth_it = difference * rate >= max(least_cost, 1e-12)
    return difference > 0 and (worth_it or (difference > tolerated > 0))


def foreign_sales(
    sold: Iterable[tuple[ExchangeOrder, float]], trade: Trade, missing: float
) -> list[tuple[ExchangeOrder, float]]:
    """Return manual sales since a trade was opened, newest first, and the amount of each from the trade.

    `sold` holds orders and the amount (base currency) of each that is not booked yet. `missing` (base
    currency) is the amount of trades that is missing in the account: more than that was not theirs.
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
