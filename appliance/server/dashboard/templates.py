"""Render templates in a thread: reading and compiling them would block the event loop."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aiohttp import web

from appliance.assets import asset_dir
from appliance.queries.roles import Role
from appliance.reports.number_format import FILTERS
from appliance.server.dashboard.settings.places import settings_places
from appliance.server.dashboard.static_files import StaticFileServer
from appliance.server.routing.route import Method
from appliance.server.routing.routes import find_route
from appliance.threads import for_readers

if TYPE_CHECKING:
    from jinja2 import Environment


class Templates:
    """Render the templates of web/templates. All values are escaped."""

    def __init__(self, app: web.Application, static: StaticFileServer) -> None:
        self._static = static
        self._environment = _environment(app)

    async def render(self, name: str, context: Mapping[str, Any]) -> str:
        """Return the page. `context` must not change meanwhile, since a thread reads it."""
        return (await self.render_all({name: name}, context))[name]

    async def render_all(self, names: Mapping[str, str], context: Mapping[str, Any]) -> dict[str, str]:
        """Return several pages with the same context, under their keys."""
        files = await self._static.files()
        self._environment.globals["static"] = files.url
        return await for_readers(lambda: {key: self._rendered(name, context) for key, name in names.items()})

    def _rendered(self, name: str, context: Mapping[str, Any]) -> str:
        return self._environment.get_template(name).render(context)


def may(role: str, path: str, method: Method = "POST") -> bool:
    """Say whether `role` may call the route of `path` below /api/v1: what a page leaves out if not."""
    return Role[role.upper()] >= find_route(method, path).role


def needs(path: str, method: Method = "POST") -> str:
    """Return the class of what the style sheet hides from those who may not call the route of `path`."""
    return f"needs-{find_route(method, path).role.word}"


def _environment(app: web.Application) -> "Environment":
    import aiohttp_jinja2  # late: 30 ms
    from jinja2 import FunctionLoader, StrictUndefined

    environment = aiohttp_jinja2.setup(
        app,
        loader=FunctionLoader(_source),
        filters=FILTERS,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {"may": may, "needs": needs, "settings_places": settings_places}
    return environment


def _source(name: str) -> str | None:
    """Read a template, in the thread that renders."""
    file = asset_dir("web") / "templates" / name
    return file.read_text(encoding="utf-8") if file.is_file() else None
