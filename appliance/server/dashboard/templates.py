"""Turn templates into pages, in a thread; jinja2 is loaded with the first page, not with the server."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from appliance.assets import asset_dir
from appliance.server.dashboard.formats import FILTERS
from appliance.server.dashboard.static_files import StaticRoom

if TYPE_CHECKING:
    from jinja2 import Environment


class Templates:
    """Render the templates of web/templates. What a template shows is escaped, whoever wrote it."""

    def __init__(self, static: StaticRoom) -> None:
        self._static = static
        self._environment: Environment | None = None
        self._loading = asyncio.Lock()

    async def render(self, name: str, context: Mapping[str, Any]) -> str:
        """Return the page. `context` must not change meanwhile: it is read in a thread."""
        environment = await self._loaded()
        return await asyncio.to_thread(_rendered, environment, name, context)

    async def render_all(self, names: Mapping[str, str], context: Mapping[str, Any]) -> dict[str, str]:
        """Return several pages of one context under their keys, in one go."""
        environment = await self._loaded()
        return await asyncio.to_thread(
            lambda: {key: _rendered(environment, name, context) for key, name in names.items()}
        )

    async def _loaded(self) -> "Environment":
        files = await self._static.files()
        async with self._loading:
            if self._environment is None:
                self._environment = await asyncio.to_thread(_environment)
                self._environment.globals["static"] = files.url
        return self._environment


def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(asset_dir("web") / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(FILTERS)
    return environment


def _rendered(environment: "Environment", name: str, context: Mapping[str, Any]) -> str:
    return environment.get_template(name).render(context)
