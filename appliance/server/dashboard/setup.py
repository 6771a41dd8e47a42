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
    chart,
    journals,
    logs,
    overview,
    pairs,
    performance,
    trade,
    trades,
)
from appliance.server.dashboard.settings import backup, configuration, file, notifications, parameters, tokens
from appliance.server.dashboard.static_files import StaticFileServer
from appliance.server.dashboard.templates import Templates


def setup(app: web.Application) -> None:
    """Add routes and parts. Templates are read and compiled at the first request for a page."""
    static = StaticFileServer()
    templates = Templates(app, static)
    app[DASHBOARD] = Dashboard(LivePage(app[BOT_SLOT], templates), templates, static)
    app.add_routes(
        [
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
            web.get("/settings", configuration.show_configuration),
            web.get("/settings/file", file.show_file),
            web.post("/settings/file/check", file.check_file),
            web.get("/settings/file/difference", file.show_difference),
            web.post("/settings/file", file.save_file),
            web.get("/settings/tokens", tokens.show_tokens),
            web.post("/settings/tokens", tokens.create_token),
            web.post("/settings/tokens/revoke", tokens.revoke_token),
            web.get("/settings/notifications", notifications.show_notifications),
            web.post("/settings/notifications", notifications.test_service),
            web.get("/settings/backup", backup.show_backups),
            web.post("/settings/backup", backup.make_backup),
            web.post("/settings/backup/download", backup.download_backup),
            web.get("/settings/parameters", parameters.show_parameters),
            web.get("/dashboard/starting", overview.show_starting),
            web.get("/dashboard/live", live),
            web.post("/dashboard/force_exit", actions.force_exit),
            web.post("/dashboard/force_entry", actions.force_entry),
            web.post("/dashboard/{command:start|stop|pause|reload_config}", actions.steer),
            web.get("/static/{name:.+}", static.answer),
            web.get("/favicon.ico", overview.show_icon),
        ]
    )
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
