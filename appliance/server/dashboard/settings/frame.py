"""Answer with pages of settings: their common navigation, and who may see which."""

from typing import Any

from aiohttp import web

from appliance.server.auth.authenticator import refusal
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.pages.frame import Page, rendered
from appliance.server.dashboard.session import Session
from appliance.server.dashboard.settings.places import PLACES, least_role


async def settings_page(
    request: web.Request, session: Session, place: str, content: dict[str, Any], **more: Any
) -> web.Response:
    """Show a page of settings, or say that this role may not see it; `more` goes to `Page`."""
    role = session.caller.role
    heading = next(word for name, _, word in PLACES if name == place)
    shared = {"settings_place": place, "has_bot": request.app[BOT_SLOT].bot is not None}
    if role < least_role(place):
        text = f"{refusal(session.caller, least_role(place))}."
        page = Page(
            template="settings/frame.html", place="settings", heading=heading, notice=text, status=403
        )
        return await rendered(request, session, page, shared)
    shown = {"template": f"settings/{place}.html", **more}
    page = Page(place="settings", heading=heading, **shown)
    return await rendered(request, session, page, {**shared, **content})


async def refused(request: web.Request, session: Session, place: str, text: str, status: int) -> web.Response:
    """Say on a page why nothing was done, with the way back."""
    content, template = {"text": text}, "settings/refused.html"
    return await settings_page(request, session, place, content, template=template, status=status)
