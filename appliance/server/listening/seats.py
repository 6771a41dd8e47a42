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
from typing import Generic, TypeVar

import msgspec
from aiohttp import web

from appliance.server.connection import Connection

log = logging.getLogger(__name__)

FOR_THE_BOT = 256
"""File descriptors that no connection gets: the exchange's, the database's, the log's."""
MOST_SILENT, MOST_STRANGERS, MOST_CALLERS = 4096, 512, 8192
SHARE = 0.75
"""Which part of the seats one address, or one caller, may take: the rest is for others."""
TOLD_SECONDS = 60.0


class Room(msgspec.Struct, frozen=True):
    """Say how many connections there may be: that have said nothing, not who they are, and of callers."""

    silent: int
    strangers: int
    callers: int


def room_for(descriptors: int) -> Room:
    """Return how many connections that many file descriptors leave room for."""
    free = descriptors - min(FOR_THE_BOT, descriptors // 2)
    strangers = max(4, min(MOST_STRANGERS, free // 4))
    silent = max(4, min(MOST_SILENT, free // 4))
    return Room(silent, strangers, max(4, min(MOST_CALLERS, free - strangers - silent)))


def room() -> Room:
    """Return how many connections this process has room for."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return room_for(soft if soft != resource.RLIM_INFINITY else 65_536)


class Arrival:
    """A connection that has said nothing yet: a socket, and as little besides as can be."""

    __slots__ = ("_loop", "address", "at", "socket")
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


Guest = TypeVar("Guest", Connection, Arrival)


class Row(Generic[Guest]):
    """Hold connections of one kind, those idle longest first. `share` is the most that one address has."""

    def __init__(self, seats: int, share: float = SHARE) -> None:
        self.seats = seats
        self._most_of_one = seats * share
        self._guests: OrderedDict[Guest, None] = OrderedDict()
        self._of_address: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._guests)

    def add(self, guest: Guest) -> Guest | None:
        """Seat a guest; return who has to leave for it: one of its own address, where that has its share."""
        self._of_address[guest.address] += 1
        leaves = None
        if self._of_address[guest.address] > self._most_of_one:
            leaves = self.longest_idle(guest.address)
        elif len(self._guests) >= self.seats:
            leaves = self.longest_idle()
        self._guests[guest] = None
        return leaves

    def longest_idle(self, address: str | None = None) -> Guest | None:
        """Return who was idle longest, of that address if given; where all are busy, who is so longest."""
        first = None
        for one in self._guests:
            if address is None or one.address == address:
                if not one.is_busy:
                    return one
                first = first or one
        return first

    def first(self) -> Guest | None:
        return next(iter(self._guests), None)

    def use(self, guest: Guest) -> None:
        """Note that a guest has just done something."""
        if guest in self._guests:
            self._guests.move_to_end(guest)

    def remove(self, guest: Guest) -> bool:
        """Free a guest's seat; tell whether it had one."""
        if guest not in self._guests:
            return False
        del self._guests[guest]
        self._of_address[guest.address] -= 1
        if not self._of_address[guest.address]:
            del self._of_address[guest.address]
        return True


class Seats:
    """Hold every connection, and drop those that are too many."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.silent: Row[Arrival] = Row(room.silent)
        self.strangers: Row[Connection] = Row(room.strangers)
        self._callers: dict[str, Row[Connection]] = {}
        self._known = 0
        self._dropped = 0
        self._told_at = -TOLD_SECONDS

    def __len__(self) -> int:
        return len(self.silent) + len(self.strangers) + self._known

    def arrive(self, arrival: Arrival) -> None:
        """Give a seat to who has come and said nothing; that may cost another of them his."""
        self._drop(self.silent.add(arrival))

    def speak(self, connection: Connection) -> None:
        """Give a seat to who begins to speak; that may cost another stranger his."""
        self._drop(self.strangers.add(connection))

    def make_room(self) -> None:
        """Drop one: the process has run out of descriptors."""
        self._drop(self.silent.longest_idle() or self.strangers.longest_idle())

    def drop_silent(self, before: float) -> float | None:
        """Drop those that came before that moment and say nothing; return when the next one came."""
        while (one := self.silent.first()) is not None and one.at <= before:
            self.silent.remove(one)
            one.drop()
        return one.at if one is not None else None

    def know(self, connection: Connection, caller: str) -> None:
        """Seat a connection with the caller that it has turned out to be; his share is what he may take."""
        if not self.leave(connection):
            return
        own = self._callers.get(caller)
        if own is None:
            own = self._callers[caller] = Row(int(self._room.callers * SHARE), share=1.0)
        leaves = own.add(connection)
        if leaves is None and self._known >= self._room.callers:
            leaves = max(self._callers.values(), key=len).longest_idle()
        connection.caller = caller
        self._known += 1
        self._drop(leaves)

    def forget_caller(self, connection: Connection) -> None:
        """Seat it with the strangers again."""
        if self.leave(connection):
            connection.caller = ""
            self.speak(connection)

    def used(self, connection: Connection) -> None:
        """Note that a connection has just been used."""
        row = self._callers.get(connection.caller) if connection.caller else self.strangers
        if row is not None:
            row.use(connection)

    def leave(self, connection: Connection) -> bool:
        """Free the seat of a connection; tell whether it had one."""
        if not connection.caller:
            return self.strangers.remove(connection)
        own = self._callers.get(connection.caller)
        if own is None or not own.remove(connection):
            return False
        self._known -= 1
        if not len(own):
            del self._callers[connection.caller]
        return True

    def _drop(self, one: Connection | Arrival | None) -> None:
        if one is None:
            return
        if isinstance(one, Arrival):
            self.silent.remove(one)
        else:
            self.leave(one)
        one.drop()
        self._tell()

    def _tell(self) -> None:
        self._dropped += 1
        now = time.monotonic()
        if now - self._told_at >= TOLD_SECONDS:
            self._told_at = now
            text = "Too many connections: %d dropped, those idle longest first; %d are open, %d are logged in"
            log.warning(text, self._dropped, len(self), self._known)
            self._dropped = 0


SEATS = web.AppKey("seats", Seats)
