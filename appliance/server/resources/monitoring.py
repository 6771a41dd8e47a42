"""Answer health checks and Prometheus.

Their routes are at the root, where container engines, load balancers and Prometheus expect them.
"""

import hmac
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from appliance.bot.health import health_of
from appliance.config.validation.api_security import is_loopback
from appliance.domain.errors import StorageError
from appliance.queries.account import balance
from appliance.server.auth.authenticator import AUTHENTICATOR
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.errors import Forbidden, Unauthorized
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

_PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via")
"""Headers that proxies add: a request with one of these was forwarded."""


async def livez(request: web.Request) -> web.Response:
    """Answer whether the program works: 503 if only a restart would help. Needs no login."""
    bot = request.app[BOT_SLOT].bot
    if request.app[BOT_SLOT].is_webserver:
        return _answer(HTTPStatus.OK, "alive", [])
    if bot is None:  # while it waits for the exchange a restart would not help
        stuck = request.app[BOT_SLOT].startup.stuck
        return _answer(
            HTTPStatus.SERVICE_UNAVAILABLE if stuck else HTTPStatus.OK, "starting", [stuck] if stuck else []
        )
    vitals = health_of(bot)
    troubles = [] if vitals.is_alive else vitals.troubles()[:1]
    return _answer(HTTPStatus.SERVICE_UNAVAILABLE if troubles else HTTPStatus.OK, "alive", troubles)


async def readyz(request: web.Request) -> web.Response:
    """Answer whether the bot can trade: started, exchange reachable, database writable. Needs no login."""
    slot = request.app[BOT_SLOT]
    if slot.is_webserver:
        starting = [] if slot.workbench is not None else ["the server is starting"]
        return _answer(HTTPStatus.SERVICE_UNAVAILABLE if starting else HTTPStatus.OK, "ready", starting)
    if slot.bot is None:
        return _answer(HTTPStatus.SERVICE_UNAVAILABLE, "ready", [slot.startup.trouble()])
    troubles = health_of(slot.bot).troubles()
    return _answer(HTTPStatus.SERVICE_UNAVAILABLE if troubles else HTTPStatus.OK, "ready", troubles)


async def metrics(request: web.Request) -> web.Response:
    """Answer Prometheus: with `api_server.metrics_token` as the bearer token, else only on this machine."""
    _authorize(request)
    # The library is imported at the first request: most bots never get one.
    prometheus, process = await for_readers(_exposition)
    bot = request.app[BOT_SLOT].bot
    worth = (await balance(bot)).total_bot if bot else None
    body, kind = prometheus.exposed(request.app, process, await _waiting(bot), worth)
    return web.Response(body=body, headers={"Content-Type": kind})


def _exposition() -> tuple[Any, Any]:
    from appliance.server.resources import prometheus  # late: it loads prometheus_client

    return prometheus, prometheus.this_process()


async def _waiting(bot: "Bot | None") -> dict[str, int]:
    """Return how many messages are queued, by service; empty if that cannot be read."""
    try:
        return await bot.outbox.waiting() if bot else {}
    except StorageError:
        return {}


def _authorize(request: web.Request) -> None:
    """Raise Unauthorized or Forbidden for clients that may not see the metrics."""
    api = request.app[BOT_SLOT].api_server
    if api.metrics_token:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and hmac.compare_digest(
            given.strip().encode("utf-8", "surrogateescape"), api.metrics_token.encode()
        ):
            return
        request.app[AUTHENTICATOR].count_guess(request, given)
        raise Unauthorized("Show api_server.metrics_token as a bearer token", "Bearer")
    if api.trusted_proxies or not _is_local(request):
        raise Forbidden("Set api_server.metrics_token: without it /metrics answers on the bot's machine only")


def _is_local(request: web.Request) -> bool:
    """Return whether a request comes from this machine, and not through a proxy on it.

    A proxy that forwards the client's Host, adds no header and keeps its connections alive cannot be
    detected: behind a proxy a token is needed. nginx is detected by Connection, which it always sends
    ("close", "upgrade") unless configured otherwise; Prometheus does not.
    """
    if any(name in request.headers for name in _PASSED_ON):
        return False
    if request.headers.get("Connection", "keep-alive").strip().lower() != "keep-alive":
        return False
    return _is_loopback(request.remote or "") and _is_loopback(request.url.host or "")


def _is_loopback(address: str) -> bool:
    try:
        return is_loopback(address)
    except ValueError:
        return False


def _answer(status: HTTPStatus, good: str, troubles: list[str]) -> web.Response:
    body = msgspec.json.encode({"status": "; ".join(troubles) or good})
    return web.Response(status=status, body=body, content_type="application/json")


def add_monitoring(app: web.Application) -> None:
    """Add the three routes."""
    app.router.add_get("/livez", livez)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)
