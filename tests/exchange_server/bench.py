"""An exchange on the bench: no network, and a clock that stands where it is put."""

from appliance.exchange.simulated.market import SimulatedMarket
from tests.exchange_server.clock import BEGINNING, Clock
from tests.exchange_server.endpoints.order_calls import new_order
from tests.exchange_server.engine.exchange import Exchange
from tests.exchange_server.settings import ServerSettings

PAIR = "BTC/USDT"


class Bench:
    """Place orders and let time pass. `choices` are those of `ServerSettings`."""

    def __init__(self, **choices: object) -> None:
        self.clock = Clock(lambda: BEGINNING)
        self.market = SimulatedMarket(seed=4, speed=60, clock=self.clock)
        self.exchange = Exchange(self.market, ServerSettings(**choices))
        self.ledger = self.exchange.ledger

    def price(self, ratio: float = 1.0) -> str:
        return str(round(self.market.price(PAIR, self.clock()) * ratio, 2))

    def place(self, side: str, quantity: str, price: str | None = None, **more: str) -> dict:
        order = {"symbol": "BTCUSDT", "side": side, "quantity": quantity, "type": "MARKET", **more}
        if price is not None:
            order |= {"type": "LIMIT", "timeInForce": "GTC", "price": price, **more}
        return new_order(self.exchange, order)

    def wait(self, milliseconds: int, every: int | None = None) -> None:
        """Let time pass; ask `every` so often on the way."""
        for _ in range(milliseconds // (every or milliseconds)):
            self.clock.put_ahead(every or milliseconds)
            self.exchange.engine.advance()
