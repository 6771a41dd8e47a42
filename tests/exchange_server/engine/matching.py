"""Decide what trades: pure functions of orders, prices and offers."""

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from tests.exchange_server.engine.money import ZERO, cut, exact
from tests.exchange_server.engine.orders import AT_MARKET, STOP_LOSS, STOP_LOSS_LIMIT, Order
from tests.exchange_server.engine.prices import Offers


class Take(NamedTuple):
    price: Decimal
    quantity: Decimal


def meets(order: Order, price: Decimal) -> bool:
    """Tell whether a price is as good as the order's limit, or better."""
    return price <= order.price if order.is_buy else price >= order.price


def waits_for_rise(order: Order) -> bool:
    """Tell from which side a stop order's price is reached: buys stop a rise, sells that take profit too."""
    return order.is_buy == (order.type in (STOP_LOSS, STOP_LOSS_LIMIT))


def is_triggered(order: Order, price: Decimal) -> bool:
    return price >= order.stop_price if waits_for_rise(order) else price <= order.stop_price


def reaches(order: Order, low: float, high: float) -> bool:
    """Tell whether anything may happen to an open order while the price stays within this range."""
    if order.is_working:
        return low <= order.price if order.is_buy else high >= order.price
    return high >= order.stop_price if waits_for_rise(order) else low <= order.stop_price


def taken(order: Order, offers: Offers) -> list[Take]:
    """Return what the rest of an order takes of the offers, within its limit if it has one."""
    takes, wanted = [], order.remaining
    for price, offered in offers:
        if not wanted or (order.type not in AT_MARKET and not meets(order, price)):
            break
        takes.append(Take(price, min(wanted, offered)))
        wanted -= takes[-1].quantity
    return takes


def quantity_worth(quote: Decimal, offers: Offers, step: Decimal) -> Decimal:
    """Return the amount (base, whole steps) that this much quote currency trades for."""
    quantity, left = ZERO, quote
    for price, offered in offers:
        part = min(offered, left / price)
        quantity += part
        left -= part * price
        if left <= 0:
            break
    return cut(quantity, step)


def cost(takes: list[Take]) -> Decimal:
    return sum((cut(price * quantity) for price, quantity in takes), ZERO)


class Pieces:
    """Break orders into trades. Sizes belong to the order and the number of its trade, not to the moment."""

    def __init__(self, seed: int, most: int) -> None:
        self._seed, self._most = seed, most

    def next(self, order: Order, trades: int, step: Decimal) -> Decimal:
        """Return how much of a resting order the next trade fills, after so many trades."""
        return self._part(order.id, trades, order.remaining, step)

    def split(self, order: Order, takes: list[Take], step: Decimal) -> Iterator[Take]:
        """Yield the trades in which a new order takes these offers."""
        number = 0
        for price, quantity in takes:
            left = quantity
            while left:
                part = self._part(order.id, number, left, step)
                yield Take(price, part)
                number, left = number + 1, left - part

    def _part(self, order_id: int, number: int, whole: Decimal, step: Decimal) -> Decimal:
        if number + 1 >= self._most:
            return whole
        share = random.Random(f"{self._seed}:{order_id}:{number}").uniform(0.2, 0.8)
        return cut(whole * exact(round(share, 4)), step) or whole
