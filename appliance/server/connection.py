"""Serve one connection: remember its caller, and limit what it may use."""

import asyncio
import socket
from contextlib import suppress
from typing import Any, Protocol

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestHandler

FIRST_SECONDS = 15.0
"""How long a new connection may take to its first whole request head."""
LARGEST_HEAD = 32 * 1024
"""Bytes that may arrive without completing a request head."""
STUCK_SECONDS = 30.0
"""How long a client may read nothing of an answer."""

UNREAD_BODY, UNREAD_BODY_SECONDS = 16 * 1024, 1.0
"""What is still read of a body that no handler has read, so that well-behaved clients get their answer."""
CALLER_UNREAD_BODY, CALLER_UNREAD_BODY_SECONDS = 2 * 1024 * 1024, 5.0
"""The same from authenticated callers."""
LINGER_SECONDS = 0.3
"""How long a client that is still sending may read its answer before the connection is closed."""


class Slots(Protocol):
    """What a connection uses of `ConnectionSlots`, which counts it."""

    def set_caller(self, connection: "Connection", caller: str) -> None: ...
    def clear_caller(self, connection: "Connection") -> None: ...
    def use(self, connection: "Connection") -> None: ...
    def remove(self, connection: "Connection") -> bool: ...


class Connection(RequestHandler):
    """Handle one connection's requests. `caller`: the credential of the last request, or ""."""

    __slots__ = ("_body", "_slots", "_unread", "address", "caller", "socket")

    def __init__(self, server: web.Server, slots: Slots, address: str, **options: Any) -> None:
        super().__init__(server, **options)
        self._slots = slots
        self._unread = 0
        self._body: Any = None
        self.address = address
        self.caller = ""
        self.socket: socket.socket | None = None  # until the transport has it

    @property
    def is_busy(self) -> bool:
        """Whether a request is in progress."""
        return self._current_request is not None

    def set_caller(self, caller: str) -> None:
        """Remember the credential of the last request."""
        if caller != self.caller:
            self._slots.set_caller(self, caller)

    def clear_caller(self) -> None:
        """Remember that the last request was not authenticated."""
        if self.caller:
            self._slots.clear_caller(self)

    def drop(self) -> None:
        """Close the connection at once, with any request in progress."""
        if self.transport is not None:
            self.transport.abort()
        elif self.socket is not None:  # TLS has not begun
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self._keepalive_handle is not None and self._keepalive_timeout > FIRST_SECONDS:
            self._keepalive_handle.cancel()
            self._next_keepalive_close_time = ends = self._loop.time() + FIRST_SECONDS
            self._keepalive_handle = self._loop.call_at(ends, self._process_keepalive)

    def connection_lost(self, error: BaseException | None) -> None:
        self._slots.remove(self)
        super().connection_lost(error)
        # The reader of a body refers to its connection: without this, each closed connection would be left to
        # the garbage collector, and thousands of them would block the event loop when it runs.
        self._body = None

    def data_received(self, data: bytes) -> None:
        count = self._request_count
        is_body = self._body is not None and not self._body.is_eof()  # also if this is its end
        super().data_received(data)
        if self._request_count != count:
            self._unread = 0
            self._body = self._messages[-1][1] if self._messages else None
            self._cut_traceback()
        elif not self._upgraded and not is_body:
            self._unread += len(data)
            if self._unread > LARGEST_HEAD:
                self.drop()

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send the answer; then read the rest of an unread body, as far as it is small."""
        if resp.keep_alive is False:
            self._message_tail = b""  # what follows a refused upgrade is not parsed as requests
        answered = await super().finish_response(request, resp, start_time)
        self._cut_traceback()
        self._slots.use(self)
        if not request.content.is_eof() and not self._upgraded:
            await self._read_rest(request)
        return answered

    def _cut_traceback(self) -> None:
        """Clear the traceback of a malformed request: it refers to this connection, a reference cycle."""
        error = getattr(self._messages[-1][0], "exc", None) if self._messages else None
        if isinstance(error, Exception):
            error.with_traceback(None)

    async def _read_rest(self, request: web.BaseRequest) -> None:
        most, seconds = (UNREAD_BODY, UNREAD_BODY_SECONDS)
        if self.caller:
            most, seconds = (CALLER_UNREAD_BODY, CALLER_UNREAD_BODY_SECONDS)
        try:
            async with asyncio.timeout(seconds):
                stated = request.content_length
                if stated is not None and stated > most:
                    most = 0
                while most > 0 and not request.content.at_eof() and self.transport is not None:
                    most -= len(await request.content.readany())
        except (TimeoutError, OSError, HttpProcessingError, web.RequestPayloadError):
            pass
        if not request.content.is_eof() and self.transport is not None:
            with suppress(HttpProcessingError, web.RequestPayloadError):
                request.content.read_nowait()  # has the parser go on, maybe to the end of the body and behind
            self.close()  # after this request: what follows could not be answered
            self._pause_transport_reading()  # the parser pauses by itself only for bodies being read
            if self.transport.can_write_eof():
                self.transport.write_eof()
            await asyncio.sleep(LINGER_SECONDS)

    async def _drain_helper(self) -> None:
        """Wait for a slow client, but not for one that reads nothing at all. Raises ConnectionError."""
        try:
            async with asyncio.timeout(STUCK_SECONDS):
                await super()._drain_helper()
        except TimeoutError:
            self.drop()
            raise ConnectionResetError("The client does not read its answer") from None


def remember_caller(request: web.BaseRequest, caller: str) -> None:
    """Remember the credential of the connection's last request."""
    if isinstance(request.protocol, Connection):
        request.protocol.set_caller(caller)


def forget_caller(request: web.BaseRequest) -> None:
    """Remember that the connection's last request was not authenticated."""
    if isinstance(request.protocol, Connection):
        request.protocol.clear_caller()


def caller_of(request: web.BaseRequest) -> str:
    """Return the credential of the connection's last request; "" if it was not authenticated."""
    return request.protocol.caller if isinstance(request.protocol, Connection) else ""
