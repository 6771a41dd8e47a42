"""Count the connections: strangers have few seats, callers most of the rest, and none takes all.

A stranger too many costs the stranger that was idle longest its seat, not the newcomer: whoever comes to log
in during a flood gets in. Descriptors that are no connection's (orders, the database) are never given away.
"""

import asyncio
import logging
import resource
import socket
import time
from collections import Counter, OrderedDict
from collections.abc import Iterator

import msgspec
from aiohttp import web

from appliance.server.connection import Connection

log = logging.getLogger(__name__)

FOR_THE_BOT = 256
"""File descriptors that no connection gets: the exchange's, the database's, the log's."""
MOST_STRANGERS, MOST_CALLERS = 512, 4096
SHARE = 0.75
"""Which part of the seats one address, or one caller, may take: the rest is for others."""
MOMENT = 0.25
"""Seconds in which a connection is not held for a silent one."""
TOLD_SECONDS = 60.0


class Room(msgspec.Struct, frozen=True):
    """Say how many connections there may be."""

    strangers: int = MOST_STRANGERS
    callers: int = MOST_CALLERS


def room_for(descriptors: int) -> Room:
    """Return how many connections that many file descriptors leave room for."""
    free = descriptors - min(FOR_THE_BOT, descriptors // 2)
    strangers = max(8, min(MOST_STRANGERS, free // 3))
    return Room(strangers, max(8, min(MOST_CALLERS, free - strangers)))


def room() -> Room:
    """Return how many connections this process has room for."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return room_for(soft if soft != resource.RLIM_INFINITY else FOR_THE_BOT + MOST_STRANGERS + MOST_CALLERS)


class Arrival:
    """A connection that has said nothing yet: a socket, and as little besides as can be."""

    __slots__ = ("_loop", "address", "at", "socket")
    caller = ""
    is_busy = False

    def __init__(self, accepted: socket.socket, address: str, loop: asyncio.AbstractEventLoop) -> None:
        self.socket = accepted
        self.address = address
        self.at = time.monotonic()
        self._loop = loop

    def drop(self) -> None:
        """End it at once."""
        self._loop.remove_reader(self.socket)
        self.socket.close()


Guest = Connection | Arrival


class Seats:
    """Hold every connection, those that were idle longest first."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self._strangers: OrderedDict[Guest, None] = OrderedDict()
        self._callers: dict[str, OrderedDict[Connection, None]] = {}
        self._known = 0
        self._at_address: Counter[str] = Counter()
        self._dropped = 0
        self._told_at = -TOLD_SECONDS

    def __len__(self) -> int:
        return len(self._strangers) + self._known

    @property
    def strangers(self) -> int:
        return len(self._strangers)

    def take(self, connection: Guest) -> None:
        """Give a new connection a seat; that may cost another stranger his."""
        self._strangers[connection] = None
        self._at_address[connection.address] += 1
        if self._at_address[connection.address] > self.room.strangers * SHARE:
            address = connection.address
            others = (one for one in self._strangers if one.address == address and one is not connection)
            self._drop_first(others)
        elif len(self._strangers) > self.room.strangers:
            self._drop_first(one for one in self._strangers if one is not connection)

    def drop_silent(self, before: float) -> float | None:
        """Drop whoever came before that moment and says nothing; return when the first of the others came."""
        for one in list(self._strangers):
            if isinstance(one, Arrival):
                if one.at > before:
                    return one.at
                self._stand_up(one)
                one.drop()
        return None

    def make_room(self) -> None:
        """Drop a stranger: the process has run out of descriptors."""
        self._drop_first(iter(self._strangers))

    def know(self, connection: Connection, caller: str) -> None:
        """Seat a connection with the caller that it has turned out to be."""
        if not self._stand_up(connection):
            return
        own = self._callers.get(caller, ())
        if len(own) >= self.room.callers * SHARE or self._known >= self.room.callers:
            self._drop_first(iter(own))
        connection.caller = caller
        self._callers.setdefault(caller, OrderedDict())[connection] = None
        self._known += 1

    def forget_caller(self, connection: Connection) -> None:
        """Seat it with the strangers again."""
        if self._stand_up(connection):
            connection.caller = ""
            self.take(connection)

    def used(self, connection: Connection) -> None:
        """Note that a connection has just been used."""
        group = self._callers.get(connection.caller) if connection.caller else self._strangers
        if group and connection in group:
            group.move_to_end(connection)

    def leave(self, connection: Guest) -> bool:
        """Free the seat of a connection that has ended; tell whether it had one still."""
        return self._stand_up(connection)

    def _stand_up(self, connection: Guest) -> bool:
        if connection in self._strangers:
            del self._strangers[connection]
            self._at_address[connection.address] -= 1
            if not self._at_address[connection.address]:
                del self._at_address[connection.address]
            return True
        own = self._callers.get(connection.caller)
        if own is None or not isinstance(connection, Connection) or connection not in own:
            return False
        del own[connection]
        self._known -= 1
        if not own:
            del self._callers[connection.caller]
        return True

    def _drop_first(self, connections: Iterator[Guest]) -> None:
        """Drop the one that was idle longest, rather one that never said a word; if need be a busy one.

        Who has just come is given a moment to speak: many come at once.
        """
        first: Guest | None = None
        idle: Guest | None = None
        late = time.monotonic() - MOMENT
        for one in connections:
            first = first or one
            if isinstance(one, Arrival):
                if one.at < late:
                    idle = one
                    break
            elif idle is None and not one.is_busy:
                idle = one
        dropped = idle or first
        if dropped is not None:
            self._stand_up(dropped)
            dropped.drop()
            self._tell()

    def _tell(self) -> None:
        self._dropped += 1
        now = time.monotonic()
        if now - self._told_at >= TOLD_SECONDS:
            self._told_at = now
            text = "Too many connections: %d were dropped (%d are open, of which %d have not logged in)"
            log.warning(text, self._dropped, len(self), len(self._strangers))
            self._dropped = 0


SEATS = web.AppKey("seats", Seats)
