"""Show the parameters of the running strategy."""

from aiohttp import web

from appliance.queries.settings.parameters import parameters
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.pages.frame import when_started
from appliance.server.dashboard.session import Session
from appliance.server.dashboard.settings.frame import settings_page


@when_started
async def show_parameters(request: web.Request, session: Session) -> web.Response:
    """Show values, ranges and origins; in webserver mode, that no strategy runs."""
    slot = request.app[BOT_SLOT]
    view = None if slot.is_webserver else await parameters(slot)
    return await settings_page(request, session, "parameters", {"view": view}, is_live=True)
