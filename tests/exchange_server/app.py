"""Put the endpoints together into one application."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from appliance.exchange.simulated.market import SimulatedMarket
from tests.exchange_server import public
from tests.exchange_server.dialect import Refusal, symbol_of
from tests.exchange_server.traffic import TRAFFIC, Traffic, counted_and_disturbed

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def exchange_app(market: SimulatedMarket, traffic: Traffic | None = None) -> web.Application:
    """Return the exchange over this market. `traffic` counts requests and takes orders for faults."""
    app = web.Application(middlewares=[counted_and_disturbed, refusals])
    app[public.MARKET] = market
    app[public.PAIRS] = {symbol_of(each): pair for pair, each in market.markets.items()}
    app[TRAFFIC] = traffic or Traffic()
    app.add_routes(public.routes)
    return app


def ccxt_urls(root: str) -> dict:
    """Return what stands under `urls` in `ccxt_config` so that ccxt's binance class asks this server."""
    return {
        "api": {
            "public": f"{root}/api/v3",
            "private": f"{root}/api/v3",
            "v1": f"{root}/api/v1",
            "sapi": f"{root}/sapi/v1",
            "sapiV2": f"{root}/sapi/v2",
            "sapiV3": f"{root}/sapi/v3",
            "sapiV4": f"{root}/sapi/v4",
            "fapiPublic": f"{root}/fapi/v1",
            "fapiPrivate": f"{root}/fapi/v1",
            "dapiPublic": f"{root}/dapi/v1",
            "dapiPrivate": f"{root}/dapi/v1",
        }
    }


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn refusals and missing routes into Binance's error answers."""
    try:
        return await handler(request)
    except Refusal as refusal:
        return refusal.response()
    except web.HTTPNotFound:
        return web.Response(
            status=404, text="<html><body><h1>404 Not found</h1></body></html>", content_type="text/html"
        )
