"""Endpoints for the holders of keys, under /api/v3 and /sapi/v1."""

from collections.abc import Callable

from aiohttp import web

from tests.exchange_server.dialect import Refusal, answered
from tests.exchange_server.disturbing import MISCHIEF, SKEW_MS
from tests.exchange_server.endpoints import account_calls, order_calls, signing
from tests.exchange_server.endpoints.order_calls import NONE
from tests.exchange_server.engine import counts
from tests.exchange_server.engine.exchange import EXCHANGE, Exchange

Call = Callable[..., object]
_CALLS: dict[str, Call] = {
    "POST /api/v3/order/test": order_calls.test_order,
    "DELETE /api/v3/openOrders": order_calls.cancel_open_orders,
    "GET /api/v3/order": order_calls.query_order,
    "GET /api/v3/openOrders": order_calls.open_orders,
    "GET /api/v3/allOrders": order_calls.all_orders,
    "GET /api/v3/account": account_calls.account,
    "GET /api/v3/account/commission": account_calls.commission,
    "GET /api/v3/myTrades": account_calls.my_trades,
    "GET /api/v3/rateLimit/order": account_calls.order_limits,
    "GET /sapi/v1/asset/tradeFee": account_calls.trade_fees,
    "GET /sapi/v1/capital/config/getall": account_calls.currencies,
    "POST /sapi/v1/asset/get-funding-asset": account_calls.funding_assets,
    "GET /sapi/v1/account/apiRestrictions": account_calls.api_restrictions,
}
_CALLS_OPEN_TO_MISCHIEF: dict[str, Call] = {
    "POST /api/v3/order": order_calls.new_order,
    "DELETE /api/v3/order": order_calls.cancel_order,
    "POST /api/v3/order/cancelReplace": order_calls.replace_order,
}


async def given(request: web.Request) -> dict[str, str]:
    """Return the parameters of query string and body. Raises `Refusal` for one that is sent twice."""
    posted = await request.post()
    for sent in (request.query, posted):
        if len(sent) != len(set(sent)):
            raise Refusal(-1101, "Duplicate values for a parameter detected.")
    return {**{name: str(value) for name, value in posted.items()}, **request.query}


async def check_signature(request: web.Request) -> dict[str, str]:
    """Return the parameters of a signed request. Raises `Refusal`."""
    exchange = request.app[EXCHANGE]
    parameters = await given(request)
    text = signing.signed_text(request.raw_path.partition("?")[2], (await request.read()).decode())
    now = exchange.now() + request.get(SKEW_MS, 0)
    signing.check(request.headers.get("X-MBX-APIKEY"), parameters, text, exchange.settings.keys, now)
    return parameters


def _signed(call: Call, open_to_mischief: bool) -> Callable:
    async def answer(request: web.Request) -> web.Response:
        parameters = await check_signature(request)
        exchange = request.app[EXCHANGE]
        more = (request.get(MISCHIEF, NONE),) if open_to_mischief else ()
        told = call(exchange, parameters, *more)
        return answered(told, headers=_headers(exchange, call))

    return answer


def _headers(exchange: Exchange, call: Call) -> dict[str, str]:
    places_orders = call in (order_calls.new_order, order_calls.replace_order)
    return counts.headers(exchange) if places_orders else {}


async def system_status(request: web.Request) -> web.Response:
    return answered({"status": 0, "msg": "normal"})


async def _no_margin_pairs(request: web.Request) -> web.Response:
    return answered([])


def routes() -> list[web.RouteDef]:
    table = [web.get("/sapi/v1/system/status", system_status)]
    table += [
        web.get(f"/sapi/v1/margin/{which}", _no_margin_pairs) for which in ("allPairs", "isolated/allPairs")
    ]
    for calls, open_to_mischief in ((_CALLS, False), (_CALLS_OPEN_TO_MISCHIEF, True)):
        for place, call in calls.items():
            method, path = place.split()
            table.append(web.route(method, path, _signed(call, open_to_mischief)))
    return table
