"""Show the configuration: what is set and where, searched and by section."""

from collections.abc import Sequence

from aiohttp import web
from msgspec import Struct
from msgspec.structs import replace

from appliance.config.origins import ShownSection, ShownSetting
from appliance.queries.settings.configuration import configuration
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import redirect
from appliance.server.dashboard.pages.frame import when_started
from appliance.server.dashboard.session import Session
from appliance.server.dashboard.settings.frame import settings_page
from appliance.server.dashboard.settings.places import least_role

LONGEST_TEXT = 200


class ConfigurationView(Struct, frozen=True, kw_only=True):
    """Hold what the page shows. `names` are those of all sections; `total` counts all settings."""

    sections: list[ShownSection]
    names: list[str]
    section: str
    text: str
    shows_all: bool
    found: int
    total: int


@when_started
async def show_configuration(request: web.Request, session: Session) -> web.Response:
    """Show the settings that are not at their default, or all; viewers get the strategy's parameters."""
    if session.caller.role < least_role("configuration"):
        return redirect(request, "/settings/parameters")
    slot, query = request.app[BOT_SLOT], request.query
    everything = await configuration(slot)
    text = query.get("text", "").strip()[:LONGEST_TEXT]
    view = chosen(
        everything, section=query.get("section", ""), text=text, shows_all=query.get("show") == "all"
    )
    files = [str(file) for file in slot.loaded.files]
    return await settings_page(request, session, "configuration", {"view": view, "files": files})


def chosen(
    everything: Sequence[ShownSection], *, section: str, text: str, shows_all: bool
) -> ConfigurationView:
    """Choose settings: of a section, with a text in key, value or documentation, changed ones or all."""
    names = [one.name or "general" for one in everything]
    section = section if section in names else ""
    wanted = text.casefold()
    kept = [
        replace(
            one,
            settings=[
                setting
                for setting in one.settings
                if (shows_all or setting.is_changed) and wanted in _searched(setting)
            ],
        )
        for one in everything
        if section in ("", one.name or "general")
    ]
    settings = [setting for one in everything for setting in one.settings]
    return ConfigurationView(
        sections=[one for one in kept if one.settings],
        names=names,
        section=section,
        text=text,
        shows_all=shows_all,
        found=sum(len(one.settings) for one in kept),
        total=len(settings),
    )


def _searched(setting: ShownSetting) -> str:
    texts = (setting.path, setting.value, setting.description, setting.origin.kind, setting.origin.place)
    return " ".join(texts).casefold()
