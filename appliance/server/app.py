"""Put the server together. It stands before the bot does, so nothing heavy is imported here."""

from typing import TYPE_CHECKING

from aiohttp import web

from appliance.config.settings import Settings
from appliance.queries.bot_slot import BotSlot
from appliance.server.auth.authenticator import AUTHENTICATOR, Authenticator
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard import setup as add_dashboard
from appliance.server.errors import answer_errors
from appliance.server.listening.seats import SEATS, Seats, room
from appliance.server.middleware.compression import deliver
from appliance.server.middleware.cors import allow_origins
from appliance.server.middleware.fair_share import FAIR_SHARE, FairShare
from appliance.server.middleware.request_counters import RATES, Rates, count
from appliance.server.middleware.request_limits import LARGEST_BODY, bounded
from appliance.server.middleware.security_headers import add_security_headers
from appliance.server.openapi import add_description
from appliance.server.resources.monitoring import add_monitoring
from appliance.server.routing.routes import API, add_routes
from appliance.server.websocket.hub import HUB, Hub

if TYPE_CHECKING:
    from appliance.config.logs.setup import LogBuffer


def create_app(settings: Settings, *, log_buffer: "LogBuffer") -> web.Application:
    """Return the application. Give it the bot by `app[BOT_SLOT].bot = bot`, and tell `app[BOT_SLOT].startup`.

    Until then `ping` answers pong and everything else 503.
    """
    origins = settings.api_server.CORS_origins
    outermost = [allow_origins(origins, API)] if origins else []
    app = web.Application(
        middlewares=[*outermost, count, bounded, deliver, answer_errors], client_max_size=LARGEST_BODY
    )
    app[BOT_SLOT] = slot = BotSlot(settings, log_buffer)
    app[AUTHENTICATOR] = Authenticator(lambda: slot.api_server)
    app[HUB] = hub = Hub()
    app[SEATS] = Seats(room())
    app[FAIR_SHARE] = FairShare()
    app[RATES] = rates = Rates()
    app[BOT_SLOT].on_arrival(hub.follow)
    app[BOT_SLOT].on_arrival(rates.follow)
    app.on_shutdown.append(hub.close)
    app.on_response_prepare.append(add_security_headers)
    add_routes(app)
    add_monitoring(app)
    add_dashboard(app)
    if settings.api_server.enable_openapi:
        add_description(app)
    return app
