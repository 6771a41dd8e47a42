"""Assemble the server. It starts before the bot does, so nothing heavy is imported here."""

from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from appliance.config.settings import Settings
from appliance.queries.bot_slot import BotSlot
from appliance.server.auth.authenticator import AUTHENTICATOR, Authenticator
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard import setup as add_dashboard
from appliance.server.dashboard.session import bot_mark
from appliance.server.errors import answer_errors
from appliance.server.frequi import add_frequi
from appliance.server.listening.connection_slots import CONNECTION_SLOTS, ConnectionSlots, slot_limits
from appliance.server.logins.logins import LOGINS, Logins
from appliance.server.middleware.compression import compress_and_tag
from appliance.server.middleware.cors import allow_origins
from appliance.server.middleware.fair_share import FAIR_SHARE, FairShare
from appliance.server.middleware.request_counters import REQUEST_COUNTERS, RequestCounters, count_request
from appliance.server.middleware.request_limits import LARGEST_BODY, limit_request
from appliance.server.middleware.security_headers import add_security_headers
from appliance.server.openapi import add_description
from appliance.server.resources.monitoring import add_monitoring
from appliance.server.routing.routes import API, add_routes
from appliance.server.websocket.hub import HUB, Hub

if TYPE_CHECKING:
    from appliance.config.logs.setup import LogBuffer


def create_app(
    settings: Settings, *, log_buffer: "LogBuffer", user_data: Path | None = None
) -> web.Application:
    """Return the application. Assign the bot to `app[BOT_SLOT].bot`, its progress to `app[BOT_SLOT].startup`.

    Until then `ping` answers pong and everything else 503. `user_data`: the user data folder, by
    default as the settings name it.
    """
    origins = settings.api_server.CORS_origins
    outermost = [allow_origins(origins, API)] if origins else []
    app = web.Application(
        middlewares=[*outermost, count_request, limit_request, compress_and_tag, answer_errors],
        client_max_size=LARGEST_BODY,
    )
    app[BOT_SLOT] = slot = BotSlot(settings, log_buffer, user_data)
    app[AUTHENTICATOR] = Authenticator(lambda: slot.api_server)
    app[LOGINS] = logins = Logins(slot, bot_mark(app[AUTHENTICATOR].credentials))
    app[AUTHENTICATOR].codes, logins.on_change = logins, app[AUTHENTICATOR].forget
    app.cleanup_ctx.append(logins.keep)
    app[HUB] = hub = Hub()
    app[CONNECTION_SLOTS] = ConnectionSlots(slot_limits())
    app[FAIR_SHARE] = FairShare()
    app[REQUEST_COUNTERS] = counters = RequestCounters()
    app[BOT_SLOT].on_new_bot(hub.follow)
    app[BOT_SLOT].on_new_bot(counters.follow)
    app.on_shutdown.append(hub.close)
    app.on_response_prepare.append(add_security_headers)
    add_routes(app)
    add_monitoring(app)
    frequi_first = settings.api_server.start_page == "frequi"
    add_dashboard(app, "/dashboard" if frequi_first else "")
    if settings.api_server.enable_openapi:
        add_description(app)
    add_frequi(app, slot.user_data, at_root=frequi_first)
    return app
