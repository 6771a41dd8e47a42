"""Know how other bots stand: asked while somebody looks, and not more often than needed."""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import aiohttp
from aiohttp import web
from msgspec import Struct

from appliance.queries.other_bots import BotBook, OtherBot
from appliance.server.other_bots.ask import SECONDS, Standing, Unanswered, standing
from appliance.threads import for_readers

FRESH_SECONDS: Final = 10.0
"""For how long an answer is shown before the bot is asked again."""


class Seen(Struct, frozen=True, kw_only=True):
    """Show what is known of a bot: how it stood last and when (UTC), and why not since."""

    standing: Standing | None = None
    at: datetime | None = None
    problem: str = ""


class OtherBots:
    """Hold the known bots and what they answered last. `revision` grows with each change."""

    def __init__(self, user_data: Path) -> None:
        self.book = BotBook(user_data)
        self.revision = 0
        self._seen: dict[str, Seen] = {}
        self._asked_at = -FRESH_SECONDS
        self._asking: asyncio.Task[None] | None = None
        self._session: aiohttp.ClientSession | None = None

    async def known(self) -> list[OtherBot]:
        """Return the known bots. Raises ConfigurationError."""
        return await for_readers(self.book.read)

    @property
    def seen(self) -> Mapping[str, Seen]:
        """What is known, by the id of a bot."""
        return self._seen

    def ask_soon(self) -> "asyncio.Task[None] | None":
        """Ask all bots in the background if their answers are old; return the asking."""
        now = time.monotonic()
        if (self._asking is None or self._asking.done()) and now - self._asked_at >= FRESH_SECONDS:
            self._asked_at = now
            self._asking = asyncio.create_task(self._ask(), name="other bots")
        return self._asking

    async def asked(self, seconds: float) -> None:
        """Wait for answers that are being asked for, at most that long."""
        if task := self.ask_soon():
            await asyncio.wait({task}, timeout=seconds)

    def changed(self) -> None:
        """Note that a bot was added or removed: all are asked again."""
        self._asked_at = -FRESH_SECONDS
        self.revision += 1

    async def close(self, _: web.Application | None = None) -> None:
        """End asking, and its connections."""
        if self._asking is not None:
            self._asking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._asking
        if self._session is not None:
            await self._session.close()

    async def _ask(self) -> None:
        bots = await self.known()
        if self._session is None:
            # No cookies: those of one bot are none of another's business.
            limit = aiohttp.ClientTimeout(total=SECONDS)
            self._session = aiohttp.ClientSession(timeout=limit, cookie_jar=aiohttp.DummyCookieJar())
        answers = await asyncio.gather(*(self._one(self._session, bot) for bot in bots))
        self._seen = dict(zip((bot.id for bot in bots), answers, strict=True))
        self.revision += 1

    async def _one(self, session: aiohttp.ClientSession, bot: OtherBot) -> Seen:
        try:
            return Seen(standing=await standing(session, bot), at=datetime.now(UTC))
        except Unanswered as error:
            before = self._seen.get(bot.id, Seen())
            return Seen(standing=before.standing, at=before.at, problem=str(error))


OTHER_BOTS = web.AppKey("other_bots", OtherBots)
