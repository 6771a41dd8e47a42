"""Answer with whole pages: the dashboard, and a waiting page until the bot has started."""

import asyncio

from aiohttp import web

from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PAGE_HEADERS, logged_in, redirect, renew
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.page_response import page_response
from appliance.server.dashboard.pages.frame import Page, page_number, rendered
from appliance.server.dashboard.session import Session
from appliance.server.dashboard.view import overview


@logged_in
async def show_dashboard(request: web.Request, session: Session) -> web.Response:
    """Show the dashboard, which extends the session, or that the bot is starting; without a bot, research."""
    slot, dashboard = request.app[BOT_SLOT], request.app[DASHBOARD]
    if slot.is_webserver and slot.workbench is not None:
        return redirect(request, "/research")
    if slot.bot is None:
        return await _starting(request)
    async with dashboard.gathering:
        asked = page_number(request), request.query.get("window", "all")
        view = await overview(slot.bot, slot, slot.bot.now(), *asked)
        await asyncio.sleep(0)
    # The stream has the fragments of the plain address; another choice is requested again as a whole.
    page = Page(
        template="dashboard.html",
        place="overview",
        heading=view.bot.state_word,
        is_live=not request.query.keys().isdisjoint(("page", "window")),
    )
    response = await rendered(request, session, page, {"view": view})
    renew(request, response, session)
    return response


@logged_in
async def show_starting(request: web.Request, _: Session) -> web.Response:
    """Answer a waiting page: no change, what the bot waits for, or that the page should reload."""
    slot = request.app[BOT_SLOT]
    if slot.bot is not None or slot.workbench is not None:
        return web.Response(headers={**PAGE_HEADERS, "HX-Refresh": "true"})
    if slot.startup.wait is None:
        return web.Response(status=204, headers=PAGE_HEADERS)
    return await _starting(request)


async def redirect_to_dashboard(request: web.Request) -> web.Response:
    """Redirect to the address that ends with a slash."""
    return redirect(request, "/")


async def show_icon(request: web.Request) -> web.Response:
    """Redirect browsers that request the default icon."""
    return redirect(request, "/" + (await request.app[DASHBOARD].static.files()).url("favicon.svg"))


async def _starting(request: web.Request) -> web.Response:
    slot = request.app[BOT_SLOT]
    startup = slot.startup
    context = {"bot_name": slot.settings.bot_name, "waits": startup.description() if startup.wait else None}
    name = "fragments/starting.html" if "HX-Request" in request.headers else "starting.html"
    return await page_response(request, name, context)
