"""Add the dashboard to the application: its table of routes, and its parts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web

from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard import actions, login
from appliance.server.dashboard.app_state import DASHBOARD, Dashboard
from appliance.server.dashboard.live import live
from appliance.server.dashboard.live_page import LivePage
from appliance.server.dashboard.pages import (
    bots,
    chart,
    journals,
    logs,
    overview,
    pairs,
    performance,
    trade,
    trades,
)
from appliance.server.dashboard.research.bench import add_research
from appliance.server.dashboard.research.routes import RESEARCH_ROUTES
from appliance.server.dashboard.settings import configuration, parameters
from appliance.server.dashboard.static_files import StaticFileServer
from appliance.server.dashboard.templates import Templates
from appliance.server.other_bots.watch import OTHER_BOTS, OtherBots


def setup(app: web.Application, below: str = "") -> None:
    """Add routes and parts. Templates are read and compiled at the first request for a page.

    `below`: the path of the dashboard, without a slash at its end; empty for the root.
    """
    static = StaticFileServer()
    templates = Templates(app, static)
    app[DASHBOARD] = Dashboard(LivePage(app[BOT_SLOT], templates), templates, static, below)
    routes = [
        web.get("/", overview.show_dashboard),
        web.get("/login", login.show_login),
        web.post("/login", login.log_in),
        web.post("/logout", login.log_out),
        web.get("/chart", chart.show_chart),
        web.get("/dashboard/chart", chart.answer_chart),
        web.get("/trades", trades.show_trades),
        web.get("/trades.csv", trades.download_trades),
        web.get(r"/trades/{trade_id:\d+}", trade.show_trade),
        web.get("/pairs", pairs.show_pairs),
        web.get("/pairs/{pair:.+}", pairs.show_pair),
        web.get("/performance", performance.show_performance),
        web.get("/logs", logs.show_log),
        web.get("/orders", journals.show_orders),
        web.get("/orders/{client_order_id}", journals.show_order),
        web.get("/audit", journals.show_audit),
        web.post("/dashboard/settle/{client_order_id}", journals.resolve),
        web.get("/bots", bots.show_bots),
        web.post("/dashboard/bots", bots.add_bot),
        web.post("/dashboard/bots/{id:[0-9a-f]+}/remove", bots.remove_bot),
        web.get("/settings", configuration.show_configuration),
        web.get("/settings/parameters", parameters.show_parameters),
        *RESEARCH_ROUTES,
        web.get("/dashboard/starting", overview.show_starting),
        web.get("/dashboard/live", live),
        web.post("/dashboard/force_exit", actions.force_exit),
        web.post("/dashboard/force_entry", actions.force_entry),
        web.post("/dashboard/{command:start|stop|pause|reload_config}", actions.steer),
        web.get("/static/{name:.+}", static.answer),
        web.get("/favicon.ico", overview.show_icon),
    ]
    app.add_routes([web.route(one.method, below + one.path, one.handler) for one in routes])
    if below:
        app.router.add_get(below, overview.redirect_to_dashboard)
    app[OTHER_BOTS] = OtherBots(app[BOT_SLOT].user_data)
    app.on_cleanup.append(app[OTHER_BOTS].close)
    add_research(app)
    app.cleanup_ctx.append(_rendering)
    app.on_shutdown.append(_close)


async def _rendering(app: web.Application) -> AsyncIterator[None]:
    task = asyncio.create_task(app[DASHBOARD].live_page.run(), name="dashboard")
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _close(app: web.Application) -> None:
    app[DASHBOARD].live_page.close()
