"""Accept connections a few at a time, so that a flood of them does not block the event loop."""

import asyncio
import errno
import logging
import math
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from aiohttp import web

from appliance.server.auth.throttle import origin
from appliance.server.connection import Connection
from appliance.server.listening.connection_slots import ConnectionSlots, SilentConnection

log = logging.getLogger(__name__)

AT_ONCE, OPENED_AT_ONCE = 16, 6
"""Connections that are accepted, and that are opened, in one round of the event loop."""
BACKLOG = 2048
"""Connections that may wait to be accepted."""
HANDSHAKE_SECONDS, TLS_SHUTDOWN_SECONDS = 10.0, 5.0
"""How long TLS may take to begin, and to end."""
PAUSE_SECONDS = 0.2
"""How long accepting pauses when the process or the machine has no descriptor left."""
LOG_SECONDS = 60.0
"""The lack of descriptors is logged at most this often."""
UNREAD_MS = 60_000
"""How long the system retries sending to a client that acknowledges nothing."""

LEAST_WAIT = 0.05
"""Seconds between two looks for silent connections at least."""

MakeConnection = Callable[[str], Connection]
"""Makes the connection for a client address."""

_OUT_OF_RESOURCES = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


async def bound_sockets(host: str, port: int) -> list[socket.socket]:
    """Return listening sockets for every address of `host`. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    sockets: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            listening = socket.socket(family, kind, protocol)
            sockets.append(listening)
            listening.setblocking(False)
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listening.bind(address)
            listening.listen(BACKLOG)
    except OSError:
        for listening in sockets:
            listening.close()
        raise
    return sockets


class Acceptor:
    """Accept connections in place of an asyncio server: aiohttp uses `sockets` and `close()`.

    A client that connects and sends nothing within `timeout` seconds costs a descriptor, and little else.
    """

    def __init__(
        self,
        sockets: Sequence[socket.socket],
        slots: ConnectionSlots,
        make: MakeConnection,
        context: ssl.SSLContext | None,
        timeout: float,
    ) -> None:
        self.sockets = list(sockets)
        self._make = make
        self._slots = slots
        self._context = context
        self._timeout = timeout
        self._opened = 0
        self._sweeping: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._opening: set[asyncio.Task[None]] = set()
        self._logged_at = -LOG_SECONDS
        for listening in self.sockets:
            self._loop.add_reader(listening, self._accept, listening)

    def close(self) -> None:
        """Stop accepting."""
        for listening in self.sockets:
            self._loop.remove_reader(listening)
            listening.close()
        self.sockets = []
        if self._sweeping is not None:
            self._sweeping.cancel()
        self._slots.drop_silent(math.inf)
        for task in self._opening:
            task.cancel()

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(AT_ONCE):
            try:
                accepted, address = listening.accept()
            except (BlockingIOError, InterruptedError):
                return
            except ConnectionError:  # the client has disconnected already
                continue
            except OSError as error:
                if error.errno not in _OUT_OF_RESOURCES:
                    log.exception("Accepting a connection failed")
                self._pause(listening, error)
                return
            self._add(accepted, str(address[0]))

    def _add(self, accepted: socket.socket, address: str) -> None:
        accepted.setblocking(False)
        with suppress(OSError, AttributeError):  # not every system has it
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MS)
        silent = SilentConnection(accepted, origin(address), self._loop)
        self._slots.add_silent(silent)
        self._loop.add_reader(accepted, self._open, silent)
        if self._sweeping is None:
            self._sweeping = self._loop.call_later(self._timeout, self._sweep)

    def _open(self, silent: SilentConnection) -> None:
        """Open a connection whose client has sent its first bytes."""
        if self._opened >= OPENED_AT_ONCE:  # it is still readable in the next round
            return
        if not self._opened:
            self._loop.call_soon(self._begin_round)
        self._opened += 1
        self._loop.remove_reader(silent.socket)
        self._slots.silent.remove(silent)
        connection = self._make(silent.address)
        connection.socket = silent.socket
        self._slots.add(connection)
        task = self._loop.create_task(self._begin(silent.socket, connection))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    def _begin_round(self) -> None:
        self._opened = 0

    def _sweep(self) -> None:
        """Drop connections that have sent nothing for too long."""
        self._sweeping = None
        oldest = self._slots.drop_silent(time.monotonic() - self._timeout)
        if oldest is not None:
            wait = max(oldest + self._timeout - time.monotonic(), LEAST_WAIT)
            self._sweeping = self._loop.call_later(wait, self._sweep)

    async def _begin(self, accepted: socket.socket, connection: Connection) -> None:
        context = self._context
        try:
            await self._loop.connect_accepted_socket(
                lambda: connection,
                accepted,
                ssl=context,
                ssl_handshake_timeout=HANDSHAKE_SECONDS if context else None,
                ssl_shutdown_timeout=TLS_SHUTDOWN_SECONDS if context else None,
            )
        except (
            OSError,
            asyncio.CancelledError,
        ):  # it has disconnected, does not speak TLS, or the server closes
            self._slots.remove(connection)
            with suppress(OSError):
                accepted.close()
        finally:
            connection.socket = None

    def _pause(self, listening: socket.socket, error: OSError) -> None:
        """Accept nothing for a moment: without a free descriptor, retrying at once would be a busy loop."""
        self._slots.drop_one()
        now = time.monotonic()
        if now - self._logged_at >= LOG_SECONDS:
            self._logged_at = now
            log.warning("Accepting connections pauses: %s", error.strerror)
        self._loop.remove_reader(listening)
        self._loop.call_later(PAUSE_SECONDS, self._resume, listening)

    def _resume(self, listening: socket.socket) -> None:
        if listening in self.sockets:
            self._loop.add_reader(listening, self._accept, listening)


class Site(web.BaseSite):
    """Serve on the sockets of an acceptor."""

    def __init__(self, runner: web.BaseRunner, acceptor: Acceptor, name: str) -> None:
        super().__init__(runner)
        self._acceptor = acceptor
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    async def start(self) -> None:
        await super().start()
        self._server = self._acceptor  # type: ignore[assignment]
