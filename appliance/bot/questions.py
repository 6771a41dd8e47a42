"""Ask the exchange what became of orders of which it is not known; remember since when that is asked."""

from appliance.bot.trading import Trading
from appliance.domain.market import ExchangeOrder
from appliance.domain.order import Order
from appliance.domain.timeframe import to_ms
from appliance.rules.settling import Evidence, Verdict, settle_unknown

FORGOTTEN_RATIO = 10
"""How many times longer an order is asked for that the exchange has acknowledged before."""


class Questions:
    """Put the question of each order until there is an answer. All methods raise `ExchangeError`."""

    def __init__(self, trading: Trading) -> None:
        self._t = trading
        self._since: dict[str, float] = {}

    def begin(self, order: Order) -> None:
        """Let patience with an order count from now."""
        self._since.setdefault(_key(order), self._t.ticks())

    def end(self, order: Order) -> None:
        self._since.pop(_key(order), None)

    async def became_of(self, order: Order) -> tuple[Verdict, ExchangeOrder | None]:
        """Judge an order whose answer was lost."""
        return await self._judged(order, self._t.gateway.settling_seconds)

    async def forgotten(self, order: Order) -> tuple[Verdict, ExchangeOrder | None]:
        """Judge an order that the exchange has had and now does not find by its number."""
        return await self._judged(order, self._t.gateway.settling_seconds * FORGOTTEN_RATIO)

    async def _judged(self, order: Order, patience: float) -> tuple[Verdict, ExchangeOrder | None]:
        self.begin(order)
        found = None
        if order.client_order_id:
            found = await self._t.gateway.find_order(
                order.client_order_id, order.ft_pair, to_ms(order.order_date)
            )
        waited = self._t.ticks() - self._since[_key(order)]
        verdict = settle_unknown(Evidence(found=found, complete=True, waited=waited), patience)
        if verdict is not Verdict.WAIT:
            self.end(order)
        return verdict, found


def _key(order: Order) -> str:
    return order.client_order_id or order.order_id
