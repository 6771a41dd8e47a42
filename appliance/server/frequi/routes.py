"""Serve FreqUI below /ui/, or at / with `api_server.start_page: frequi`, as freqtrade does.

Its files need no login, as those of the dashboard: FreqUI asks for one, and shows nothing without.
"""

from pathlib import Path
from typing import Final

from aiohttp import web

from appliance.config.userdir import FREQUI_FOLDER
from appliance.server.dashboard.access import base_path
from appliance.server.dashboard.static_files import StaticFileServer
from appliance.server.frequi.below_path import with_base
from appliance.server.frequi.files import PAGE, read_files
from appliance.threads import for_readers

# FreqUI sets styles in elements, shows pictures that it draws itself, and speaks with several bots.
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' http: https: ws: wss:; "
        "form-action 'self'; base-uri 'self'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_OURS: Final = ("api", "docs", "openapi.json")
"""First parts of addresses that are never FreqUI's, also where there is nothing."""

NOT_INSTALLED: Final = (
    "FreqUI is not installed. Download freqUI.zip of a release\n"
    "(github.com/freqtrade/frequi/releases), and run\n"
    "    appliance install-ui freqUI.zip\n"
)


def add_frequi(app: web.Application, user_data: Path, *, at_root: bool) -> None:
    """Add the routes; with `at_root` they take every address that no earlier route has."""
    frequi = FreqUI(user_data / FREQUI_FOLDER)
    app.router.add_get("/ui", frequi.redirect)
    app.router.add_get("/ui/{name:.*}", frequi.answer)
    if at_root:
        app.router.add_get("/{name:.*}", frequi.answer_at_root)


class FreqUI:
    """Serve the installed release; a new one is noticed with its page."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = 0
        self._files = self._server()

    async def redirect(self, request: web.Request) -> web.Response:
        """Redirect to the address that ends with a slash."""
        return web.Response(status=308, headers={"Location": f"{base_path(request)}/ui/"})

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer with a file, or with the page: FreqUI itself knows what its other addresses mean."""
        return await self._send(request, f"{base_path(request)}/ui/")

    async def answer_at_root(self, request: web.Request) -> web.StreamResponse:
        """Answer below /, except for addresses of the API."""
        if request.match_info["name"].partition("/")[0] in _OURS:
            raise web.HTTPNotFound(text='{"detail":"Not Found"}', content_type="application/json")
        return await self._send(request, f"{base_path(request)}/")

    async def _send(self, request: web.Request, base: str) -> web.StreamResponse:
        name = request.match_info["name"]
        if name and (await self._files.files()).get(name) is not None and name != PAGE:
            response = await self._files.send(request, name)
            if name.startswith("assets/"):  # their names change with their content
                response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
            return response
        await self._notice_a_new_release()
        page = (await self._files.files()).get(PAGE)
        if page is None:
            return web.Response(status=404, text=NOT_INSTALLED, headers=_HEADERS)
        headers = {**_HEADERS, "Cache-Control": "no-cache", "Content-Type": page.type}
        return web.Response(body=with_base(page.plain, base), headers=headers)

    def _server(self) -> StaticFileServer:
        return StaticFileServer(lambda: read_files(self._folder))

    async def _notice_a_new_release(self) -> None:
        now = await for_readers(self._made)
        if now != self._seen:
            self._seen, self._files = now, self._server()

    def _made(self) -> int:
        """Return when the installed page was written, in ns since 1970; 0 if there is none."""
        try:
            return (self._folder / PAGE).stat().st_mtime_ns
        except OSError:
            return 0
