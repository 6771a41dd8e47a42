"""Write down, for ever, every order, every fill and every movement of money."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal

import msgspec

from tests.exchange_server.engine.money import ZERO
from tests.exchange_server.engine.orders import FILLED, PARTIALLY_FILLED, Order

FREE, LOCKED = "free", "locked"
MARKET, FEES, OUTSIDE = "market", "fees", "outside"
"""Where money comes from and goes to: the two pots of the account, those who trade with it, the exchange's
takings, and the world of deposits."""


class Fill(msgspec.Struct, frozen=True, kw_only=True):
    """One trade of an order: `quantity` in base currency, `cost` in quote, `time` in ms.

    `commission_worth` is what the fee was worth in quote currency when it was taken.
    """

    id: int
    order_id: int
    client_order_id: str
    symbol: str
    side: str
    price: Decimal
    quantity: Decimal
    cost: Decimal
    commission: Decimal
    commission_asset: str
    commission_worth: Decimal
    maker: bool
    time: int


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """An amount of one currency that went from one pot to another, why and for which order."""

    time: int
    asset: str
    amount: Decimal
    source: str
    target: str
    reason: str
    order_id: int | None = None


class Ledger:
    """Append-only lists: `states` (each order's states, oldest first), `fills`, `transfers`."""

    def __init__(self) -> None:
        self.states: list[Order] = []
        self.fills: list[Fill] = []
        self.transfers: list[Transfer] = []
        self._latest: dict[int, Order] = {}
        self._open: dict[int, Order] = {}
        self._fills_of: dict[int, list[Fill]] = defaultdict(list)
        self._pots: Counter[tuple[str, str]] = Counter()

    @property
    def orders(self) -> dict[int, Order]:
        """Every order by id as it stands now, oldest first."""
        return self._latest

    def by_client_id(self, client_id: str) -> list[Order]:
        """Return the orders that bear this client order id, oldest first."""
        return [order for order in self._latest.values() if order.client_id == client_id]

    @property
    def open_orders(self) -> list[Order]:
        """The orders that are open, oldest first."""
        return list(self._open.values())

    def fills_of(self, order_id: int) -> list[Fill]:
        return self._fills_of.get(order_id, [])

    def free(self, asset: str) -> Decimal:
        return self._pots[FREE, asset] or ZERO

    def locked(self, asset: str) -> Decimal:
        return self._pots[LOCKED, asset] or ZERO

    def record(self, order: Order) -> None:
        self.states.append(order)
        self._latest[order.id] = order
        if order.is_open:
            self._open[order.id] = order
        else:
            self._open.pop(order.id, None)

    def record_fill(self, fill: Fill) -> None:
        self.fills.append(fill)
        self._fills_of[fill.order_id].append(fill)

    def move(self, transfer: Transfer) -> None:
        """Move money. Raises `AssertionError` rather than let the account go below nothing."""
        if not transfer.amount:
            return
        assert transfer.amount > 0, transfer
        source = (transfer.source, transfer.asset)
        assert transfer.source not in (FREE, LOCKED) or self._pots[source] >= transfer.amount, transfer
        self._pots[source] -= transfer.amount
        self._pots[transfer.target, transfer.asset] += transfer.amount
        self.transfers.append(transfer)

    def check(self) -> None:
        """Raise `AssertionError` where the books do not agree with themselves."""
        wrong = [*self._wrong_pots(), *self._wrong_orders(), *self._wrong_histories()]
        assert not wrong, "\n".join(wrong)

    def as_json(self) -> dict:
        """Return everything, amounts as text, for a reader in another process."""
        assets = sorted({asset for _, asset in self._pots})
        return {
            "orders": [msgspec.to_builtins(order) for order in self._latest.values()],
            "states": [msgspec.to_builtins(order) for order in self.states],
            "fills": [msgspec.to_builtins(fill) for fill in self.fills],
            "transfers": [msgspec.to_builtins(transfer) for transfer in self.transfers],
            "balances": {
                asset: {"free": str(self.free(asset)), "locked": str(self.locked(asset))} for asset in assets
            },
        }

    def _wrong_pots(self) -> Iterable[str]:
        again: Counter[tuple[str, str]] = Counter()
        for transfer in self.transfers:
            again[transfer.source, transfer.asset] -= transfer.amount
            again[transfer.target, transfer.asset] += transfer.amount
            if again[transfer.source, transfer.asset] < 0 and transfer.source in (FREE, LOCKED):
                yield f"below nothing: {transfer}"
        if {pot: amount for pot, amount in again.items() if amount} != {
            pot: amount for pot, amount in self._pots.items() if amount
        }:
            yield "what the pots hold is not what the transfers come to"
        for asset in {asset for _, asset in again}:
            if sum(amount for (_, one), amount in again.items() if one == asset):
                yield f"{asset} came from nowhere"

    def _wrong_orders(self) -> Iterable[str]:
        held: Counter[str] = Counter()
        for order in self._latest.values():
            fills = self.fills_of(order.id)
            if order.executed != sum(fill.quantity for fill in fills):
                yield f"executed is not the sum of the fills: {order}"
            if order.quote_executed != sum(fill.cost for fill in fills):
                yield f"cost is not the sum of the fills: {order}"
            if (order.status == FILLED) != (order.executed == order.quantity):
                yield f"filled or not: {order}"
            if (order.status == PARTIALLY_FILLED) and not 0 < order.executed < order.quantity:
                yield f"partially filled or not: {order}"
            if order.locked and not order.is_open:
                yield f"holds money after its end: {order}"
            base, quote = order.pair.split("/")
            held[quote if order.is_buy else base] += order.locked
        for asset in {asset for _, asset in self._pots} | set(held):
            if self.locked(asset) != held[asset]:
                yield f"{self.locked(asset)} {asset} locked, but open orders hold {held[asset]}"

    def _wrong_histories(self) -> Iterable[str]:
        seen: dict[int, Order] = {}
        for order in self.states:
            before = seen.get(order.id)
            if before and (not before.is_open or order.executed < before.executed):
                yield f"changed after its end, or lost a fill: {before} -> {order}"
            if before is None and order.executed:
                yield f"began with a fill: {order}"
            seen[order.id] = order
        for fill in self.fills:
            if fill.order_id not in seen:
                yield f"fill without an order: {fill}"
