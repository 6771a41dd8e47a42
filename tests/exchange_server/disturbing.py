"""Let faults happen to requests."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from aiohttp import web

from tests.exchange_server import traffic
from tests.exchange_server.dialect import Refusal
from tests.exchange_server.endpoints.order_calls import Mischief
from tests.exchange_server.faults import Fault, Faults

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
FAULTS: web.AppKey[Faults] = web.AppKey("faults", Faults)
UNDER_WAY: web.AppKey[set] = web.AppKey("under way", set)
SKEW_MS: web.RequestKey[int] = web.RequestKey("skew_ms", int)
STALE_MS: web.RequestKey[int] = web.RequestKey("stale_ms", int)
MISCHIEF: web.RequestKey[Mischief] = web.RequestKey("mischief", Mischief)
"""What a request carries of its fault, for those who answer it."""
ADMIN = "/__"

_BODIES = {
    "gibberish": traffic.gibberish,
    "cut_off": traffic.broken_off,
    "empty": traffic.empty,
    "wrong_shape": traffic.wrong_shape,
}


@web.middleware
async def faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.path.startswith(ADMIN):
        return await handler(request)
    given = {**await request.post(), **request.query}
    client_id = given.get("newClientOrderId") or given.get("origClientOrderId")
    fault = request.app[FAULTS].strike(request.method, request.path, client_id)
    return await handler(request) if fault is None else await _struck(request, handler, fault)


async def _struck(request: web.Request, handler: Handler, fault: Fault) -> web.StreamResponse:
    match fault.kind:
        case "skew":
            request[SKEW_MS] = int(fault.seconds * 1000)
        case "stale":
            request[STALE_MS] = int(fault.seconds * 1000)
        case "filled_first" | "filled_late" | "understated" | "unseen":
            request[MISCHIEF] = _mischief(fault)
            if fault.accepted:
                await handler(request)
                return traffic.hang_up(request)
        case "repeated":
            await handler(request)
        case "stalled":
            await asyncio.sleep(fault.seconds)
        case "slow":
            answer = await handler(request)
            await asyncio.sleep(fault.seconds)
            return answer
        case "doubled":
            return await _twice(request, await handler(request))
        case "late":
            return _afterwards(request, handler, fault.seconds)
        case "limited" | "banned" | "maintenance" | "forgotten":
            return _refusal(fault).response()
        case _:
            if fault.accepted:
                await handler(request)
            return await _instead(request, fault)
    return await handler(request)


def _mischief(fault: Fault) -> Mischief:
    milliseconds = int(fault.seconds * 1000)
    match fault.kind:
        case "filled_first":
            return Mischief(filled_first=fault.share)
        case "filled_late":
            return Mischief(filled_first=fault.share, late_ms=milliseconds)
        case "understated":
            return Mischief(told_share=fault.share, late_ms=milliseconds)
        case _:
            return Mischief(unseen_ms=milliseconds)


async def _instead(request: web.Request, fault: Fault) -> web.StreamResponse:
    """Answer otherwise than what was, or was not, carried out would be answered."""
    if fault.kind == "silence":
        await asyncio.sleep(fault.seconds)
    if fault.kind in ("reset", "silence"):
        return traffic.hang_up(request)
    if fault.kind == "error" and fault.code is not None:
        return Refusal(fault.code, fault.message, fault.status).response()
    if fault.kind == "error":
        page = f"<html><body><h1>{fault.status}</h1></body></html>"
        return web.Response(status=fault.status, text=page, content_type="text/html")
    return _BODIES[fault.kind](request)


def _refusal(fault: Fault) -> Refusal:
    if fault.kind == "forgotten":
        return Refusal(-2013, "Order does not exist.")
    if fault.kind == "maintenance":
        return Refusal(-1016, "This service is no longer available.", 503)
    status = 418 if fault.kind == "banned" else 429
    text = "Too much request weight used; current limit is 6000 request weight per 1 MINUTE."
    return Refusal(-1003, text, status, retry_after=max(0, round(fault.seconds)))


def _afterwards(request: web.Request, handler: Handler, seconds: float) -> web.StreamResponse:
    """Break the connection, and carry the request out later: it was still on its way."""

    async def arrive() -> None:
        await asyncio.sleep(seconds)
        await handler(request)

    under_way(request.app, arrive())
    return traffic.hang_up(request)


def under_way(app: web.Application, work: Coroutine[Any, Any, None]) -> None:
    """Let something go on beside the requests until it is done or the server closes."""
    task = asyncio.ensure_future(work)
    app[UNDER_WAY].add(task)
    task.add_done_callback(app[UNDER_WAY].discard)


async def end_what_is_under_way(app: web.Application) -> None:
    tasks = list(app[UNDER_WAY])
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _twice(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    """Send the same bytes again behind the answer."""
    assert isinstance(answer, web.Response)
    assert isinstance(answer.body, bytes)
    await answer.prepare(request)
    await answer.write_eof()
    head = [f"HTTP/1.1 {answer.status} {answer.reason}"]
    head += [f"{name}: {value}" for name, value in answer.headers.items()]
    if request.transport is not None:
        request.transport.write("\r\n".join([*head, "", ""]).encode() + answer.body)
    return answer
