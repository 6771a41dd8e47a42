"""Look behind the scenes from another process: paths under /__, which no fault and no limit touches."""

import json

import msgspec
from aiohttp import web

from tests.exchange_server.clock import CLOCK
from tests.exchange_server.dialect import Refusal
from tests.exchange_server.disturbing import FAULTS
from tests.exchange_server.endpoints.weights import WEIGHTS
from tests.exchange_server.engine import manual_trading
from tests.exchange_server.engine.exchange import EXCHANGE
from tests.exchange_server.engine.money import exact
from tests.exchange_server.faults import Fault
from tests.exchange_server.traffic import TRAFFIC

routes = web.RouteTableDef()


@routes.get("/__ledger")
async def ledger(request: web.Request) -> web.Response:
    """Answer every order, fill and movement of money, as of now."""
    exchange = request.app[EXCHANGE]
    exchange.engine.advance()
    return web.json_response(exchange.ledger.as_json(), dumps=lambda told: json.dumps(told, default=str))


@routes.get("/__check")
async def check(request: web.Request) -> web.Response:
    """Answer whether the books agree with themselves."""
    try:
        request.app[EXCHANGE].ledger.check()
    except AssertionError as wrong:
        return web.json_response({"ok": False, "wrong": str(wrong)}, status=500)
    return web.json_response({"ok": True})


@routes.get("/__faults")
async def told_faults(request: web.Request) -> web.Response:
    """Answer the rules and what they have done."""
    faults = request.app[FAULTS]
    return web.json_response(msgspec.to_builtins({"rules": faults.rules, "struck": faults.struck}))


@routes.post("/__faults")
async def add_faults(request: web.Request) -> web.Response:
    """Add rules: a JSON list."""
    try:
        added = msgspec.json.decode(await request.read(), type=list[Fault])
    except msgspec.ValidationError as error:
        return web.json_response({"wrong": str(error)}, status=400)
    request.app[FAULTS].add(*added)
    return web.json_response({"added": len(added)})


@routes.delete("/__faults")
async def clear_faults(request: web.Request) -> web.Response:
    request.app[FAULTS].clear()
    return web.json_response({})


@routes.delete("/__late")
async def tell_at_once(request: web.Request) -> web.Response:
    """Tell of all fills from now on as they happen; those of before stay late."""
    request.app[EXCHANGE].told.at_once_from_now()
    return web.json_response({})


@routes.post("/__clock")
async def set_clock(request: web.Request) -> web.Response:
    """Put the exchange's clock ahead: `{"ahead_ms": 60000}`. Orders are matched on the way."""
    told = await request.json()
    request.app[CLOCK].put_ahead(int(told["ahead_ms"]))
    request.app[EXCHANGE].engine.advance()
    return web.json_response({"now": request.app[EXCHANGE].now()})


@routes.post("/__deposit")
async def deposit(request: web.Request) -> web.Response:
    """Add to the account: `{"asset": "BNB", "amount": "1.5"}`."""
    told = await request.json()
    request.app[EXCHANGE].engine.deposit(told["asset"], exact(told["amount"]))
    return web.json_response({})


@routes.post("/__withdraw")
async def withdraw(request: web.Request) -> web.Response:
    """Take from the account, without an order: `{"asset": "ETH", "amount": "0.05"}`."""
    told = await request.json()
    try:
        manual_trading.withdraw(request.app[EXCHANGE], told["asset"], told["amount"])
    except AssertionError:
        return web.json_response({"wrong": "the account has less than that"}, status=400)
    return web.json_response({})


@routes.post("/__trade")
async def trade(request: web.Request) -> web.Response:
    """Trade as the user does by hand: `{"pair": "ETH/USDT", "side": "sell", "amount": "0.05"}`.

    At the market, or with a limit where a `price` is given.
    """
    told = await request.json()
    exchange = request.app[EXCHANGE]
    try:
        order = manual_trading.trade(exchange, told["pair"], told["side"], told["amount"], told.get("price"))
    except Refusal as refusal:
        return refusal.response()
    return web.json_response(manual_trading.as_told(exchange, order))


@routes.post("/__cancel")
async def cancel(request: web.Request) -> web.Response:
    """Cancel an order as the user does by hand: `{"orderId": 10001}`."""
    told = await request.json()
    try:
        order = manual_trading.cancel(request.app[EXCHANGE], int(told["orderId"]))
    except Refusal as refusal:
        return refusal.response()
    return web.json_response({"status": order.status})


@routes.post("/__shock")
async def shock(request: web.Request) -> web.Response:
    """Let pairs trade at another price from now on: `{"symbols": ["ETHUSDT"], "factor": 0.8}`."""
    told, exchange = await request.json(), request.app[EXCHANGE]
    for symbol in told["symbols"]:
        exchange.prices.shock(exchange.pairs[symbol], float(told["factor"]))
    return web.json_response({"now": exchange.now()})


@routes.post("/__delist")
async def delist(request: web.Request) -> web.Response:
    """Take pairs off the list: `{"symbols": ["ETHUSDT"]}`; with `"halt": true` they stay, untraded."""
    told, exchange = await request.json(), request.app[EXCHANGE]
    for symbol in told["symbols"]:
        if told.get("halt"):
            exchange.halted.add(exchange.pairs[symbol])
        else:
            exchange.delist(symbol)
    return web.json_response({"listed": len(exchange.pairs)})


@routes.get("/__weight")
async def used_weight(request: web.Request) -> web.Response:
    """Answer the weight of all that was asked since the start, and how often each path was."""
    weights, traffic = request.app[WEIGHTS], request.app[TRAFFIC]
    return web.json_response({"weight": weights.total, "requests": dict(traffic.requests)})


@routes.post("/__fill")
async def fill(request: web.Request) -> web.Response:
    """Fill a resting order now: `{"orderId": 10001, "share": 0.5}`."""
    told = await request.json()
    order = request.app[EXCHANGE].engine.fill(int(told["orderId"]), float(told.get("share", 1.0)))
    return web.json_response({"status": order.status})


@routes.post("/__expire")
async def expire(request: web.Request) -> web.Response:
    """End a resting order as the exchange sometimes does by itself: `{"orderId": 10001}`."""
    told = await request.json()
    order = request.app[EXCHANGE].engine.expire(int(told["orderId"]))
    return web.json_response({"status": order.status})
