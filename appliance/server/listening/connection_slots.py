"""Count the connections: unauthenticated ones get few slots, callers most of the rest, and none gets all.

If unauthenticated connections are too many, the one idle longest is dropped, not the newest: so a login
succeeds during a flood. Some file descriptors (for orders, the database) are reserved for the bot.
"""

import asyncio
import logging
import resource
import socket
import time
from collections import Counter, OrderedDict
from typing import Generic, TypeVar

import msgspec
from aiohttp import web

from appliance.server.connection import Connection

log = logging.getLogger(__name__)

FOR_THE_BOT = 256
"""File descriptors reserved for the exchange, the database and the log."""
MOST_SILENT, MOST_UNAUTHENTICATED, MOST_AUTHENTICATED = 4096, 512, 8192
SHARE = 0.75
"""The share of the slots that one address, or one caller, may take."""
LOG_SECONDS = 60.0
"""Dropped connections are logged at most this often."""


class SlotLimits(msgspec.Struct, frozen=True):
    """Limit the connections that have sent nothing, that are not authenticated, and that are."""

    silent: int
    unauthenticated: int
    authenticated: int


def slot_limits_for(descriptors: int) -> SlotLimits:
    """Return the limits for a process that may open that many file descriptors."""
    free = descriptors - min(FOR_THE_BOT, descriptors // 2)
    unauthenticated = max(4, min(MOST_UNAUTHENTICATED, free // 4))
    silent = max(4, min(MOST_SILENT, free // 4))
    return SlotLimits(
        silent, unauthenticated, max(4, min(MOST_AUTHENTICATED, free - unauthenticated - silent))
    )


def slot_limits() -> SlotLimits:
    """Return the limits for this process."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return slot_limits_for(soft if soft != resource.RLIM_INFINITY else 65_536)


class SilentConnection:
    """Hold a connection that has sent nothing yet: its socket and as little else as possible."""

    __slots__ = ("_loop", "accepted_at", "address", "socket")
    is_busy = False

    def __init__(self, accepted: socket.socket, address: str, loop: asyncio.AbstractEventLoop) -> None:
        self.socket = accepted
        self.address = address
        self.accepted_at = time.monotonic()
        self._loop = loop

    def drop(self) -> None:
        """Close it at once."""
        self._loop.remove_reader(self.socket)
        self.socket.close()


Slotted = TypeVar("Slotted", Connection, SilentConnection)


class SlotPool(Generic[Slotted]):
    """Hold connections of one kind, those idle longest first. `share` limits those of one address."""

    def __init__(self, slots: int, share: float = SHARE) -> None:
        self.slots = slots
        self._most_of_one = slots * share
        self._connections: OrderedDict[Slotted, None] = OrderedDict()
        self._of_address: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._connections)

    def add(self, connection: Slotted) -> Slotted | None:
        """Add a connection; return the one to drop for it: one of its own address if that has its share."""
        self._of_address[connection.address] += 1
        surplus = None
        if self._of_address[connection.address] > self._most_of_one:
            surplus = self.longest_idle(connection.address)
        elif len(self._connections) >= self.slots:
            surplus = self.longest_idle()
        self._connections[connection] = None
        return surplus

    def longest_idle(self, address: str | None = None) -> Slotted | None:
        """Return the connection idle longest, of that address if given; if all are busy, the first one."""
        first = None
        for connection in self._connections:
            if address is None or connection.address == address:
                if not connection.is_busy:
                    return connection
                first = first or connection
        return first

    def first(self) -> Slotted | None:
        return next(iter(self._connections), None)

    def use(self, connection: Slotted) -> None:
        """Note that a connection was just used."""
        if connection in self._connections:
            self._connections.move_to_end(connection)

    def remove(self, connection: Slotted) -> bool:
        """Remove a connection; return whether it was there."""
        if connection not in self._connections:
            return False
        del self._connections[connection]
        self._of_address[connection.address] -= 1
        if not self._of_address[connection.address]:
            del self._of_address[connection.address]
        return True


class ConnectionSlots:
    """Hold every connection, and drop those beyond the limits."""

    def __init__(self, limits: SlotLimits) -> None:
        self._limits = limits
        self.silent: SlotPool[SilentConnection] = SlotPool(limits.silent)
        self.unauthenticated: SlotPool[Connection] = SlotPool(limits.unauthenticated)
        self._of_caller: dict[str, SlotPool[Connection]] = {}
        self._authenticated = 0
        self._dropped = 0
        self._logged_at = -LOG_SECONDS

    def __len__(self) -> int:
        return len(self.silent) + len(self.unauthenticated) + self._authenticated

    def add_silent(self, connection: SilentConnection) -> None:
        """Add a connection that has sent nothing; drop another of these if they are too many."""
        self._drop(self.silent.add(connection))

    def add(self, connection: Connection) -> None:
        """Add a connection that has sent its first bytes; drop another unauthenticated one if too many."""
        self._drop(self.unauthenticated.add(connection))

    def drop_one(self) -> None:
        """Drop one connection: the process has run out of descriptors."""
        self._drop(self.silent.longest_idle() or self.unauthenticated.longest_idle())

    def drop_silent(self, before: float) -> float | None:
        """Drop the silent connections accepted until that moment; return when the next was accepted."""
        while (first := self.silent.first()) is not None and first.accepted_at <= before:
            self.silent.remove(first)
            first.drop()
        return first.accepted_at if first is not None else None

    def set_caller(self, connection: Connection, caller: str) -> None:
        """Move a connection to the slots of its caller, of which each has a share."""
        if not self.remove(connection):
            return
        own = self._of_caller.get(caller)
        if own is None:
            own = self._of_caller[caller] = SlotPool(int(self._limits.authenticated * SHARE), share=1.0)
        surplus = own.add(connection)
        if surplus is None and self._authenticated >= self._limits.authenticated:
            surplus = max(self._of_caller.values(), key=len).longest_idle()
        connection.caller = caller
        self._authenticated += 1
        self._drop(surplus)

    def clear_caller(self, connection: Connection) -> None:
        """Move a connection back to the unauthenticated ones."""
        if self.remove(connection):
            connection.caller = ""
            self.add(connection)

    def use(self, connection: Connection) -> None:
        """Note that a connection was just used."""
        pool = self._of_caller.get(connection.caller) if connection.caller else self.unauthenticated
        if pool is not None:
            pool.use(connection)

    def remove(self, connection: Connection) -> bool:
        """Free the slot of a connection; return whether it had one."""
        if not connection.caller:
            return self.unauthenticated.remove(connection)
        own = self._of_caller.get(connection.caller)
        if own is None or not own.remove(connection):
            return False
        self._authenticated -= 1
        if not len(own):
            del self._of_caller[connection.caller]
        return True

    def _drop(self, connection: Connection | SilentConnection | None) -> None:
        if connection is None:
            return
        if isinstance(connection, SilentConnection):
            self.silent.remove(connection)
        else:
            self.remove(connection)
        connection.drop()
        self._log_dropped()

    def _log_dropped(self) -> None:
        self._dropped += 1
        now = time.monotonic()
        if now - self._logged_at >= LOG_SECONDS:
            self._logged_at = now
            text = "Too many connections: %d dropped, those idle longest first; %d are open, %d are logged in"
            log.warning(text, self._dropped, len(self), self._authenticated)
            self._dropped = 0


CONNECTION_SLOTS = web.AppKey("connection slots", ConnectionSlots)
