"""Carry out what pages of settings command: with role and audit line, and a page that says how it went."""

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any

from aiohttp import web

from appliance.domain.errors import ApplianceError
from appliance.queries.bot_slot import BotSlot
from appliance.server.auth.authenticator import refusal
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import Handler, acting, form_of
from appliance.server.dashboard.page_response import status_of
from appliance.server.dashboard.security.confirm import unconfirmed
from appliance.server.dashboard.session import Session
from appliance.server.dashboard.settings.frame import refused
from appliance.server.routing.command_audit import CommandRequest, audited
from appliance.server.routing.routes import find_route

CarryOut = Callable[[BotSlot, Mapping[str, str]], Awaitable[tuple[str, dict[str, Any]]]]
"""Carries out a command with the fields of a form; returns the outcome in words, and what a page shows."""
Answer = Callable[[web.Request, Session, dict[str, Any]], Awaitable[web.StreamResponse]]


def settings_command(
    path: str, place: str, answer: Answer, *, asks: bool = True
) -> Callable[[CarryOut], Handler]:
    """Make a handler of the command of `path`, given on the page `place`; `answer` shows what comes of it.

    It asks for the password again unless it was given lately, or `asks` is False. The fields of its form,
    which have no secrets, stand in the audit log. It works with or without a bot.
    """
    route = find_route("POST", path)

    def decorate(carry_out: CarryOut) -> Handler:
        @acting
        @wraps(carry_out)
        async def checked(request: web.Request, session: Session) -> web.StreamResponse:
            if session.caller.role < route.role:
                return await refused(request, session, place, refusal(session.caller, route.role), 403)
            if asks and (asked := await unconfirmed(request, session)):
                return asked
            fields = await form_of(request)
            fields.pop("token", None)
            slot = request.app[BOT_SLOT]
            command = CommandRequest(
                route=route, caller=session.caller, way="dashboard", given=fields or None
            )
            try:
                commanded = slot.bot or slot.require_workbench()
                async with audited(request, commanded, command) as outcome:
                    outcome.said, shown = await carry_out(slot, fields)
            except ApplianceError as error:
                return await refused(request, session, place, str(error), status_of(error))
            return await answer(request, session, shown)

        return checked

    return decorate
