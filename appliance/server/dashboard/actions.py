"""Carry out what the page's buttons command, and answer with the result in one line."""

import math
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING

from aiohttp import web

from appliance.domain.enums import TradeDirection
from appliance.domain.errors import ApplianceError, Refused
from appliance.rules.trade_requests import EntryRequest, ExitRequest
from appliance.server.auth.authenticator import refusal
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import Handler, acting, form_of
from appliance.server.dashboard.page_response import page_response
from appliance.server.dashboard.security.confirm import unconfirmed
from appliance.server.dashboard.session import Session
from appliance.server.routing.command_audit import CommandRequest, audited, trade_named
from appliance.server.routing.routes import find_route

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


_DIRECTIONS: Mapping[str, TradeDirection] = {"long": "long", "short": "short"}

CarryOut = Callable[["Bot", Mapping[str, str]], Awaitable[str]]
"""Carries out a command with the fields of a form, and returns the result in words."""


class Unclear(Exception):
    """Say that a field of a form is missing or invalid."""


def commanding(*paths: str) -> Callable[[CarryOut], Handler]:
    """Make a handler that does the same as POST to one of `paths` in the API, with its role and audit line.

    Of several paths, `command` in the request's own path says which.
    """
    routes = {path.removeprefix("/"): find_route("POST", path) for path in paths}

    def decorate(carry_out: CarryOut) -> Handler:
        @acting
        @wraps(carry_out)
        async def checked(request: web.Request, session: Session) -> web.StreamResponse:
            route = routes[request.match_info.get("command", next(iter(routes)))]
            if session.caller.role < route.role:
                return await notice(request, refusal(session.caller, route.role), 403)
            if route.moves_money and (asked := await unconfirmed(request, session)):
                return asked
            fields = await form_of(request)
            fields.pop("token", None)
            command = CommandRequest(
                route=route,
                caller=session.caller,
                way="dashboard",
                given=fields or None,
                trade_id=trade_named(fields.get("trade")),
            )
            try:
                bot = request.app[BOT_SLOT].require_bot()
                async with audited(request, bot, command) as outcome:
                    outcome.said = await carry_out(bot, {**fields, **request.match_info})
            except Unclear as error:
                return await notice(request, str(error), 422)
            except ApplianceError as error:
                # 502, which freqtrade's clients expect of a refusal, means a broken proxy to a browser.
                status = 409 if isinstance(error, Refused) else error.http_status
                return await notice(request, str(error), status)
            return await notice(request, outcome.said)

        return checked

    return decorate


@commanding("/start", "/stop", "/pause", "/reload_config")
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
    """Exit one trade, or all."""
    trade_id = fields.get("trade", "")
    if trade_id != "all" and not (trade_id.isascii() and trade_id.isdecimal()):
        raise Unclear("Name a trade to exit.")
    return await bot.force_exit(ExitRequest(trade_id=trade_id))


@commanding("/forceenter")
async def force_entry(bot: "Bot", fields: Mapping[str, str]) -> str:
    """Enter a trade, at the given rate or the market's."""
    pair, side = fields.get("pair", "").strip(), _DIRECTIONS.get(fields.get("side", "long"))
    if not pair or side is None:
        raise Unclear("Name a pair, and a side: long or short.")
    trade = await bot.force_enter(EntryRequest(pair=pair, side=side, price=_price(fields.get("price", ""))))
    return f"Trade {trade.id}: entering {trade.pair}, {side}."


def _price(text: str) -> float | None:
    """Parse a rate; None for an empty field. Raises Unclear."""
    text = text.strip()
    if not text:
        return None
    try:
        price = float(text)
    except ValueError:
        price = math.nan
    if not (math.isfinite(price) and price > 0):
        raise Unclear(f'"{text[:32]}" is not a rate: enter a number above 0, or leave the field empty.')
    return price


async def notice(request: web.Request, text: str, status: int = 200) -> web.Response:
    """Answer with a message for the top of the page, with a capital first letter."""
    sentence = text[:1].upper() + text[1:]
    context = {"text": sentence, "kind": "good" if status < 400 else "bad"}
    return await page_response(request, "notice.html", context, status)
