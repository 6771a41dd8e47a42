"""Serve the description of the API at /openapi.json, and Swagger UI at /docs.

Both exist only with `api_server.enable_openapi`, and need no login: they contain nothing of the bot's data.
Swagger UI is part of the program; nothing is loaded from other hosts.
"""

import msgspec
from aiohttp import web

from appliance.assets import asset_dir
from appliance.server.dashboard.static_files import (
    StaticFiles,
    StaticFileServer,
    read_static_files,
    static_file,
)
from appliance.server.openapi.document import document
from appliance.server.routing.routes import API, ROUTES

# As strict as Swagger UI allows: its style sheet contains images (data:).
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_DOCUMENT = "openapi.json"


def add_description(app: web.Application) -> None:
    """Add the routes; the description is generated, and Swagger UI read, at the first request."""
    files = StaticFileServer(_read)

    async def show_document(request: web.Request) -> web.Response:
        return await files.send(request, _DOCUMENT)

    async def show_page(request: web.Request) -> web.Response:
        response = await files.send(request, "index.html")
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        return response

    app.router.add_get("/openapi.json", show_document)
    app.router.add_get("/docs", show_page)
    app.router.add_get("/docs/{name:.+}", files.answer)


def _read() -> StaticFiles:
    """Read the page's files, and generate the description: 20 ms, for a thread."""
    described = msgspec.json.encode(document(API, ROUTES))
    made = {_DOCUMENT: static_file(described, "application/json")}
    return read_static_files(asset_dir("web") / "docs", **made)
