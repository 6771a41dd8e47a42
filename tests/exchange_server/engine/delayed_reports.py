"""Hide fills that the exchange does not report yet: it may report one long after it happened.

The ledger is the truth. What is told of an order is made of the fills that are told: a fill that is held back
is missing from every answer (new order, cancel, queries, lists of orders and of trades), and with
`late_balances` from the balances. Once told, a fill stays told. A stream tells nothing of fills held back.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal

from tests.exchange_server.engine.ledger import Fill, Ledger
from tests.exchange_server.engine.money import ZERO
from tests.exchange_server.engine.orders import (
    AT_MARKET,
    CANCELED,
    EXPIRED,
    FILLED,
    GTC,
    NEW,
    PARTIALLY_FILLED,
    Order,
)
from tests.exchange_server.settings import ServerSettings


class DelayedReports:
    """Turn orders, fills and balances as they are into what is told of them. `clock` gives ms."""

    def __init__(self, ledger: Ledger, settings: ServerSettings, clock: Callable[[], int]) -> None:
        self._ledger = ledger
        self._settings = settings
        self._clock = clock
        self._told_at: dict[int, int] = {}
        self._called_off: set[int] = set()
        self._late_until: int | None = None

    def hold_back(self, fills: Iterable[Fill], for_ms: int) -> None:
        """Tell of these fills only after a while."""
        for fill in fills:
            self._told_at[fill.id] = self._clock() + for_ms

    def call_off(self, order: Order) -> None:
        """Have an order told as cancelled that has been filled whole before it could be."""
        self._called_off.add(order.id)

    def at_once_from_now(self) -> None:
        """Tell of fills that happen from now on at once."""
        self._late_until = self._clock()

    def fills_of(self, order_id: int) -> list[Fill]:
        """Return the trades of an order that are told yet."""
        return [fill for fill in self._ledger.fills_of(order_id) if self.is_told(fill)]

    def is_told(self, fill: Fill) -> bool:
        return self._clock() >= self._told_at.get(fill.id, 0) and self._clock() >= self._usually_at(fill)

    def order(self, order: Order) -> Order:
        """Return a state of an order as it is told now."""
        untold = [fill for fill in self._ledger.fills_of(order.id) if not self.is_told(fill)]
        if not untold or not order.executed:
            return order
        told = self.fills_of(order.id)
        executed = min(order.executed, sum((fill.quantity for fill in told), ZERO))
        cost = min(order.quote_executed, sum((fill.cost for fill in told), ZERO))
        status = self._status(order, executed)
        return order.changed(order.update_time, executed=executed, quote_executed=cost, status=status)

    def free(self, asset: str) -> Decimal:
        if not self._tells_late_balances():
            return self._ledger.free(asset)
        return max(ZERO, self._total(asset) - self.locked(asset))

    def locked(self, asset: str) -> Decimal:
        """Return what open orders hold, as told."""
        if not self._tells_late_balances():
            return self._ledger.locked(asset)
        orders = {**{order.id: order for order in self._ledger.open_orders}, **self._with_untold()}
        told = [self.order(order) for order in orders.values()]
        return sum((order.must_hold for order in told if _spent(order) == asset), ZERO)

    def _total(self, asset: str) -> Decimal:
        total = self._ledger.free(asset) + self._ledger.locked(asset)
        return total - self._moved_by_untold()[asset]

    def _tells_late_balances(self) -> bool:
        return self._settings.late_balances and (
            bool(self._told_at) or self._settings.late_fills_ms is not None
        )

    def _moved_by_untold(self) -> Counter[str]:
        """Return by how much each currency has grown (or shrunk, below 0) by fills that are not told."""
        moved: Counter[str] = Counter()
        for order in self._with_untold().values():
            base, quote = order.pair.split("/")
            sign = 1 if order.is_buy else -1
            for fill in self._ledger.fills_of(order.id):
                if not self.is_told(fill):
                    moved[base] += sign * fill.quantity
                    moved[quote] -= sign * fill.cost
                    moved[fill.commission_asset] -= fill.commission
        return moved

    def _with_untold(self) -> dict[int, Order]:
        late = {fill.order_id for fill in self._recent() if not self.is_told(fill)}
        return {number: self._ledger.orders[number] for number in late}

    def _recent(self) -> Iterable[Fill]:
        held = [fill for fill in self._ledger.fills if fill.id in self._told_at]
        return self._ledger.fills if self._settings.late_fills_ms else held

    def _status(self, order: Order, executed: Decimal) -> str:
        """Return how an order stands without what is not told; what was called off stays so until all is."""
        if order.id in self._called_off:
            return CANCELED
        if order.status not in (FILLED, PARTIALLY_FILLED):
            return order.status
        if not order.is_open and (order.type in AT_MARKET or order.time_in_force != GTC):
            return EXPIRED
        return PARTIALLY_FILLED if executed else NEW

    def _usually_at(self, fill: Fill) -> int:
        """Return when a fill is told: at once, unless it filled what rested and late fills are set."""
        span = self._settings.late_fills_ms
        if span is None or not fill.maker or self._clock() >= fill.time + span[1]:
            return fill.time
        if self._late_until is not None and fill.time > self._late_until:
            return fill.time
        chance = random.Random(f"{self._settings.seed}:late:{fill.order_id}")
        late = chance.random() < self._settings.late_share
        return fill.time + (chance.randint(*span) if late else 0)


def _spent(order: Order) -> str:
    base, quote = order.pair.split("/")
    return quote if order.is_buy else base
