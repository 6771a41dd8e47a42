"""A bot that trades live: ccxt's real class against the exchange server, real database, step by step."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from appliance.bot.assembly import assemble, exchange_clock
from appliance.bot.bot import Bot
from appliance.rules.trade_requests import EntryRequest
from tests.exchange_server.fixture import BinanceServer
from tests.exchange_server.settings import KEY, SECRET
from tests.support.live_gateway import PAIR, gateway_to
from tests.support.scripted import QUIET, settings

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

GUARDED = QUIET.replace("Quiet", "Guarded").replace(
    '"stoploss_on_exchange": False', '"stoploss_on_exchange": True, "stoploss_on_exchange_interval": 60'
)


class LiveScene:
    """A bot at its exchange. `ticks` is its clock for patience, which a test may put forward."""

    def __init__(self, server: BinanceServer) -> None:
        self.server = server
        self.passed = 0.0
        self.bot: Bot
        self.messages: list[dict[str, Any]] = []

    def ticks(self) -> float:
        return self.passed

    async def cycle(self, times: int = 1) -> None:
        for _ in range(times):
            await self.bot.run_one_cycle()

    async def enter(self, **options: Any) -> Any:
        """Enter at the market, or as `options` say."""
        return await self.bot.force_enter(EntryRequest(pair=PAIR, **{"order_type": "market"} | options))

    @property
    def trade(self) -> Any:
        (trade,) = self.bot.book.open.values()
        return trade

    @property
    def orders(self) -> list[Any]:
        """Every order of the exchange's ledger, oldest first."""
        return list(self.server.ledger.orders.values())

    @property
    def warnings(self) -> list[str]:
        told = [message["status"] for message in self.messages if message["type"] == "warning"]
        return [*self.bot.findings, *told]

    def hold(self, currency: str = "ETH") -> float:
        """Return what the account has by the exchange's own books."""
        return float(self.server.ledger.free(currency) + self.server.ledger.locked(currency))


@asynccontextmanager
async def live_scene(folder: Path, server: BinanceServer, **changes: Any) -> AsyncIterator[LiveScene]:
    """Start a bot on the database in `folder`, as a restart would."""
    account = {
        "dry_run": False,
        "exchange.name": "binance",
        "exchange.key": KEY,
        "exchange.secret": SECRET,
        "exchange.pair_whitelist": [PAIR],
        "entry_pricing.price_side": "other",
        "exit_pricing.price_side": "other",
        "fee": None,
        "cancel_open_orders_on_exit": False,
    }
    loaded = await asyncio.to_thread(settings, folder, **(account | changes))
    scene, gateway = LiveScene(server), gateway_to(server)
    await gateway.open()
    scene.bot = await assemble(loaded, gateway=gateway, clock=partial(exchange_clock, monotonic=scene.ticks))
    scene.bot.events.subscribe(lambda message: scene.messages.append(message.body()))
    try:
        yield scene
    finally:
        await scene.bot.close()
