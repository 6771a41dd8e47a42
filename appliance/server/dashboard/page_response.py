"""Answer with a page rendered from a template."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from appliance.domain.errors import ApplianceError, Refused
from appliance.server.dashboard.access import PAGE_HEADERS, dashboard_path
from appliance.server.dashboard.app_state import DASHBOARD


async def page_response(
    request: web.Request,
    template: str,
    context: Mapping[str, Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """Render `template`; it also gets `base`, to which links are relative, and its `own_address`."""
    address = "./" + request.path_qs.removeprefix(request.app[DASHBOARD].below).lstrip("/")
    known = {**context, "base": f"{dashboard_path(request)}/", "own_address": address}
    page = await request.app[DASHBOARD].templates.render(template, known)
    return web.Response(
        text=page, status=status, content_type="text/html", headers={**PAGE_HEADERS, **(headers or {})}
    )


def status_of(error: ApplianceError) -> int:
    """Return the status of a page that says why something was not done.

    502, which freqtrade's clients expect of a refusal, means a broken proxy to a browser, and proxies replace
    such a page by one of their own.
    """
    return 409 if isinstance(error, Refused) else error.http_status
