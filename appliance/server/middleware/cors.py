"""Allow web pages of other origins to call the API, as `api_server.CORS_origins` says.

A middleware of our own, since aiohttp-cors (0.8.1) falls short of the contract: it handles only routes
registered one by one, so 404 and 405 lack its headers and a page takes them for a dead bot; it answers
OPTIONS other than preflights with 403 instead of 405; it sends no `Vary`; and for "*" it allows credentials
to every page. Source: the Fetch standard, "CORS protocol".
"""

from collections.abc import Collection

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

_METHODS = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
_HEADERS = "Authorization, Content-Type"
_READABLE = "Retry-After, WWW-Authenticate, ETag"
_MAX_AGE_SECONDS = "600"
_ANY = "*"


def allow_origins(origins: Collection[str], below: str) -> Middleware:
    """Return a middleware that allows pages of `origins` to call what is `below` that path.

    "*" allows every page, but never with credentials that the browser adds by itself: a page must have the
    password or a token. The dashboard, which uses a cookie, is at other paths and stays closed.
    """
    known = frozenset(origins)

    @web.middleware
    async def allow(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(below):
            return await handler(request)
        if _is_preflight(request):
            response: web.StreamResponse = web.Response(status=204)
        else:
            response = await handler(request)
        if not response.prepared:
            _permit(request, response, known)
        return response

    return allow


def _is_preflight(request: web.Request) -> bool:
    """Return whether this is a preflight request, which comes without credentials."""
    return (
        request.method == hdrs.METH_OPTIONS
        and hdrs.ORIGIN in request.headers
        and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers
    )


def _permit(request: web.Request, response: web.StreamResponse, known: Collection[str]) -> None:
    """Add the headers that allow a known page; none for others."""
    headers = response.headers
    vary = headers.get(hdrs.VARY)
    headers[hdrs.VARY] = f"{vary}, Origin" if vary else "Origin"
    origin = request.headers.get(hdrs.ORIGIN, "")
    if origin in known and origin != _ANY:
        headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
        headers[hdrs.ACCESS_CONTROL_ALLOW_CREDENTIALS] = "true"
    elif origin and _ANY in known:
        headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = _ANY
    else:
        return
    headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = _READABLE
    if _is_preflight(request):
        headers[hdrs.ACCESS_CONTROL_ALLOW_METHODS] = _METHODS
        headers[hdrs.ACCESS_CONTROL_ALLOW_HEADERS] = _HEADERS
        headers[hdrs.ACCESS_CONTROL_MAX_AGE] = _MAX_AGE_SECONDS
