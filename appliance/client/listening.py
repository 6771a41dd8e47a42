"""Receive the messages of the bot, and reconnect when the connection is lost."""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from aiohttp import ClientError, ClientWebSocketResponse, WSMsgType

from appliance.client.errors import NoAnswer
from appliance.domain.json_value import JsonObject

log = logging.getLogger(__name__)

LONGEST_PAUSE = 60.0
"""Maximum seconds between two attempts to connect."""


async def messages(
    connect: Callable[[], Awaitable[ClientWebSocketResponse]], types: Sequence[str], pause: float
) -> AsyncIterator[JsonObject]:
    """Yield messages of these types. Raises the errors of `connect`, except NoAnswer once it has worked.

    pause: seconds until a new attempt to connect; doubled with each failure up to a minute, and randomised so
    that many listeners do not reconnect at once.
    """
    socket: ClientWebSocketResponse | None = await connect()
    failures = 0
    while True:
        if socket is not None:
            opened = time.monotonic()
            async for message in _received(socket, types):
                yield message
            wait = _wait(pause, failures)
            failures = 0 if time.monotonic() - opened > wait else failures + 1
            log.warning("The connection to the bot was lost; connecting again")
        await asyncio.sleep(_wait(pause, failures) * random.uniform(0.5, 1))
        try:
            socket = await connect()
        except NoAnswer as error:
            socket = None
            failures += 1
            log.warning("%s Next attempt in about %.0f s", error, _wait(pause, failures))


def _wait(pause: float, failures: int) -> float:
    return min(LONGEST_PAUSE, pause * 2.0 ** min(failures, 16))


async def _received(socket: ClientWebSocketResponse, types: Sequence[str]) -> AsyncIterator[JsonObject]:
    """Subscribe, and yield messages until the connection ends."""
    try:
        await socket.send_json({"type": "subscribe", "data": list(types)})
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                yield frame.json()
    except (ClientError, OSError):
        return
    finally:
        await socket.close()
