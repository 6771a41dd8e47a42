"""Answer with a page that has a form: refused for those who may not send it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web
from msgspec import Struct

from appliance.domain.errors import NotFound
from appliance.domain.trade import Trade
from appliance.server.auth.authenticator import refusal
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import Handler
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.pages.frame import Page, rendered, when_started
from appliance.server.dashboard.session import Session
from appliance.server.routing.route import Method
from appliance.server.routing.routes import find_route


class FormPage(Struct, frozen=True, kw_only=True):
    """Describe a form: its template, heading, and place in the navigation, where closing it leads to."""

    template: str
    heading: str
    place: str
    closes_to: str
    content: Mapping[str, Any]


Show = Callable[[web.Request], Awaitable[FormPage]]


def form_for(path: str, method: Method = "POST") -> Callable[[Show], Handler]:
    """Make a handler that shows the form of the command at `path` in the API to those who may give it."""
    route = find_route(method, path)

    def decorate(show: Show) -> Handler:
        @when_started
        async def checked(request: web.Request, session: Session) -> web.Response:
            if session.caller.role < route.role:
                text = f"{refusal(session.caller, route.role)}."
                refused = Page(
                    template="page.html", place="", heading="Refused", notice=text, closes_to="./", status=403
                )
                return await rendered(request, session, refused, {})
            form = await show(request)
            page = Page(
                template=form.template, place=form.place, heading=form.heading, closes_to=form.closes_to
            )
            ticket = request.app[DASHBOARD].submissions.ticket(session.id)
            content = {**form.content, "ticket": ticket, "back": form.closes_to}
            return await rendered(request, session, page, content)

        return checked

    return decorate


async def trade_of(request: web.Request) -> Trade:
    """Return the trade that the address names. Raises NotFound."""
    number = request.match_info["tradeid"]
    found = await request.app[BOT_SLOT].require_bot().trade(int(number)) if len(number) < 16 else None
    if found is None:
        raise NotFound(f"There is no trade with the id {number[:20]}")
    return found
