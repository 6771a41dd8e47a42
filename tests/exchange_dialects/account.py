"""One account on an exchange: its orders and fills, whatever dialect tells of them."""

import time
from itertools import count

import msgspec

FEE = 0.001
"""Every fill pays this ratio, in what is received."""


class Placed(msgspec.Struct):
    """One order: amounts in base, prices in quote currency. `client_id` as it came over the wire."""

    id: str
    client_id: str
    side: str
    kind: str
    amount: float
    price: float
    stop: float | None = None
    filled: float = 0.0
    status: str = "open"
    at_ms: int = 0

    @property
    def is_open(self) -> bool:
        return self.status == "open"

    @property
    def cost(self) -> float:
        return self.filled * self.price

    @property
    def fee(self) -> float:
        return round(FEE * (self.filled if self.side == "buy" else self.cost), 10)


class NoMoney(Exception):
    """The account cannot pay for this."""


class Account:
    """Take orders; market orders fill at once at `last`."""

    last = 2000.0
    quote_money = 10_000.0

    def __init__(self, first_id: str = "1000") -> None:
        self.orders: list[Placed] = []
        self._ids = count(int(first_id))

    def new_id(self) -> str:
        return str(next(self._ids))

    def place(
        self,
        order_id: str,
        client_id: object,
        side: str,
        kind: str,
        amount: object,
        price: object = None,
        stop: object = None,
    ) -> Placed:
        """Place an order. Numbers come as text; prices are missing from market orders."""
        own = Placed(
            id=order_id,
            client_id=str(client_id or ""),
            side=side.lower(),
            kind="market" if "market" in kind.lower() else "limit",
            amount=float(str(amount)),
            price=float(str(price)) if price else self.last,
            stop=float(str(stop)) if stop else None,
            at_ms=time.time_ns() // 1_000_000,
        )
        if own.side == "buy" and own.amount * own.price > self.quote_money:
            raise NoMoney
        self.orders.append(own)
        if own.kind == "market" and not own.stop:
            self.fill(own)
        return own

    def fill(self, order: Placed, ratio: float = 1.0) -> None:
        order.filled = order.amount * ratio
        if ratio == 1.0:
            order.status = "closed"

    def cancel(self, order: Placed) -> bool:
        """Return whether there was anything to cancel."""
        was_open = order.is_open
        order.status = "canceled" if was_open else order.status
        return was_open

    def find(self, *, order_id: object = None, client_id: object = None) -> Placed | None:
        for order in self.orders:
            if (order_id and order.id == order_id) or (client_id and order.client_id == client_id):
                return order
        return None

    @property
    def open(self) -> list[Placed]:
        return [order for order in self.orders if order.is_open]

    @property
    def finished(self) -> list[Placed]:
        return [order for order in self.orders if not order.is_open]

    @property
    def filled(self) -> list[Placed]:
        return [order for order in self.orders if order.filled]
