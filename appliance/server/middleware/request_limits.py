"""Bound what a request may take: bytes of its body, the time to send it, what is done for strangers.

The time for its head is the connection's (`connection.py`).
"""

import asyncio
from http import HTTPStatus

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from appliance.server.auth.authenticator import AUTHENTICATOR
from appliance.server.connection import caller_of
from appliance.server.errors import detail
from appliance.server.middleware.fair_share import FAIR_SHARE, OF_STRANGERS, STRANGERS

LARGEST_BODY = 1024 * 1024
"""Bytes of the largest body that is read from those who are let in."""
LARGEST_OF_STRANGERS = 4 * 1024
"""Bytes of the largest body that is read before it is known who asks: a login."""
BODY_SECONDS, STRANGERS_SECONDS = 20.0, 5.0
"""How long a body may take to arrive: 1 MiB over a line of 0.5 Mbit/s, and a login."""


async def body_of(request: web.Request) -> bytes:
    """Return the request's body.

    Raises HTTPRequestTimeout for one that trickles, HTTPRequestEntityTooLarge for one that is larger than its
    sender may send, or HTTPBadRequest for one that is not written as its head says.
    """
    known = caller_of(request)
    most, seconds = (LARGEST_BODY, BODY_SECONDS) if known else (LARGEST_OF_STRANGERS, STRANGERS_SECONDS)
    length = request.content_length or 0
    if length > most:
        raise web.HTTPRequestEntityTooLarge(max_size=most, actual_size=length)
    request._client_max_size = most  # of chunks nobody says beforehand how many come
    try:
        async with asyncio.timeout(seconds):
            return await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except web.RequestPayloadError:
        raise web.HTTPBadRequest from None


@web.middleware
async def bounded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let strangers share one caller's turns, and part with those who are refused; inflate nobody's body."""
    if hdrs.CONTENT_ENCODING in request.headers and _is_encoded(request):
        text = "Send the body as it is, without Content-Encoding"
        answer = detail(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, text)
        answer.force_close()
        return answer
    if not caller_of(request):
        turns = request.app[FAIR_SHARE]
        if not turns.is_free(STRANGERS) and not request.app[AUTHENTICATOR].remembers(request):
            await turns.wait(STRANGERS)
        turns.took(STRANGERS, OF_STRANGERS)
    response = await handler(request)
    if response.status >= HTTPStatus.BAD_REQUEST and not response.prepared and not caller_of(request):
        response.force_close()
    return response


def _is_encoded(request: web.Request) -> bool:
    named = ",".join(request.headers.getall(hdrs.CONTENT_ENCODING)).split(",")
    return any(one.strip().lower() not in ("identity", "") for one in named)
