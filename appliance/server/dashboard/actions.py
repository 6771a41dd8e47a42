"""Do what the page's buttons ask for, and tell in one line what came of it."""

import math
from collections.abc import Callable
from functools import wraps

from aiohttp import web

from appliance.domain.errors import ApplianceError, Refused
from appliance.server.auth import refusal
from appliance.server.dashboard.guard import PAGE_HEADERS, Handler, Seen, acting, form_of
from appliance.server.dashboard.rooms import DASHBOARD
from appliance.server.dashboard.session import Session
from appliance.server.desk import DESK
from appliance.server.errors import Starting
from appliance.server.roles import needed


def commanding(path: str) -> Callable[[Seen], Handler]:
    """Wrap a handler that does what POST `path` does in the API: it asks for the same role."""

    def decorate(handler: Seen) -> Handler:
        @acting
        @wraps(handler)
        async def checked(request: web.Request, session: Session) -> web.StreamResponse:
            need = needed("POST", path.format_map(request.match_info))
            if session.caller.role < need:
                return await _notice(request, refusal(session.caller, need), 403)
            return await handler(request, session)

        return checked

    return decorate


@commanding("/{command}")
async def steer(request: web.Request, _: Session) -> web.Response:
    """Start, stop, pause or reload."""
    try:
        bot = request.app[DESK].present_bot()
    except Starting as starting:
        return await _notice(request, str(starting), 503)
    commands = {
        "start": bot.start,
        "stop": bot.stop,
        "pause": bot.pause,
        "reload_config": bot.request_reload,
    }
    return await _notice(request, commands[request.match_info["command"]]())


@commanding("/forceexit")
async def force_exit(request: web.Request, _: Session) -> web.Response:
    """Exit one trade, or "all"."""
    trade_id = (await form_of(request)).get("trade", "")
    if trade_id != "all" and not (trade_id.isascii() and trade_id.isdecimal()):
        return await _notice(request, "Name a trade to exit.", 422)
    try:
        return await _notice(request, await request.app[DESK].present_bot().force_exit(trade_id))
    except (ApplianceError, Starting) as why:
        return await _refusal(request, why)


@commanding("/forceenter")
async def force_entry(request: web.Request, _: Session) -> web.Response:
    """Enter a trade by hand, at the given rate or the market's."""
    fields = await form_of(request)
    pair, side = fields.get("pair", "").strip(), fields.get("side", "long")
    if not pair or side not in ("long", "short"):
        return await _notice(request, "Name a pair, and a side: long or short.", 422)
    try:
        price = _price(fields.get("price", ""))
        trade = await request.app[DESK].present_bot().force_enter(pair, side, price=price)
    except (ApplianceError, Starting) as why:
        return await _refusal(request, why)
    return await _notice(request, f"Trade {trade.id}: entering {trade.pair}, {side}.")


def _price(text: str) -> float | None:
    """Read a rate; None for an empty field. Raises Refused."""
    text = text.strip()
    if not text:
        return None
    try:
        price = float(text)
    except ValueError:
        price = math.nan
    if not (math.isfinite(price) and price > 0):
        raise Refused(f'"{text[:32]}" is no rate: give a number above 0, or leave the field empty.')
    return price


async def _refusal(request: web.Request, why: Exception) -> web.Response:
    status = why.http_status if isinstance(why, ApplianceError) else 503
    return await _notice(request, str(why), status)


async def _notice(request: web.Request, text: str, status: int = 200) -> web.Response:
    """Answer with a message for the top of the page, a full sentence whoever wrote it."""
    sentence = text[:1].upper() + text[1:]
    context = {"text": sentence, "kind": "good" if status < 400 else "bad"}
    page = await request.app[DASHBOARD].templates.render("notice.html", context)
    return web.Response(text=page, status=status, content_type="text/html", headers=PAGE_HEADERS)
