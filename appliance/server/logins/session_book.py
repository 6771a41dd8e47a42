"""Know every session of the dashboard, so that each can be listed and ended at once.

A session is valid only while it is known here. The book is kept in a file of the user data folder, for a
restart, not in the database: databases are copied and shown around. It has a hash of each session's id, so it
opens nothing by itself; a cookie needs the id and a seal by the JWT secret.
"""

import asyncio
import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from appliance.config.userdir import write_private
from appliance.domain.errors import ConfigurationError
from appliance.threads import for_logins

log = logging.getLogger(__name__)

MOST: Final = 500
"""Sessions that are known; beyond that the one unused for longest ends."""
MOST_WRONG: Final = 10
"""Wrong passwords within a session, over all addresses, after which it ends."""
SEEN_SECONDS: Final = 60
"""How exactly the file knows when a session was last used; each change of it is a write."""


class LoginSession(Struct, kw_only=True):
    """Describe a session. `mark` is the hash of its id, `way` how its user logged in; times since 1970."""

    mark: str
    credential: str
    name: str
    way: str
    browser: str
    address: str
    began: int
    seen: int
    until: int
    wrong: int = 0


class SessionBook:
    """Hold the sessions by their mark. `file` is None where nothing is to be kept."""

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self._known: dict[str, LoginSession] = {}
        self._reading: dict[str, set[asyncio.Task[object]]] = {}
        self._writing = asyncio.Lock()
        self._is_behind = False

    def load(self, now: float) -> None:
        """Read the file. Blocks. One that cannot be read is as none: everybody logs in again.

        Where there is no user data folder, nothing is kept.
        """
        if self.file is None or not self.file.parent.is_dir():
            self.file = None
            return
        try:
            found = msgspec.json.decode(self.file.read_bytes(), type=list[LoginSession])
        except FileNotFoundError:
            return
        except (OSError, msgspec.DecodeError) as error:
            log.warning("%s cannot be read, so all dashboard sessions have ended: %s", self.file, error)
            return
        self._known = {one.mark: one for one in found if one.until > now}

    def begin(self, session_id: str, session: LoginSession) -> None:
        """Add a session; `save` makes it last beyond this process."""
        session.mark = mark_of(session_id)
        self._known = {mark: one for mark, one in self._known.items() if one.until > session.began}
        self._known[session.mark] = session
        while len(self._known) > MOST:
            self.end(min(self._known.values(), key=lambda one: one.seen).mark)
        self._is_behind = True

    def find(self, session_id: str) -> LoginSession | None:
        return self._known.get(mark_of(session_id))

    def of(self, credential: str | None, now: float) -> list[LoginSession]:
        """Return the sessions of a credential, of all for None; those used last come first."""
        found = [
            one
            for one in self._known.values()
            if one.until > now and (credential is None or one.credential == credential)
        ]
        return sorted(found, key=lambda one: one.seen, reverse=True)

    def use(self, session_id: str, address: str, now: float) -> None:
        """Note that a session is used, from where."""
        session = self.find(session_id)
        if session is not None:
            self._is_behind |= now - session.seen > SEEN_SECONDS or session.address != address
            session.seen, session.address = int(now), address

    def extend(self, session_id: str, until: int) -> None:
        session = self.find(session_id)
        if session is not None:
            session.until, self._is_behind = until, True

    def count_wrong(self, session_id: str) -> bool:
        """Count a wrong password given in a session; return whether that was one too many, which ends it."""
        session = self.find(session_id)
        if session is None:
            return True
        session.wrong += 1
        self._is_behind = True
        if session.wrong < MOST_WRONG:
            return False
        self.end(session.mark)
        return True

    def end(self, mark: str) -> LoginSession | None:
        """End a session, with the streams and pages it is being sent; None if there is no such session."""
        ended = self._known.pop(mark, None)
        if ended is not None:
            self._is_behind = True
        for task in self._reading.pop(mark, set()):
            if task is not asyncio.current_task():
                task.cancel()
        return ended

    @contextmanager
    def reading(self, session_id: str) -> Iterator[None]:
        """Have the current task, which only reads, cancelled when the session ends."""
        task, mark = asyncio.current_task(), mark_of(session_id)
        assert task is not None
        self._reading.setdefault(mark, set()).add(task)
        try:
            yield
        finally:
            tasks = self._reading.get(mark, set())
            tasks.discard(task)
            if not tasks:
                self._reading.pop(mark, None)

    async def save(self) -> bool:
        """Write the file if anything has changed; return whether it is up to date."""
        if self.file is None:
            return True
        async with self._writing:
            if not self._is_behind:
                return True
            content = msgspec.json.format(msgspec.json.encode(list(self._known.values())))
            self._is_behind = False
            try:
                await for_logins(write_private, self.file, content, overwrite=True)
            except ConfigurationError as error:
                self._is_behind = True
                log.warning("Sessions are not saved: %s", error)
                return False
        return True


def mark_of(session_id: str) -> str:
    """Return the hash of a session's id: 128 random bits, so one round is enough."""
    return hashlib.sha256(session_id.encode("utf-8", "surrogateescape")).hexdigest()
