"""Describe the dashboard to browsers that can install it as an app."""

import json
from typing import Any, Final

from aiohttp import web

from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PAGE_HEADERS
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.static_files import StaticFiles

LONGEST_SHORT_NAME: Final = 12
"""Characters below an icon that phones show whole."""
GROUND, ACCENT = "#f4f5f8", "#1f4fd8"
ICONS: Final = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-maskable.png", "512x512", "maskable"),
    ("favicon.svg", "any", "any"),
)
"""File, size and purpose."""


async def show_manifest(request: web.Request) -> web.Response:
    """Answer with the manifest. It has nothing that the login does not show."""
    name = request.app[BOT_SLOT].settings.bot_name or "appliance"
    files = await request.app[DASHBOARD].static.files()
    text = json.dumps(manifest(name, files))
    return web.Response(text=text, content_type="application/manifest+json", headers=PAGE_HEADERS)


async def show_worker(request: web.Request) -> web.Response:
    """Answer with the service worker, whose address says for which pages it may work."""
    answer = await request.app[DASHBOARD].static.send(request, "service-worker.js")
    # A worker fetches only what its own policy allows.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; connect-src 'self'"
    return answer


def manifest(name: str, files: StaticFiles) -> dict[str, Any]:
    """Return the manifest; addresses are relative to its own, so that it works below any path."""
    short = name if len(name) <= LONGEST_SHORT_NAME else name[: LONGEST_SHORT_NAME - 1].rstrip() + "…"
    return {
        "name": name,
        "short_name": short,
        "description": "Watch and steer this trading bot.",
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": ACCENT,
        "categories": ["finance"],
        "icons": [
            {
                "src": files.url(file),
                "sizes": sizes,
                "type": "image/svg+xml" if file.endswith(".svg") else "image/png",
                "purpose": purpose,
            }
            for file, sizes, purpose in ICONS
        ],
        "shortcuts": [
            {"name": word, "url": path}
            for word, path in (("Trades", "trades"), ("Performance", "performance"), ("Log", "logs"))
        ],
    }
