"""Serve the description at /openapi.json, and a page to read it and try it out at /docs.

Both are there only with `api_server.enable_openapi`, and need no login: they tell what the program can do,
nothing of what it does. Swagger UI comes with the program; no other host is asked for anything.
"""

import msgspec
from aiohttp import web

from appliance.assets import asset_dir
from appliance.server.dashboard.static_files import StaticFiles, StaticRoom, read_static_files, static_file
from appliance.server.openapi.document import document
from appliance.server.routing.routes import API, ROUTES, WEBSERVER_ONLY

# As strict as Swagger UI can be shown: its style sheet has pictures within it (data:).
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_DOCUMENT = "openapi.json"


def add_description(app: web.Application) -> None:
    """Add the routes; the description is made, and Swagger UI read, when first asked for."""
    room = StaticRoom(_read)

    async def show_document(request: web.Request) -> web.Response:
        return await room.send(request, _DOCUMENT)

    async def show_page(request: web.Request) -> web.Response:
        response = await room.send(request, "index.html")
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        return response

    app.router.add_get("/openapi.json", show_document)
    app.router.add_get("/docs", show_page)
    app.router.add_get("/docs/{name:.+}", room.answer)


def _read() -> StaticFiles:
    """Read the page's files, and make the description: 20 ms, in a thread."""
    described = msgspec.json.encode(document(API, ROUTES, WEBSERVER_ONLY))
    made = {_DOCUMENT: static_file(described, "application/json")}
    return read_static_files(asset_dir("web") / "docs", **made)
