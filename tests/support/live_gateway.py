"""A real gateway, ccxt's real class, and the exchange server on loopback, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from appliance.config.sections.exchange import ExchangeSettings
from appliance.exchange.capabilities import Needs
from appliance.exchange.ccxt.connection import Connection
from appliance.exchange.ccxt.gateway import CcxtGateway, assembled
from appliance.exchange.client_ids import new_client_order_id
from appliance.exchange.retry import RetryPolicy
from tests.exchange_server.fixture import BinanceServer
from tests.exchange_server.settings import KEY, SECRET
from tests.support.order_requests import order_request

PAIR = "ETH/USDT"
ORDER = "/api/v3/order"
QUICK = RetryPolicy(attempts=4, first_delay=0.001, longest_delay=2.0)


def live_settings(server: BinanceServer, **changes) -> ExchangeSettings:
    ours = {"name": "binance", "key": KEY, "secret": SECRET, "ccxt_config": server.ccxt_config}
    return ExchangeSettings(**{**ours, **changes})


def gateway_to(server: BinanceServer, *, needs: Needs | None = None, **changes) -> CcxtGateway:
    return gateway_with(live_settings(server, **changes), needs=needs)


def gateway_with(
    settings: ExchangeSettings, *, needs: Needs | None = None, retry: RetryPolicy = QUICK
) -> CcxtGateway:
    return assembled(Connection(settings, with_account=True, retry=retry), settings, needs=needs)


@asynccontextmanager
async def opened(gateway: CcxtGateway) -> AsyncIterator[CcxtGateway]:
    try:
        await gateway.open()
        yield gateway
    finally:
        await gateway.close()


async def far_price(gateway: CcxtGateway, ratio: float = 0.9) -> float:
    """Return a price at which a buy order rests in the book."""
    ticker = await gateway.fetch_ticker(PAIR)
    return round(ticker.bid * ratio, 2)


async def place(gateway: CcxtGateway, **changes):
    """Place an order, by default one to buy that rests; return it with the id that it was given."""
    client_id = changes.pop("client_order_id", None) or new_client_order_id()
    order = {"pair": PAIR, "side": "buy", "order_type": "limit", "amount": 0.05, "price": None, **changes}
    if order["order_type"] == "limit" and order["price"] is None:
        order["price"] = await far_price(gateway)
    return await gateway.create_order(order_request(**order, client_order_id=client_id))
