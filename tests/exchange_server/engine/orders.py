"""State an order as the exchange holds it. A new state is a new object: the ledger keeps them all."""

from decimal import Decimal

import msgspec

from tests.exchange_server.engine.money import ZERO, rounded_up

BUY, SELL = "BUY", "SELL"
LIMIT, MARKET, LIMIT_MAKER = "LIMIT", "MARKET", "LIMIT_MAKER"
STOP_LOSS, STOP_LOSS_LIMIT = "STOP_LOSS", "STOP_LOSS_LIMIT"
TAKE_PROFIT, TAKE_PROFIT_LIMIT = "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"
STOPS = (STOP_LOSS, STOP_LOSS_LIMIT, TAKE_PROFIT, TAKE_PROFIT_LIMIT)
AT_MARKET = (MARKET, STOP_LOSS, TAKE_PROFIT)
WITH_LIMIT = (LIMIT, LIMIT_MAKER, STOP_LOSS_LIMIT, TAKE_PROFIT_LIMIT)
GTC, IOC, FOK = "GTC", "IOC", "FOK"
NEW, PARTIALLY_FILLED, FILLED = "NEW", "PARTIALLY_FILLED", "FILLED"
CANCELED, EXPIRED = "CANCELED", "EXPIRED"
OPEN = (NEW, PARTIALLY_FILLED)


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Amounts in base currency, `quote_executed` and `quote_quantity` in quote, times in ms (UTC).

    `locked` is what the order holds of the account: quote currency for a buy, base for a sell.
    """

    id: int
    client_id: str
    pair: str
    symbol: str
    side: str
    type: str
    time_in_force: str
    quantity: Decimal
    price: Decimal = ZERO
    stop_price: Decimal = ZERO
    quote_quantity: Decimal = ZERO
    time: int
    update_time: int
    working_time: int = -1
    status: str = NEW
    executed: Decimal = ZERO
    quote_executed: Decimal = ZERO
    locked: Decimal = ZERO
    expiry_reason: str | None = None

    @property
    def is_buy(self) -> bool:
        return self.side == BUY

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_working(self) -> bool:
        """Whether it is in the book; a stop order that has not been triggered is not."""
        return self.working_time >= 0

    @property
    def remaining(self) -> Decimal:
        return self.quantity - self.executed

    @property
    def must_hold(self) -> Decimal:
        """What the account has to set aside for the rest of it."""
        if not self.is_open or self.type == MARKET:
            return ZERO
        if not self.is_buy:
            return self.remaining
        return rounded_up(self.remaining * (self.price or self.stop_price))

    def changed(self, at_ms: int, **what: object) -> "Order":
        return msgspec.structs.replace(self, update_time=at_ms, **what)
