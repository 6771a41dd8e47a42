"""Carry out what the page's buttons command, and answer with the result in one line."""

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING

from aiohttp import web

from appliance.domain.errors import (
    ApplianceError,
    InvalidOrder,
    PairNotFound,
    Refused,
    Starting,
)
from appliance.rules.trade_requests import ExitRequest
from appliance.server.auth.authenticator import refusal
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import Handler, acting, form_of
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.page_response import page_response, status_of
from appliance.server.dashboard.pages.frame import Page, rendered
from appliance.server.dashboard.security.confirm import unconfirmed
from appliance.server.dashboard.session import Session
from appliance.server.dashboard.submissions import Said
from appliance.server.routing.command_audit import CommandRequest, audited, trade_named
from appliance.server.routing.route import Method
from appliance.server.routing.routes import find_route

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


CarryOut = Callable[["Bot", Mapping[str, str]], Awaitable[str]]
"""Carries out a command with the fields of a form, and returns the result in words."""


_WITHOUT_EFFECT = (Refused, InvalidOrder, Starting, PairNotFound)
"""Errors after which nothing has been done, as far as the exchange is concerned."""


class Unclear(Exception):
    """Say that a field of a form is missing or invalid."""


def commanding(*paths: str, method: Method = "POST", once: bool = False) -> Callable[[CarryOut], Handler]:
    """Make a handler that does the same as one of `paths` in the API, with its role and audit line.

    Of several paths, `command` in the request's own path says which. With `once` the form must carry a
    ticket; a form that carries one is carried out once, however often it is sent.
    """
    routes = {path.removeprefix("/"): find_route(method, path) for path in paths}

    def decorate(carry_out: CarryOut) -> Handler:
        @acting
        @wraps(carry_out)
        async def checked(request: web.Request, session: Session) -> web.StreamResponse:
            route = routes[request.match_info.get("command", next(iter(routes)))]
            if session.caller.role < route.role:
                return await answered(request, session, Said(refusal(session.caller, route.role), 403))
            if route.moves_money and (asked := await unconfirmed(request, session)):
                return asked
            fields = await form_of(request)
            fields.pop("token", None)
            ticket = fields.pop("ticket", "")
            command = CommandRequest(
                route=route,
                caller=session.caller,
                way="dashboard",
                given=fields or None,
                trade_id=trade_named(fields.get("trade"), request.match_info.get("tradeid")),
            )

            async def carried_out() -> Said:
                return await _carried_out(request, command, fields, carry_out)

            if not (once or ticket):
                return await answered(request, session, await carried_out())
            submissions = request.app[DASHBOARD].submissions
            return await answered(request, session, await submissions.once(session.id, ticket, carried_out))

        return checked

    return decorate


async def _carried_out(
    request: web.Request, command: CommandRequest, fields: Mapping[str, str], carry_out: CarryOut
) -> Said:
    """Carry out a command, and say what came of it; what the bot refused may be sent again."""
    try:
        bot = request.app[BOT_SLOT].require_bot()
        async with audited(request, bot, command) as outcome:
            outcome.said = await carry_out(bot, {**fields, **request.match_info})
    except Unclear as error:
        return Said(str(error), 422, is_final=False)
    except ApplianceError as error:
        return Said(str(error), status_of(error), is_final=not isinstance(error, _WITHOUT_EFFECT))
    return Said(outcome.said)


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


async def answered(request: web.Request, session: Session, said: Said) -> web.Response:
    """Answer a command: htmx with a message for the page, a form sent without scripts with a page."""
    is_page = "HX-Request" not in request.headers and "text/html" in request.headers.get("Accept", "")
    if not is_page or request.app[BOT_SLOT].bot is None:
        return await notice(request, said.text, said.status)
    trade_id = request.match_info.get("tradeid", "")
    page = Page(
        template="page.html",
        place="trades" if trade_id else "overview",
        heading="Done" if said.status < 400 else "Not done",
        notice=said.text,
        closes_to=f"trades/{trade_id}" if trade_id else "./",
        status=said.status,
    )
    return await rendered(request, session, page, {})


async def notice(request: web.Request, text: str, status: int = 200) -> web.Response:
    """Answer with a message for the top of the page, with a capital first letter.

    Good news goes there from wherever it was asked for; bad news stays where the form is.
    """
    sentence = text[:1].upper() + text[1:]
    context = {"text": sentence, "kind": "good" if status < 400 else "bad"}
    headers = {"HX-Retarget": "#notice", "HX-Reswap": "afterbegin"} if status < 400 else {}
    return await page_response(request, "notice.html", context, status, headers)
