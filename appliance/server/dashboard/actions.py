"""Do what the page's buttons ask for, and tell in one line what came of it."""

import math
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING

from aiohttp import web

from appliance.domain.enums import TradeDirection
from appliance.domain.errors import ApplianceError, Refused
from appliance.rules.trade_requests import EntryRequest, ExitRequest
from appliance.server.auth.authenticator import refusal
from appliance.server.auth.roles import needed
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PAGE_HEADERS, Handler, acting, form_of
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.session import Session
from appliance.server.routing.command_audit import audited, trade_named

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


_DIRECTIONS: Mapping[str, TradeDirection] = {"long": "long", "short": "short"}

Command = Callable[["Bot", Mapping[str, str]], Awaitable[str]]
"""Carries out what the fields of a form ask for, and returns what came of it."""


class Unclear(Exception):
    """Say that a form does not name what it needs to."""


def commanding(path: str) -> Callable[[Command], Handler]:
    """Make a handler of what does the same as POST `path` in the API, with its role and its audit line."""

    def decorate(command: Command) -> Handler:
        @acting
        @wraps(command)
        async def checked(request: web.Request, session: Session) -> web.StreamResponse:
            need = needed("POST", path.format_map(request.match_info))
            if session.caller.role < need:
                return await notice(request, refusal(session.caller, need), 403)
            fields = await form_of(request)
            fields.pop("token", None)
            try:
                bot = request.app[BOT_SLOT].present_bot()
                route = ("POST", path.format_map(request.match_info))
                async with audited(
                    request,
                    bot,
                    session.caller,
                    "dashboard",
                    route,
                    given=fields or None,
                    trade_id=trade_named(fields.get("trade")),
                ) as outcome:
                    outcome.said = await command(bot, {**fields, **request.match_info})
            except Unclear as why:
                return await notice(request, str(why), 422)
            except ApplianceError as why:
                return await notice(request, str(why), why.http_status)
            return await notice(request, outcome.said)

        return checked

    return decorate


@commanding("/{command}")
async def steer(bot: "Bot", fields: Mapping[str, str]) -> str:
    """Start, stop, pause or reload."""
    commands = {
        "start": bot.start,
        "stop": bot.stop,
        "pause": bot.pause,
        "reload_config": bot.request_reload,
    }
    return commands[fields["command"]]()


@commanding("/forceexit")
async def force_exit(bot: "Bot", fields: Mapping[str, str]) -> str:
    """Exit one trade, or "all"."""
    trade_id = fields.get("trade", "")
    if trade_id != "all" and not (trade_id.isascii() and trade_id.isdecimal()):
        raise Unclear("Name a trade to exit.")
    return await bot.force_exit(ExitRequest(trade_id=trade_id))


@commanding("/forceenter")
async def force_entry(bot: "Bot", fields: Mapping[str, str]) -> str:
    """Enter a trade by hand, at the given rate or the market's."""
    pair, side = fields.get("pair", "").strip(), _DIRECTIONS.get(fields.get("side", "long"))
    if not pair or side is None:
        raise Unclear("Name a pair, and a side: long or short.")
    trade = await bot.force_enter(EntryRequest(pair=pair, side=side, price=_price(fields.get("price", ""))))
    return f"Trade {trade.id}: entering {trade.pair}, {side}."


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


async def notice(request: web.Request, text: str, status: int = 200) -> web.Response:
    """Answer with a message for the top of the page, a full sentence whoever wrote it."""
    sentence = text[:1].upper() + text[1:]
    context = {"text": sentence, "kind": "good" if status < 400 else "bad"}
    page = await request.app[DASHBOARD].templates.render("notice.html", context)
    return web.Response(text=page, status=status, content_type="text/html", headers=PAGE_HEADERS)
