"""Move money for orders: set it aside, exchange it in trades, take fees, give the rest back."""

from decimal import Decimal

from tests.exchange_server.engine.ledger import FEES, FREE, LOCKED, MARKET, OUTSIDE, Fill, Ledger, Transfer
from tests.exchange_server.engine.matching import Take
from tests.exchange_server.engine.money import ZERO, cut
from tests.exchange_server.engine.orders import FILLED, PARTIALLY_FILLED, Order
from tests.exchange_server.engine.prices import Prices
from tests.exchange_server.settings import BASE, BNB, QUOTE, ServerSettings

_BNB_DISCOUNT = Decimal("0.75")


class Settlement:
    """Keep the account in the ledger. Nothing here decides what trades."""

    def __init__(self, ledger: Ledger, prices: Prices, settings: ServerSettings) -> None:
        self._ledger = ledger
        self._prices = prices
        self._settings = settings

    def deposit(self, asset: str, amount: Decimal, at_ms: int) -> None:
        self._ledger.move(
            Transfer(time=at_ms, asset=asset, amount=amount, source=OUTSIDE, target=FREE, reason="deposit")
        )

    def withdraw(self, asset: str, amount: Decimal, at_ms: int) -> None:
        self._ledger.move(
            Transfer(time=at_ms, asset=asset, amount=amount, source=FREE, target=OUTSIDE, reason="withdrawal")
        )

    def can_hold(self, order: Order) -> bool:
        return self._ledger.free(spent(order)) >= order.must_hold

    def hold(self, order: Order) -> Order:
        """Set aside what a new order needs."""
        self._move(order, spent(order), order.must_hold, FREE, LOCKED, "order", order.time)
        return order.changed(order.time, locked=order.must_hold)

    def release(self, order: Order, at_ms: int) -> Order:
        """Give back what the order holds and no longer needs."""
        excess = order.locked - order.must_hold
        self._move(order, spent(order), excess, LOCKED, FREE, "release", at_ms)
        return order.changed(at_ms, locked=order.locked - excess)

    def can_pay(self, order: Order, amount: Decimal) -> bool:
        return self._ledger.free(spent(order)) + order.locked >= amount

    def settle(self, order: Order, take: Take, at_ms: int, maker: bool) -> tuple[Order, Fill]:
        """Exchange the money of one trade; returns the order as it is then, and the trade."""
        base, quote = order.pair.split("/")
        cost = cut(take.price * take.quantity)
        pays, receives = (cost, take.quantity) if order.is_buy else (take.quantity, cost)
        held = min(order.locked, pays)
        self._move(order, spent(order), held, LOCKED, MARKET, "trade", at_ms)
        self._move(order, spent(order), pays - held, FREE, MARKET, "trade", at_ms)
        received = base if order.is_buy else quote
        self._move(order, received, receives, MARKET, FREE, "trade", at_ms)
        asset, fee = self._fee(order, cost, take.quantity, at_ms, maker)
        self._move(order, asset, fee, FREE, FEES, "fee", at_ms)
        fill = Fill(
            id=len(self._ledger.fills) + 1,
            order_id=order.id,
            client_order_id=order.client_id,
            symbol=order.symbol,
            side=order.side,
            price=take.price,
            quantity=take.quantity,
            cost=cost,
            commission=fee,
            commission_asset=asset,
            commission_worth=self._worth(order, asset, fee, take, at_ms),
            maker=maker,
            time=at_ms,
        )
        self._ledger.record_fill(fill)
        executed = order.executed + take.quantity
        after = order.changed(
            at_ms,
            executed=executed,
            quote_executed=order.quote_executed + cost,
            status=FILLED if executed == order.quantity else PARTIALLY_FILLED,
            locked=order.locked - held,
        )
        return self.release(after, at_ms), fill

    def _fee(
        self, order: Order, cost: Decimal, quantity: Decimal, at_ms: int, maker: bool
    ) -> tuple[str, Decimal]:
        """Return currency and amount of a trade's fee."""
        base, quote = order.pair.split("/")
        rate = self._settings.maker if maker else self._settings.taker
        wanted = self._settings.commission
        if wanted == BNB:
            worth = cut(cost * rate * _BNB_DISCOUNT / self._price_of_bnb(quote, at_ms))
            sells = base == BNB and not order.is_buy  # and goes on selling
            kept = max(order.remaining - quantity - order.locked, ZERO) if sells else ZERO
            if self._ledger.free(BNB) >= worth + kept:
                return BNB, worth
        elif wanted == QUOTE and self._ledger.free(quote) >= cost * rate:
            return quote, cut(cost * rate)
        elif (
            wanted == BASE and self._ledger.free(base) >= quantity * rate + order.remaining
        ):  # a sale goes on
            return base, cut(quantity * rate)
        return (base, cut(quantity * rate)) if order.is_buy else (quote, cut(cost * rate))

    def _worth(self, order: Order, asset: str, fee: Decimal, take: Take, at_ms: int) -> Decimal:
        """Return what a fee is worth in quote currency."""
        base, quote = order.pair.split("/")
        if asset == base:
            return fee * take.price
        return fee if asset == quote else fee * self._price_of_bnb(quote, at_ms)

    def _price_of_bnb(self, quote: str, at_ms: int) -> Decimal:
        return self._prices.last(f"{BNB}/{quote}", at_ms)

    def _move(
        self, order: Order, asset: str, amount: Decimal, source: str, target: str, reason: str, at_ms: int
    ) -> None:
        if amount == ZERO:
            return
        self._ledger.move(
            Transfer(
                time=at_ms,
                asset=asset,
                amount=amount,
                source=source,
                target=target,
                reason=reason,
                order_id=order.id,
            )
        )


def spent(order: Order) -> str:
    """Return the currency that an order spends."""
    base, quote = order.pair.split("/")
    return quote if order.is_buy else base
