"""Limit a request: the bytes of its body, the time to send it, the work for unauthenticated clients.

The time for its head is limited by the connection (`connection.py`).
"""

import asyncio
from http import HTTPStatus

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from appliance.server.auth.authenticator import AUTHENTICATOR
from appliance.server.connection import caller_of
from appliance.server.errors import detail
from appliance.server.middleware.fair_share import FAIR_SHARE, UNAUTHENTICATED, UNAUTHENTICATED_COST

LARGEST_BODY = 1024 * 1024
"""Bytes of the largest body that is read from an authenticated client."""
LARGEST_UNAUTHENTICATED = 4 * 1024
"""Bytes of the largest body that is read before the client is authenticated: a login."""
BODY_SECONDS, UNAUTHENTICATED_SECONDS = 20.0, 5.0
"""How long a body may take to arrive: 1 MiB at 0.5 Mbit/s, and a login."""
_BODY = web.RequestKey("body", bytes)
"""The key under which a request holds its body once it was read."""


async def body_of(request: web.Request) -> bytes:
    """Return the request's body.

    Raises HTTPRequestTimeout if it arrives too slowly, HTTPRequestEntityTooLarge if it is larger than its
    sender may send, HTTPBadRequest if it does not match its headers, ConnectionResetError if its sender has
    left.
    """
    if _BODY in request:
        return request[_BODY]
    is_known = bool(caller_of(request))
    most = LARGEST_BODY if is_known else LARGEST_UNAUTHENTICATED
    length = request.content_length or 0
    if length > most:
        raise web.HTTPRequestEntityTooLarge(max_size=most, actual_size=length)
    try:
        async with asyncio.timeout(BODY_SECONDS if is_known else UNAUTHENTICATED_SECONDS):
            # A chunked body states no length, so it is limited as it is read.
            request[_BODY] = body = await request.clone(client_max_size=most).read()
            return body
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except RuntimeError:
        if request.transport is not None:
            raise
        raise ConnectionResetError("The client has left before its body was read") from None
    except web.RequestPayloadError:
        raise web.HTTPBadRequest from None


@web.middleware
async def limit_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let all unauthenticated clients share one caller's turns, and disconnect them after a refusal.

    Encoded bodies are refused: nothing is decompressed.
    """
    if hdrs.CONTENT_ENCODING in request.headers and _is_encoded(request):
        text = "Send the body as it is, without Content-Encoding"
        answer = detail(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, text)
        answer.force_close()
        return answer
    if not caller_of(request):
        turns = request.app[FAIR_SHARE]
        if not turns.may_start(UNAUTHENTICATED) and not request.app[AUTHENTICATOR].has_cached(request):
            await turns.wait(UNAUTHENTICATED)
        turns.charge(UNAUTHENTICATED, UNAUTHENTICATED_COST)
    response = await handler(request)
    if response.status >= HTTPStatus.BAD_REQUEST and not response.prepared and not caller_of(request):
        response.force_close()
    return response


def _is_encoded(request: web.Request) -> bool:
    named = ",".join(request.headers.getall(hdrs.CONTENT_ENCODING)).split(",")
    return any(name.strip().lower() not in ("identity", "") for name in named)
