"""Serve styles and scripts from memory: read and compressed once, cached by browsers until they change."""

import asyncio
import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from aiohttp import web

from appliance.assets import asset_dir
from appliance.threads import for_readers

if TYPE_CHECKING:
    from collections.abc import Mapping

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}
FOREVER = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"


class StaticFile(msgspec.Struct, frozen=True):
    """Hold one file, plain and compressed. `version` is a hash of the content."""

    version: str
    type: str
    plain: bytes
    zipped: bytes


class StaticFiles:
    """Hold the files of web/static by their path there, e.g. `vendor/htmx.min.js`."""

    def __init__(self, files: "Mapping[str, StaticFile]") -> None:
        self._files = files

    def url(self, name: str) -> str:
        """Return the URL of a file, which changes with its content.

        Raises FileNotFoundError if it is missing (scripts are downloaded when the program is built).
        """
        if name not in self._files:
            raise FileNotFoundError(f"web/static/{name} is missing: run packaging/web_assets.py")
        return f"static/{name}?v={self._files[name].version}"

    def get(self, name: str) -> StaticFile | None:
        return self._files.get(name)


def static_file(content: bytes, content_type: str) -> StaticFile:
    """Return a file to be served. Compresses, so large ones are for a thread."""
    version = hashlib.sha256(content).hexdigest()[:12]
    return StaticFile(version, content_type, content, gzip.compress(content, mtime=0))


CHART_SCRIPTS = (
    "number_format.js",
    "charts.js",
    "band.js",
    "shapes.js",
    "pair_chart.js",
    "live_chart.js",
    "plot_editor.js",
    "live_main.js",
)
"""What draws candles in reports draws them here."""
TRADE_SCRIPTS = ("number_format.js", "charts.js", "trade_picture.js", "live_trade.js")


def read_dashboard_files() -> StaticFiles:
    """Read all files of the dashboard. Blocks: for a thread."""
    from appliance.research.report.html_file import joined_scripts  # late: only charts need it

    script, trade = (joined_scripts(names).encode() for names in (CHART_SCRIPTS, TRADE_SCRIPTS))
    style = (asset_dir("web") / "report" / "report.css").read_bytes()
    chart = {
        "chart.js": static_file(script, TYPES[".js"]),
        "trade.js": static_file(trade, TYPES[".js"]),
        "chart.css": static_file(style, TYPES[".css"]),
    }
    return read_static_files(None, **chart)


def read_static_files(folder: Path | None = None, **more: StaticFile) -> StaticFiles:
    """Read the files below `folder` (default: web/static) whose type is known. Blocks: for a thread."""
    folder = folder or asset_dir("web") / "static"
    found = {
        path.relative_to(folder).as_posix(): static_file(path.read_bytes(), TYPES[path.suffix])
        for path in sorted(folder.rglob("*"))
        if path.suffix in TYPES and path.is_file()
    }
    return StaticFiles(found | more)


class StaticFileServer:
    """Serve files that are read at the first request."""

    def __init__(self, read: Callable[[], StaticFiles] = read_dashboard_files) -> None:
        self._read = read
        self._files: StaticFiles | None = None
        self._reading = asyncio.Lock()

    async def files(self) -> StaticFiles:
        async with self._reading:
            if self._files is None:
                self._files = await for_readers(self._read)
        return self._files

    async def answer(self, request: web.Request) -> web.Response:
        """Answer GET /static/{name}. 404 for anything that is not one of the files read."""
        return await self.send(request, request.match_info["name"])

    async def send(self, request: web.Request, name: str) -> web.Response:
        """Answer with the file of that name, or 304 if the browser has it."""
        file = (await self.files()).get(name)
        if file is None:
            raise web.HTTPNotFound(text="No such file.\n")
        named = request.query.get("v") == file.version
        headers = {
            "ETag": f'"{file.version}"',
            "Cache-Control": FOREVER if named else REVALIDATE,
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
        }
        if any(tag.value in (file.version, "*") for tag in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        headers["Content-Type"] = file.type
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return web.Response(body=file.zipped, headers=headers)
        return web.Response(body=file.plain, headers=headers)
