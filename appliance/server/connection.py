"""Serve one connection: know whose it is, and bound what can be had of it."""

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
"""Bytes that may come in without a request head being whole."""
STUCK_SECONDS = 30.0
"""How long a reader may take nothing of an answer."""

SMALL_REST, REST_SECONDS = 16 * 1024, 1.0
"""What is still taken in of a body that nobody reads: so honest clients get to their answer."""
KNOWN_REST, KNOWN_REST_SECONDS = 2 * 1024 * 1024, 5.0
"""The same from callers that are known."""
PARTING_SECONDS = 0.3
"""How long a client that has more to send than is taken may read its answer before the line is cut."""


class Seats(Protocol):
    """What a connection asks of those who count them."""

    def know(self, connection: "Connection", caller: str) -> None: ...
    def forget_caller(self, connection: "Connection") -> None: ...
    def used(self, connection: "Connection") -> None: ...
    def leave(self, connection: "Connection") -> bool: ...


class Connection(RequestHandler):
    """Handle one connection's requests. `caller` stands for who was let in on it last; "" for strangers."""

    __slots__ = ("_body", "_seats", "_unread", "address", "caller", "socket")

    def __init__(self, server: web.Server, seats: Seats, address: str, **options: Any) -> None:
        super().__init__(server, **options)
        self._seats = seats
        self._unread = 0
        self._body: Any = None
        self.address = address
        self.caller = ""
        self.socket: socket.socket | None = None  # until the transport has it

    @property
    def is_busy(self) -> bool:
        """Whether a request is being worked on."""
        return self._current_request is not None

    def know(self, caller: str) -> None:
        """Remember that this connection's last request was `caller`'s, by his credential."""
        if caller != self.caller:
            self._seats.know(self, caller)

    def is_strange(self) -> None:
        """Remember that its last request showed nothing that lets anybody in."""
        if self.caller:
            self._seats.forget_caller(self)

    def drop(self) -> None:
        """End the connection at once, with whatever is under way."""
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
        self._seats.leave(self)
        super().connection_lost(error)
        # The reader of a body knows its connection: without this, each one that ends waits for the next
        # search for garbage, and thousands of them hold up the event loop when it comes.
        self._body = None

    def data_received(self, data: bytes) -> None:
        count = self._request_count
        is_body = self._body is not None and not self._body.is_eof()  # also where this is the last of it
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
        """Send the answer; what is left of a body that nobody reads is taken in as far as it is small."""
        if resp.keep_alive is False:
            self._message_tail = b""  # what follows a refused upgrade is not read as requests any more
        answered = await super().finish_response(request, resp, start_time)
        self._cut_traceback()
        self._seats.used(self)
        if not request.content.is_eof() and not self._upgraded:
            await self._part(request)
        return answered

    def _cut_traceback(self) -> None:
        """Forget where what was no request failed to be read: it leads back here, one more cycle."""
        error = getattr(self._messages[-1][0], "exc", None) if self._messages else None
        if isinstance(error, Exception):
            error.with_traceback(None)

    async def _part(self, request: web.BaseRequest) -> None:
        most, seconds = (KNOWN_REST, KNOWN_REST_SECONDS) if self.caller else (SMALL_REST, REST_SECONDS)
        try:
            async with asyncio.timeout(seconds):
                announced = request.content_length
                while (announced is None or announced <= most) and most > 0 and not request.content.at_eof():
                    most -= len(await request.content.readany())
        except (TimeoutError, OSError, HttpProcessingError, web.RequestPayloadError):
            pass
        if not request.content.is_eof() and self.transport is not None:
            with suppress(HttpProcessingError, web.RequestPayloadError):
                request.content.read_nowait()
            self._pause_transport_reading()  # the parser has a pause of its own, for bodies coming in
            if self.transport.can_write_eof():
                self.transport.write_eof()
            await asyncio.sleep(PARTING_SECONDS)

    async def _drain_helper(self) -> None:
        """Wait for a slow reader, but not for one that reads nothing at all. Raises ConnectionError."""
        try:
            async with asyncio.timeout(STUCK_SECONDS):
                await super()._drain_helper()
        except TimeoutError:
            self.drop()
            raise ConnectionResetError("The client does not read its answer") from None


def know_caller(request: web.BaseRequest, caller: str) -> None:
    """Remember whose connection this is, by the credential he showed."""
    if isinstance(request.protocol, Connection):
        request.protocol.know(caller)


def forget_caller(request: web.BaseRequest) -> None:
    """Remember that the connection's last request let nobody in."""
    if isinstance(request.protocol, Connection):
        request.protocol.is_strange()


def caller_of(request: web.BaseRequest) -> str:
    """Return the credential that this connection's last request showed; "" for strangers."""
    return request.protocol.caller if isinstance(request.protocol, Connection) else ""
