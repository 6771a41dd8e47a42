"""Hold all that is known about logins, in the application."""

import asyncio
import hashlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from aiohttp import web

from appliance.config.sections.server import LoginThrottle
from appliance.domain.audit import Commander
from appliance.domain.errors import ConfigurationError
from appliance.queries.bot_slot import BotSlot
from appliance.server.auth.throttle import Throttle
from appliance.server.errors import TooManyAttempts
from appliance.server.logins import codes
from appliance.server.logins.challenges import Challenges
from appliance.server.logins.factor_book import FactorBook, Factors
from appliance.server.logins.journal import LoginJournal
from appliance.server.logins.session_book import SEEN_SECONDS, SessionBook
from appliance.threads import for_logins, for_readers

if TYPE_CHECKING:
    from appliance.bot.state.audit import Outcome

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

_WHO_GUESSES_CODES: Final = "somebody who has the password"
_CODE_THROTTLE: Final = LoginThrottle(longest_wait=3600.0, forget_after=86_400.0)
"""At most 24 guesses a day in the long run: 26 in a thousand that one is right within a year."""
_PENDING_SECONDS: Final = 600
_MOST_PENDING: Final = 20


class Logins:
    """Hold sessions, journal, and what a login needs beside the password.

    `bot_mark` tells bots in one user data folder apart. `known` is what the factors were when last read.
    """

    def __init__(self, slot: BotSlot, bot_mark: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        # Without a secret of the configuration each start makes one, and old sessions are nobody's.
        keeps = bool(slot.api_server.jwt_secret_key)
        self.sessions = SessionBook(slot.user_data / f"sessions-{bot_mark}.json" if keeps else None)
        self.journal = LoginJournal(slot)
        self.book = FactorBook(slot.user_data)
        self.known = Factors()
        self.on_change: Callable[[], None] = lambda: None
        self._is_unreadable = False
        self._monotonic = monotonic
        # Six digits can be guessed from many addresses: all share one wait, whatever the settings say.
        self._throttle = Throttle(_CODE_THROTTLE)
        self._checking = asyncio.Lock()
        self.challenges = Challenges()
        self._pending: dict[str, tuple[str, float]] = {}

    async def factors(self) -> Factors:
        """Return what a login needs beside the password. Raises ConfigurationError if that is unreadable."""
        try:
            found = await for_readers(self.book.read)
        except ConfigurationError:
            self._is_unreadable = True
            raise
        self._is_unreadable = False
        if found != self.known:
            self.known = found
            self.on_change()
        return found

    async def change(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Change the factors by a method of the book. Raises ConfigurationError."""
        result = await for_logins(work, *given, **named)
        await self.factors()
        return result

    @asynccontextmanager
    async def changing(self, by: Commander, what: str) -> "AsyncIterator[Outcome]":
        """Write a change and what came of it into the audit log; raises as its `command` does."""
        async with self.journal.command(by, what, self._summary) as outcome:
            yield outcome

    def _summary(self) -> str:
        asked = "asked for" if self.known.codes else "not asked for"
        return f"codes {asked}, {len(self.known.passkeys)} passkeys"

    @property
    def asks_programs(self) -> bool:
        """Whether the API asks for a code as well; also while that cannot be read."""
        return self._is_unreadable or (self.known.codes is not None and self.known.programs_too)

    @property
    def sessions_since(self) -> int:
        """Before when (seconds since 1970) no session of the API may have been issued."""
        return self.known.sessions_since

    async def take_code(self, text: str, now: float) -> str | None:
        """Use up a code and return its kind, or None. Raises TooManyAttempts, ConfigurationError."""
        async with self._checking:  # concurrent guesses wait for the count of each other
            if wait := self._throttle.wait(_WHO_GUESSES_CODES, self._monotonic()):
                raise TooManyAttempts(wait)
            kind = await for_logins(self.book.take_code, text, now)
            if kind is None:
                guess = f"{codes.plain(text)} {int(now) // codes.STEP}".encode("utf-8", "replace")
                digest = hashlib.sha256(guess).digest()
                self._throttle.failed(_WHO_GUESSES_CODES, digest, self._monotonic())
            else:
                self._throttle.forgive(_WHO_GUESSES_CODES)
        await self.factors()
        return kind

    def offer(self, session_id: str, secret: str, now: float) -> None:
        """Remember a secret that is shown in a session, until it is confirmed by a code."""
        self._pending = {of: kept for of, kept in self._pending.items() if kept[1] > now}
        self._pending[session_id] = secret, now + _PENDING_SECONDS
        while len(self._pending) > _MOST_PENDING:
            del self._pending[next(iter(self._pending))]

    def offered(self, session_id: str, now: float) -> str | None:
        secret, until = self._pending.get(session_id, ("", 0.0))
        return secret if until > now else None

    def forget_offer(self, session_id: str) -> None:
        self._pending.pop(session_id, None)

    async def keep(self, _: web.Application) -> AsyncIterator[None]:
        """Read what is known, and write changes from time to time, until the server ends."""
        await for_logins(self.sessions.load, time.time())
        await self._look()
        task = asyncio.create_task(self._keep_saving(), name="logins")
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await self.sessions.save()

    async def _keep_saving(self) -> None:
        while True:
            await asyncio.sleep(SEEN_SECONDS)
            await self.sessions.save()
            await self._look()

    async def _look(self) -> None:
        was_unreadable = self._is_unreadable
        try:
            await self.factors()
        except ConfigurationError as error:
            if not was_unreadable:
                log.error("%s", error)


LOGINS = web.AppKey("logins", Logins)
