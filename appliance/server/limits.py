"""Bound what a request may take: bytes of its body, and the time to send it.

The time for its head is the connection's (`listen.py`).
"""

import asyncio

from aiohttp import web

LARGEST_BODY = 1024 * 1024
"""Bytes of the largest request body that is read."""
BODY_SECONDS = 20.0
"""How long a body may take to arrive: 1 MiB over a line of 0.5 Mbit/s."""


async def body_of(request: web.Request) -> bytes:
    """Return the request's body.

    Raises HTTPRequestTimeout for one that trickles, HTTPRequestEntityTooLarge, or HTTPBadRequest for one that
    is not written as its head says.
    """
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except web.RequestPayloadError:
        raise web.HTTPBadRequest from None
