"""Add the dashboard to the application: its table of routes, and its parts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web

from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard import actions, login
from appliance.server.dashboard.app_state import DASHBOARD, Dashboard
from appliance.server.dashboard.charts import (
    chart,
    chart_live,
    plot_config_edits,
    plot_configs,
    trade_picture,
)
from appliance.server.dashboard.forms import entry, exit, pair_commands, trade_commands
from appliance.server.dashboard.live import live
from appliance.server.dashboard.live_page import LivePage
from appliance.server.dashboard.pages import (
    audit,
    bots,
    logs,
    logs_live,
    order,
    orders,
    overview,
    pair,
    pairs,
    performance,
    trade,
    trades,
)
from appliance.server.dashboard.pages.problem import show_problems
from appliance.server.dashboard.phone import manifest
from appliance.server.dashboard.research.bench import add_research
from appliance.server.dashboard.research.routes import RESEARCH_ROUTES
from appliance.server.dashboard.security import routes as security_routes
from appliance.server.dashboard.settings.routes import SETTINGS_ROUTES
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
        web.post("/dashboard/chart", chart.preview_chart),
        web.get("/dashboard/chart/live", chart_live.live_chart),
        web.get("/dashboard/plots", plot_configs.download),
        web.post("/dashboard/plots", plot_config_edits.save_or_remove),
        web.get("/trades", trades.show_trades),
        web.get("/trades.csv", trades.download_trades),
        web.get(r"/trades/{trade_id:\d+}", trade.show_trade),
        web.get(r"/dashboard/trades/{trade_id:\d+}/chart", trade_picture.answer_picture),
        web.get("/pairs", pairs.show_pairs),
        web.get("/pairs/{pair:.+}", pair.show_pair),
        web.get("/performance", performance.show_performance),
        web.get("/logs", logs.show_log),
        web.get("/dashboard/logs/live", logs_live.live_log),
        web.get("/orders", orders.show_orders),
        web.get("/orders/{client_order_id}", order.show_order),
        web.get("/audit", audit.show_audit),
        web.post("/dashboard/settle/{client_order_id}", order.resolve),
        web.get("/bots", bots.show_bots),
        web.post("/dashboard/bots", bots.add_bot),
        web.post("/dashboard/bots/{id:[0-9a-f]+}/remove", bots.remove_bot),
        *RESEARCH_ROUTES,
        *security_routes.ROUTES,
        *SETTINGS_ROUTES,
        web.get("/dashboard/starting", overview.show_starting),
        web.get("/dashboard/live", live),
        web.post("/dashboard/force_exit", actions.force_exit),
        *_forms(),
        web.post("/dashboard/{command:start|stop|pause|reload_config}", actions.steer),
        web.get("/static/{name:.+}", static.answer),
        web.get("/favicon.ico", overview.show_icon),
        web.get("/manifest.webmanifest", manifest.show_manifest),
        web.get("/service-worker.js", manifest.show_worker),
    ]
    app.add_routes([web.route(one.method, below + one.path, one.handler) for one in routes])
    if below:
        app.router.add_get(below, overview.redirect_to_dashboard)
    app[OTHER_BOTS] = OtherBots(app[BOT_SLOT].user_data)
    app.on_cleanup.append(app[OTHER_BOTS].close)
    add_research(app)
    app.middlewares.append(show_problems)
    app.cleanup_ctx.append(_rendering)
    app.on_shutdown.append(_close)


def _forms() -> list[web.RouteDef]:
    """Return the pages with forms, what they ask meanwhile, and what carries them out."""
    trade, command = r"/trades/{tradeid:\d+}", r"/dashboard/trades/{tradeid:\d+}"
    return [
        web.get("/enter", entry.show_entry),
        web.get("/dashboard/entry_preview", entry.preview_entry),
        web.post("/dashboard/force_entry", entry.enter),
        web.get("/exit", exit.show_exit_all),
        web.post("/dashboard/exit_all", exit.exit_all),
        web.get(f"{trade}/exit", exit.show_exit),
        web.get(f"{command}/exit_preview", exit.preview_exit),
        web.post(f"{command}/exit", exit.exit_trade),
        web.get(f"{trade}/cancel", trade_commands.show_cancel),
        web.post(f"{command}/cancel", trade_commands.cancel),
        web.get(f"{trade}/delete", trade_commands.show_delete),
        web.post(f"{command}/delete", trade_commands.delete),
        web.get(f"{trade}/reload", trade_commands.show_reload),
        web.post(f"{command}/reload", trade_commands.reload),
        web.get("/lock", pair_commands.show_lock),
        web.post("/dashboard/locks", pair_commands.lock),
        web.get(r"/locks/{lockid:\d+}/unlock", pair_commands.show_unlock),
        web.post(r"/dashboard/locks/{lockid:\d+}/unlock", pair_commands.unlock),
        web.get("/blacklist/add", pair_commands.show_blacklisting),
        web.post("/dashboard/blacklist/add", pair_commands.add_to_blacklist),
        web.get("/blacklist/remove", pair_commands.show_removal),
        web.post("/dashboard/blacklist/remove", pair_commands.remove_from_blacklist),
    ]


async def _rendering(app: web.Application) -> AsyncIterator[None]:
    task = asyncio.create_task(app[DASHBOARD].live_page.run(), name="dashboard")
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _close(app: web.Application) -> None:
    app[DASHBOARD].live_page.close()
