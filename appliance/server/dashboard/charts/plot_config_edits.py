"""Save and remove plot configurations, from the form of the chart."""

from urllib.parse import urlencode

from aiohttp import web

from appliance.domain.errors import ApplianceError, Starting
from appliance.queries import plot_configs
from appliance.server.auth.authenticator import refusal
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import acting, form_of, redirect
from appliance.server.dashboard.charts.chart import chart_page
from appliance.server.dashboard.charts.plot_configs import REMOVE, SAVE
from appliance.server.dashboard.page_response import status_of
from appliance.server.dashboard.session import Session
from appliance.server.routing.command_audit import CommandRequest, audited


@acting
async def save_or_remove(request: web.Request, session: Session) -> web.StreamResponse:
    """Save the field `config` under `name`, or remove that name, and show the chart of the same pair."""
    fields = await form_of(request)
    name, text, removes = fields.get("name", "").strip(), fields.get("config", ""), "remove" in fields
    route = REMOVE if removes else SAVE
    if session.caller.role < route.role:
        return await chart_page(request, session, refusal(session.caller, route.role), 403)
    slot = request.app[BOT_SLOT]
    given = {"name": name[:100]} if removes else {"name": name[:100], "config": " ".join(text[:1000].split())}
    command = CommandRequest(route=route, caller=session.caller, way="dashboard", given=given)
    try:
        async with audited(request, slot.require_bot(), command) as outcome:
            if removes:
                outcome.said = await plot_configs.remove(slot, name)
            else:
                outcome.said = await plot_configs.save(slot, name, text)
    except Starting:
        return redirect(request, "/")
    except ApplianceError as error:
        said = f"Not {'removed' if removes else 'saved'}: {error}."
        return await chart_page(request, session, said, status_of(error), draft="" if removes else text)
    kept = {key: request.query[key] for key in ("pair", "timeframe") if key in request.query}
    return redirect(request, "/chart?" + urlencode(kept if removes else {**kept, "plot": name}))
