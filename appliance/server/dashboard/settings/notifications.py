"""Show which service gets which messages, what waits and what failed; send test messages."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from appliance.queries.bot_slot import BotSlot
from appliance.queries.settings import notifications
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.pages.frame import when_started
from appliance.server.dashboard.session import Session
from appliance.server.dashboard.settings.commands import settings_command
from appliance.server.dashboard.settings.frame import settings_page
from appliance.server.dashboard.settings.places import least_role


@when_started
async def show_notifications(request: web.Request, session: Session) -> web.Response:
    """Show the services; in webserver mode, that nothing is sent."""
    return await _page(request, session, {}, is_live=True)


async def _page(
    request: web.Request, session: Session, shown: dict[str, Any], *, is_live: bool = False
) -> web.Response:
    if session.caller.role < least_role("notifications"):
        return await settings_page(request, session, "notifications", {})
    slot = request.app[BOT_SLOT]
    view = None if slot.is_webserver else await notifications.notifications(slot)
    content = {"view": view, "said": "", **shown}
    return await settings_page(request, session, "notifications", content, is_live=is_live)


@settings_command("/settings/notifications", "notifications", _page, asks=False)
async def test_service(slot: BotSlot, fields: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Send a test message by one service."""
    said = await notifications.test_service(slot, fields.get("service", ""))
    return said, {"said": said}
