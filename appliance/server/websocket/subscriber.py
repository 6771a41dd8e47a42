"""Hold one open websocket: what it asked for, and what it has still to get."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web
from aiohttp.abc import AbstractStreamWriter

from appliance.server.websocket.replay_buffer import Wish

log = logging.getLogger(__name__)

MOST_WAITING_BYTES = 2 * 1024 * 1024
"""What may wait for a slow reader before it is cut off."""
ROOM = 64 * 1024
"""Bytes that the connection itself may hold; what comes then waits here, shared with all who wait for it."""
CLOSE_SECONDS = 10.0
"""How long a reader may take to hear that it was cut off."""


class NotUnderstood(Exception):
    """Say that what a client sent is not even JSON."""


class Subscriber:
    """Send in order what is given, at the reader's pace, without anybody else waiting for it.

    Frames are made once for all (`frames.py`), so they go to the transport as they are. `is_welcome` is asked
    before anything is handed out: a token may be revoked while its socket is open. `resume` is the position
    from which a client that came back wants to hear; None from one that did not ask for numbers.
    """

    def __init__(
        self,
        socket: web.WebSocketResponse,
        writer: AbstractStreamWriter,
        transport: asyncio.Transport,
        name: str,
        is_welcome: Callable[[], bool],
        resume: str | None = None,
    ) -> None:
        self.resume = resume
        # Smaller windows than the usual could not read what is deflated once for all; they get it plain.
        self.wish = Wish(numbered=resume is not None, deflated=socket.compress == 15)
        self._socket = socket
        self._writer = writer
        self._transport = transport
        self._name = name
        self._is_welcome = is_welcome
        self._waiting: deque[bytes] = deque()
        self.waiting_bytes = 0
        self._catching_up: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    def give(self, frames: bytes) -> None:
        """Send whole frames, now or when there is room; never waits.

        Who lets too many wait, or is welcome no longer, is cut off.
        """
        if not self._may_get():
            return
        if self._catching_up is None and self._transport.get_write_buffer_size() < ROOM:
            self._transport.write(frames)
        elif self.waiting_bytes + len(frames) > MOST_WAITING_BYTES:
            self._cut_off(WSCloseCode.TRY_AGAIN_LATER, "You read too slowly")
        else:
            self._waiting.append(frames)
            self.waiting_bytes += len(frames)
            if self._catching_up is None:
                self._catching_up = asyncio.create_task(self._catch_up())

    async def reply(self, frame: bytes) -> None:
        """Send an answer once there is room: who asks much waits for it."""
        while self._catching_up is not None:
            await asyncio.shield(self._catching_up)
        await self._writer.drain()
        if self._may_get():
            self._transport.write(frame)

    async def converse(self, answer: Callable[[bytes], Awaitable[Any]]) -> None:
        """Read requests and have them answered until either side closes."""
        try:
            async for message in self._socket:
                if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    continue
                content = message.data
                await answer(content.encode() if isinstance(content, str) else content)
        except NotUnderstood:
            await self._socket.close(code=WSCloseCode.OK, message=b"This is not JSON")
        except ConnectionError:  # the reader has gone in the middle of an answer
            return
        finally:
            await self._leave()

    async def close(self, code: int, why: str, patience: float = 1.0) -> None:
        """Close with `code`; a reader that does not answer within `patience` seconds is dropped."""
        try:
            async with asyncio.timeout(patience):
                await self._socket.close(code=code, message=why.encode())
        except TimeoutError:
            self._transport.abort()

    def _may_get(self) -> bool:
        if self._closing is not None or self._transport.is_closing() or self._socket.closed:
            return False
        if not self._is_welcome():
            self._cut_off(WSCloseCode.POLICY_VIOLATION, "Your token is valid no longer")
            return False
        return True

    def _cut_off(self, code: int, why: str) -> None:
        log.warning("%s is cut off: %s", self._name, why)
        self._forget_waiting()
        self._closing = asyncio.create_task(self.close(code, why, CLOSE_SECONDS))

    def _forget_waiting(self) -> None:
        self._waiting.clear()
        self.waiting_bytes = 0

    async def _catch_up(self) -> None:
        """Send what waits, piece by piece as the connection takes it."""
        with contextlib.suppress(ConnectionError):  # the reader has gone; reading ends by itself
            while self._waiting:
                await self._writer.drain()
                if self._waiting and not self._transport.is_closing():
                    frames = self._waiting.popleft()
                    self.waiting_bytes -= len(frames)
                    self._transport.write(frames)
                else:
                    self._forget_waiting()
        self._catching_up = None

    async def _leave(self) -> None:
        """Let the reader hear the end, but not hold on to what it does not read."""
        self._forget_waiting()
        if self._closing is not None:
            await asyncio.gather(self._closing, return_exceptions=True)
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._writer.drain()
        except TimeoutError:
            self._transport.abort()
        except ConnectionError:
            pass
        if self._catching_up is not None:
            self._catching_up.cancel()
