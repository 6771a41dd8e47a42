"""Hold one open websocket: what it asked for, and what it has still to get."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import ClientConnectionError, WSCloseCode, WSMsgType, web

from appliance.domain.message import MessageType

log = logging.getLogger(__name__)

MOST_WAITING = 1000
"""Messages that may wait for a slow reader before it is cut off."""
_CLOSE_SECONDS = 1.0


class NotUnderstood(Exception):
    """Say that what a client sent is not even JSON."""


class Subscriber:
    """Send in order what is given, at the reader's pace, without anybody else waiting for it.

    `is_welcome` is asked before anything is handed out: a token may be revoked while its socket is open.
    """

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        name: str,
        is_welcome: Callable[[], bool],
    ) -> None:
        self.topics: frozenset[MessageType] = frozenset()
        self._socket = socket
        self._transport = transport
        self._name = name
        self._is_welcome = is_welcome
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue(MOST_WAITING)
        self._closing: asyncio.Task[None] | None = None

    def give(self, body: bytes) -> None:
        """Queue an encoded message; who lets too many wait, or is welcome no longer, is cut off."""
        if not self._is_welcome():
            self._cut_off(WSCloseCode.POLICY_VIOLATION, "Your token is valid no longer")
            return
        try:
            self._waiting.put_nowait(body)
        except asyncio.QueueFull:
            self._cut_off(WSCloseCode.TRY_AGAIN_LATER, "You read too slowly")

    async def reply(self, body: bytes) -> None:
        """Queue an answer, waiting for room: who asks much waits for it."""
        if not self._is_welcome():
            self._cut_off(WSCloseCode.POLICY_VIOLATION, "Your token is valid no longer")
            return
        await self._waiting.put(body)

    async def converse(self, answer: Callable[[bytes], Awaitable[Any]]) -> None:
        """Read requests and send what is queued until either side closes."""
        writing = asyncio.create_task(self._write())
        try:
            async for message in self._socket:
                if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    continue
                content = message.data
                await answer(content.encode() if isinstance(content, str) else content)
        except NotUnderstood:
            await self._socket.close(code=WSCloseCode.OK, message=b"This is not JSON")
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

    async def close(self, code: int, why: str) -> None:
        """Close with `code`; a reader that does not answer within a second is dropped."""
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._socket.close(code=code, message=why.encode())
        except TimeoutError:
            if self._transport is not None:
                self._transport.abort()

    def _cut_off(self, code: int, why: str) -> None:
        if self._closing is None:
            log.warning("%s is cut off: %s", self._name, why)
            self._closing = asyncio.create_task(self.close(code, why))

    async def _write(self) -> None:
        try:
            while True:
                await self._socket.send_frame(await self._waiting.get(), WSMsgType.TEXT)
        except ClientConnectionError:  # the reader has gone; reading ends by itself
            return
