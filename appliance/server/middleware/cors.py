"""Let web pages of other origins call the API, as far as `api_server.CORS_origins` allows it.

A middleware of our own, since aiohttp-cors (0.8.1) falls short of the contract: it knows only routes that it
was given one by one, so that 404 and 405 go out without its headers and a page takes them for a dead bot; it
answers OPTIONS that is no preflight with 403 instead of 405; it sends no `Vary`; and for "*" it lets every
page use credentials.
Source: the Fetch standard, "CORS protocol".
"""

from collections.abc import Collection

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

_METHODS = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
_HEADERS = "Authorization, Content-Type"
_READABLE = "Retry-After, WWW-Authenticate, ETag"
_KEPT_SECONDS = "600"
_ANY = "*"


def allow_origins(origins: Collection[str], below: str) -> Middleware:
    """Return a middleware that lets pages of `origins` call what stands `below` that path.

    "*" lets every page call, though never with credentials that the browser adds by itself: a page must know
    the password or a token. The dashboard, which trusts a cookie, stands elsewhere and stays closed.
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
    """Tell whether a browser asks beforehand: it cannot send credentials, so none are wanted."""
    return (
        request.method == hdrs.METH_OPTIONS
        and hdrs.ORIGIN in request.headers
        and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers
    )


def _permit(request: web.Request, response: web.StreamResponse, known: Collection[str]) -> None:
    """Say to the browser what the page may do; nothing to a page that is not known."""
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
        headers[hdrs.ACCESS_CONTROL_MAX_AGE] = _KEPT_SECONDS
