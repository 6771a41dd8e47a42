"""Put the endpoints together into one application."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from tests.exchange_server.clock import CLOCK, Clock
from tests.exchange_server.dialect import Refusal
from tests.exchange_server.disturbing import ADMIN, FAULTS, UNDER_WAY, end_what_is_under_way, faults
from tests.exchange_server.endpoints import admin, futures, kline_stream, private, public, user_stream
from tests.exchange_server.endpoints.weights import WEIGHTS, Weights, weight
from tests.exchange_server.engine.exchange import EXCHANGE, Exchange
from tests.exchange_server.faults import Faults
from tests.exchange_server.traffic import TRAFFIC, Traffic, counted_and_disturbed

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def exchange_app(
    exchange: Exchange,
    clock: Clock,
    *,
    traffic: Traffic | None = None,
    planned: Faults | None = None,
) -> web.Application:
    """Return the exchange as a web application. `traffic` counts requests, `planned` faults befall them."""
    app = web.Application(middlewares=[delayed, weighed, counted_and_disturbed, faults, refusals])
    app[EXCHANGE] = exchange
    app[CLOCK] = clock
    app[TRAFFIC] = traffic or Traffic()
    app[FAULTS] = planned or Faults()
    app[WEIGHTS] = Weights(exchange.settings.weight_limit)
    app[UNDER_WAY] = set()
    app.add_routes(public.routes)
    app.add_routes(futures.routes)
    app.add_routes(private.routes())
    app.add_routes(admin.routes)
    app.add_routes(kline_stream.routes)
    app.add_routes(user_stream.routes)
    app.on_shutdown.append(end_what_is_under_way)
    return app


def ccxt_urls(root: str) -> dict:
    """Return what stands under `urls` in `ccxt_config` so that ccxt's binance class asks this server."""
    sockets = root.replace("http", "ws", 1)
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
            "fapiData": f"{root}/futures/data",
            "dapiPublic": f"{root}/dapi/v1",
            "dapiPrivate": f"{root}/dapi/v1",
            # ccxt tells spot streams from others by "/stream" in the address.
            "ws": {"spot": f"{sockets}/stream/ws", "ws-api": {"spot": f"{sockets}/ws-api/v3"}},
        }
    }


@web.middleware
async def delayed(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let every answer take as long as the way there and back would: half before, half after."""
    way = request.app[EXCHANGE].settings.latency_ms / 2000
    if not way or request.path.startswith(ADMIN):
        return await handler(request)
    await asyncio.sleep(way)
    answer = await handler(request)
    await asyncio.sleep(way)
    return answer


@web.middleware
async def weighed(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count the request's weight, and tell what is used in the answer's headers."""
    if request.path.startswith(ADMIN):
        return await handler(request)
    weights, address = request.app[WEIGHTS], request.remote or ""
    try:
        heavy = weight(request.method, request.path, dict(request.query))
        weights.add(address, heavy, request.app[EXCHANGE].now())
    except Refusal as refusal:
        return refusal.response()
    answer = await handler(request)
    if not answer.prepared:
        used = str(weights.used(address))
        answer.headers.update({"X-MBX-USED-WEIGHT": used, "X-MBX-USED-WEIGHT-1M": used})
    return answer


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
