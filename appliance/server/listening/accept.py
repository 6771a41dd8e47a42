"""Accept connections a few at a time, so that a flood of them leaves the event loop to others."""

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
from appliance.server.listening.seats import Arrival, Seats

log = logging.getLogger(__name__)

AT_ONCE, SPEAKING_AT_ONCE = 16, 6
"""Connections that are accepted, and that are served from now on, in one round of the event loop."""
BACKLOG = 2048
"""Connections that may wait to be accepted."""
HANDSHAKE_SECONDS, GOODBYE_SECONDS = 10.0, 5.0
"""How long TLS may take to begin, and to end."""
PAUSE_SECONDS = 0.2
"""How long accepting rests when the process or the machine has no descriptor left."""
TOLD_SECONDS = 60.0
UNREAD_MS = 60_000
"""How long the system keeps sending what nobody takes in."""

LEAST_WAIT = 0.05

Make = Callable[[str], Connection]

_SHORT_OF = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


async def bound_sockets(host: str, port: int) -> list[socket.socket]:
    """Return listening sockets for every address of `host`. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    sockets: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            one = socket.socket(family, kind, protocol)
            sockets.append(one)
            one.setblocking(False)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind(address)
            one.listen(BACKLOG)
    except OSError:
        for one in sockets:
            one.close()
        raise
    return sockets


class Accepting:
    """Stand where aiohttp expects a server: `sockets`, and `close()`.

    Who connects and says nothing within `patience` seconds costs a descriptor, and little else.
    """

    def __init__(
        self,
        sockets: Sequence[socket.socket],
        make: Make,
        seats: Seats,
        context: ssl.SSLContext | None,
        patience: float,
    ) -> None:
        self.sockets = list(sockets)
        self._make = make
        self._seats = seats
        self._context = context
        self._patience = patience
        self._speaking = 0
        self._sweeping: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._opening: set[asyncio.Task[None]] = set()
        self._told_at = -TOLD_SECONDS
        for one in self.sockets:
            self._loop.add_reader(one, self._accept, one)

    def close(self) -> None:
        """Accept no more."""
        for one in self.sockets:
            self._loop.remove_reader(one)
            one.close()
        self.sockets = []
        if self._sweeping is not None:
            self._sweeping.cancel()
        self._seats.drop_silent(math.inf)
        for task in self._opening:
            task.cancel()

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(AT_ONCE):
            try:
                accepted, address = listening.accept()
            except (BlockingIOError, InterruptedError):
                return
            except ConnectionError:  # it has gone already
                continue
            except OSError as error:
                if error.errno not in _SHORT_OF:
                    log.exception("A connection could not be accepted")
                self._rest(listening, error)
                return
            self._open(accepted, str(address[0]))

    def _open(self, accepted: socket.socket, address: str) -> None:
        accepted.setblocking(False)
        with suppress(OSError, AttributeError):  # not every system knows it
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MS)
        arrival = Arrival(accepted, origin(address), self._loop)
        self._seats.arrive(arrival)
        self._loop.add_reader(accepted, self._speaks, arrival)
        if self._sweeping is None:
            self._sweeping = self._loop.call_later(self._patience, self._sweep)

    def _speaks(self, arrival: Arrival) -> None:
        """Make a connection of what has something to say."""
        if self._speaking >= SPEAKING_AT_ONCE:  # it is still readable in the next round
            return
        if not self._speaking:
            self._loop.call_soon(self._begin_round)
        self._speaking += 1
        self._loop.remove_reader(arrival.socket)
        self._seats.silent.remove(arrival)
        connection = self._make(arrival.address)
        connection.socket = arrival.socket
        self._seats.speak(connection)
        task = self._loop.create_task(self._begin(arrival.socket, connection))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    def _begin_round(self) -> None:
        self._speaking = 0

    def _sweep(self) -> None:
        """Drop those that have said nothing for too long."""
        self._sweeping = None
        oldest = self._seats.drop_silent(time.monotonic() - self._patience)
        if oldest is not None:
            wait = max(oldest + self._patience - time.monotonic(), LEAST_WAIT)
            self._sweeping = self._loop.call_later(wait, self._sweep)

    async def _begin(self, accepted: socket.socket, connection: Connection) -> None:
        context = self._context
        try:
            await self._loop.connect_accepted_socket(
                lambda: connection,
                accepted,
                ssl=context,
                ssl_handshake_timeout=HANDSHAKE_SECONDS if context else None,
                ssl_shutdown_timeout=GOODBYE_SECONDS if context else None,
            )
        except (OSError, asyncio.CancelledError):  # it has gone, does not speak TLS, or we are closing
            self._seats.leave(connection)
            with suppress(OSError):
                accepted.close()
        finally:
            connection.socket = None

    def _rest(self, listening: socket.socket, error: OSError) -> None:
        """Accept nothing for a moment: without a descriptor, trying again at once would be all we do."""
        self._seats.make_room()
        now = time.monotonic()
        if now - self._told_at >= TOLD_SECONDS:
            self._told_at = now
            log.warning("No more connections can be accepted for now: %s", error.strerror)
        self._loop.remove_reader(listening)
        self._loop.call_later(PAUSE_SECONDS, self._go_on, listening)

    def _go_on(self, listening: socket.socket) -> None:
        if listening in self.sockets:
            self._loop.add_reader(listening, self._accept, listening)


class Site(web.BaseSite):
    """Serve on sockets that are bound already."""

    def __init__(self, runner: web.BaseRunner, accepting: Accepting, name: str) -> None:
        super().__init__(runner)
        self._accepting = accepting
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    async def start(self) -> None:
        await super().start()
        self._server = self._accepting  # type: ignore[assignment]
