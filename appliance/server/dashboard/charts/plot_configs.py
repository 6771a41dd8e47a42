"""Choose and download plot configurations: which indicators a chart shows, where and how."""

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import msgspec
from aiohttp import web

from appliance.domain.errors import NotFound, Refused
from appliance.queries import plot_configs
from appliance.reports.views.json_values import plain
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PAGE_HEADERS
from appliance.server.dashboard.pages.frame import when_started
from appliance.server.dashboard.session import Session
from appliance.server.routing.routes import find_route

if TYPE_CHECKING:
    from appliance.bot.bot import Bot
    from appliance.queries.bot_slot import BotSlot

OWN: Final = ""
"""Names the strategy's own `plot_config`."""
SAVE = find_route("POST", "/plots")
REMOVE = find_route("POST", "/plots/remove")


def may_edit(session: Session) -> bool:
    """Return whether the login may save and remove configurations."""
    return session.caller.role >= SAVE.role


async def chosen_config(slot: "BotSlot", bot: "Bot", name: str) -> Any:
    """Return the configuration of that name, for none the strategy's own. Raises NotFound, StorageError."""
    if name == OWN:
        return bot.strategy.plot_config
    return await plot_configs.read(slot, name)


def config_text(config: Any) -> str:
    """Return a configuration as people read and edit it."""
    try:
        known = plain(config or {})
        whole: dict[str, Any] = {"main_plot": {}, "subplots": {}} | known if isinstance(known, dict) else {}
        return msgspec.json.format(msgspec.json.encode(whole)).decode()
    except (msgspec.MsgspecError, TypeError, ValueError):
        return "{}"  # a strategy may have made anything of it; the chart says what is wrong


@when_started
async def download(request: web.Request, _: Session) -> web.Response:
    """Answer the configuration `?plot=` as a file, without a name the strategy's own. Raises NotFound."""
    slot, name = request.app[BOT_SLOT], request.query.get("plot", OWN)
    bot = slot.require_bot()
    try:
        text = config_text(await chosen_config(slot, bot, name))
    except Refused as error:  # no possible name
        raise NotFound(str(error)) from error
    file = quote(name or bot.strategy_name, safe="")
    kept_as = f"attachment; filename*=UTF-8''{file}.json"
    headers = {**PAGE_HEADERS, "Content-Disposition": kept_as}
    return web.Response(text=text, content_type="application/json", headers=headers)
