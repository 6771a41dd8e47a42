"""Hold one open websocket: its subscription, and the messages queued for it."""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from aiohttp import WSCloseCode, WSMsgType, web
from aiohttp.abc import AbstractStreamWriter

from appliance.server.websocket.replay_buffer import Subscription

log = logging.getLogger(__name__)

MOST_WAITING_BYTES = 2 * 1024 * 1024
"""Bytes queued for a slow client before it is disconnected."""
TRANSPORT_BYTES = 64 * 1024
"""Bytes that the transport may buffer; the rest is queued here, as bytes shared with other subscribers."""
CLOSE_SECONDS = 10.0
"""How long a client that is disconnected may take to close."""


class MalformedRequest(Exception):
    """Say that a request is not JSON."""


class OpenSocket(NamedTuple):
    """Hold a websocket that was accepted, with what writes to it."""

    socket: web.WebSocketResponse
    writer: AbstractStreamWriter
    transport: asyncio.Transport


class Subscriber:
    """Send frames in order, at the client's pace, without delaying other clients.

    Frames are built once for all (`frames.py`) and written to the transport as they are. `is_valid` is
    called before anything is sent: a token may be revoked while its socket is open. `resume` is the position
    from which a client resumes; None if it did not ask for numbered messages.
    """

    def __init__(
        self,
        opened: OpenSocket,
        name: str,
        is_valid: Callable[[], bool],
        resume: str | None = None,
    ) -> None:
        self.resume = resume
        # With a smaller window than usual, a client could not inflate the shared frames; it gets plain ones.
        self.subscription = Subscription(numbered=resume is not None, deflated=opened.socket.compress == 15)
        self._socket = opened.socket
        self._writer = opened.writer
        self._transport = opened.transport
        self._name = name
        self._is_valid = is_valid
        self._queue: deque[bytes] = deque()
        self.waiting_bytes = 0
        self._catching_up: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    def send(self, frames: bytes) -> None:
        """Send whole frames, now or when the client has read earlier ones; never waits.

        A client that is too slow, or whose token is no longer valid, is disconnected.
        """
        if not self._may_send():
            return
        if self._catching_up is None and self._transport.get_write_buffer_size() < TRANSPORT_BYTES:
            self._transport.write(frames)
        elif self.waiting_bytes + len(frames) > MOST_WAITING_BYTES:
            self._disconnect(WSCloseCode.TRY_AGAIN_LATER, "You read too slowly")
        else:
            self._queue.append(frames)
            self.waiting_bytes += len(frames)
            if self._catching_up is None:
                self._catching_up = asyncio.create_task(self._catch_up())

    async def reply(self, frame: bytes) -> None:
        """Send an answer after all queued frames; waits for the client to read them."""
        while self._catching_up is not None:
            await asyncio.shield(self._catching_up)
        await self._writer.drain()
        if self._may_send():
            self._transport.write(frame)

    async def serve_requests(self, answer: Callable[[bytes], Awaitable[Any]]) -> None:
        """Read requests and have them answered until either side closes."""
        try:
            async for message in self._socket:
                if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    continue
                content = message.data
                await answer(content.encode() if isinstance(content, str) else content)
        except MalformedRequest:
            await self._socket.close(code=WSCloseCode.OK, message=b"This is not JSON")
        except ConnectionError:  # the client disconnected during an answer
            return
        finally:
            await self._leave()

    async def close(self, code: int, reason: str, seconds: float = 1.0) -> None:
        """Close with `code`; a client that does not answer within `seconds` is dropped."""
        try:
            async with asyncio.timeout(seconds):
                await self._socket.close(code=code, message=reason.encode())
        except TimeoutError:
            self._transport.abort()

    def _may_send(self) -> bool:
        if self._closing is not None or self._transport.is_closing() or self._socket.closed:
            return False
        if not self._is_valid():
            self._disconnect(WSCloseCode.POLICY_VIOLATION, "Your token is valid no longer")
            return False
        return True

    def _disconnect(self, code: int, reason: str) -> None:
        log.warning("%s is disconnected: %s", self._name, reason)
        self._clear_queue()
        self._closing = asyncio.create_task(self.close(code, reason, CLOSE_SECONDS))

    def _clear_queue(self) -> None:
        self._queue.clear()
        self.waiting_bytes = 0

    async def _catch_up(self) -> None:
        """Send what is queued, as fast as the client reads."""
        with contextlib.suppress(ConnectionError):  # the client disconnected; reading ends by itself
            while self._queue:
                await self._writer.drain()
                if self._queue and not self._transport.is_closing():
                    frames = self._queue.popleft()
                    self.waiting_bytes -= len(frames)
                    self._transport.write(frames)
                else:
                    self._clear_queue()
        self._catching_up = None

    async def _leave(self) -> None:
        """Send what the transport still buffers, for a limited time."""
        self._clear_queue()
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
