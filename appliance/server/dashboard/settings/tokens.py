"""List API tokens; create one, which is shown once, and revoke them."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from appliance.domain.errors import ConfigurationError, Refused
from appliance.queries.bot_slot import BotSlot
from appliance.queries.settings import files, tokens
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.pages.frame import when_started
from appliance.server.dashboard.session import Session
from appliance.server.dashboard.settings.commands import settings_command
from appliance.server.dashboard.settings.frame import settings_page
from appliance.server.dashboard.settings.places import least_role


@when_started
async def show_tokens(request: web.Request, session: Session) -> web.Response:
    """Show the tokens of the configuration."""
    return await _page(request, session, {})


async def _page(request: web.Request, session: Session, shown: dict[str, Any]) -> web.Response:
    if session.caller.role < least_role("tokens"):
        return await settings_page(request, session, "tokens", {})
    view = await tokens.tokens(request.app[BOT_SLOT])
    content = {"view": view, "made": None, "said": "", "fault": "", **shown}
    return await settings_page(request, session, "tokens", content)


@settings_command("/settings/tokens", "tokens", _page)
async def create_token(slot: BotSlot, fields: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Create a token, and have it applied."""
    given = (fields.get("name", ""), fields.get("role", ""), fields.get("days", "").strip())
    made = await tokens.create_token(slot, *given)
    said, fault = await _applied(slot)
    return f"created, backup {made.backup}; {fault or said}", {"made": made, "said": said, "fault": fault}


@settings_command("/settings/tokens/revoke", "tokens", _page)
async def revoke_token(slot: BotSlot, fields: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Revoke a token, and have that applied."""
    name = fields.get("name", "")
    backup = await tokens.revoke_token(slot, name)
    said, fault = await _applied(slot)
    shown = {"said": f'Revoked "{name}". {said}', "fault": fault}
    return f"revoked, backup {backup}; {fault or said}", shown


async def _applied(slot: BotSlot) -> tuple[str, str]:
    """Have the bot reload; return how that went: well, or why not."""
    try:
        return await files.apply(slot), ""
    except (ConfigurationError, Refused) as error:
        return "", str(error)
