"""Hold together what the exchange is made of."""

import functools
from collections.abc import Callable

from aiohttp import web

from appliance.domain.enums import TradingMode
from appliance.exchange.simulated.market import SimulatedMarket
from tests.exchange_server.dialect import symbol_of
from tests.exchange_server.engine.delayed_reports import DelayedReports
from tests.exchange_server.engine.engine import Engine
from tests.exchange_server.engine.ledger import Ledger
from tests.exchange_server.engine.orders import Order
from tests.exchange_server.engine.prices import Prices
from tests.exchange_server.settings import ServerSettings


class Exchange:
    """Be the exchange behind every endpoint; `settings` say who may trade with what."""

    def __init__(self, market: SimulatedMarket, settings: ServerSettings) -> None:
        self.market = market
        self.settings = settings
        self.ledger = Ledger()
        self.prices = Prices(market, settings.liquidity)
        self.engine = Engine(self.prices, self.ledger, settings, market.now_ms)
        self.told = DelayedReports(self.ledger, settings, market.now_ms)
        self.pairs = {symbol_of(each): pair for pair, each in market.markets.items()}
        self.halted: set[str] = set()
        self._unseen_until: dict[int, int] = {}

    @functools.cached_property
    def futures(self) -> SimulatedMarket:
        market = self.market
        seed, speed = market._seed, market._speed  # noqa: SLF001 -- the same prices once more
        return SimulatedMarket(seed=seed, speed=speed, clock=market.now_ms, mode=TradingMode.FUTURES)

    @property
    def now(self) -> Callable[[], int]:
        return self.market.now_ms

    @property
    def assets(self) -> list[str]:
        markets = self.market.markets.values()
        traded = {asset for market in markets for asset in (market.base, market.quote)}
        return sorted(traded | set(self.settings.balance))

    def delist(self, symbol: str) -> None:
        """Take a pair off the list: nothing is told of it, and nothing taken for it, any more."""
        del self.pairs[symbol]

    def hide(self, order: Order, for_ms: int) -> None:
        """Keep an order out of the answers to queries for a while, as a slow database does."""
        self._unseen_until[order.id] = self.now() + for_ms

    def is_seen(self, order_id: int) -> bool:
        return self._unseen_until.get(order_id, 0) <= self.now()

    def seen_orders(self) -> list[Order]:
        """Return what queries know of, as it stands now or stood a while ago, oldest first."""
        self.engine.advance()
        known = self.ledger.orders
        if self.settings.lag_ms:
            then = self.now() - self.settings.lag_ms
            known = {state.id: state for state in self.ledger.states if state.update_time <= then}
        return [self.told.order(order) for order in known.values() if self.is_seen(order.id)]


EXCHANGE: web.AppKey[Exchange] = web.AppKey("exchange", Exchange)
