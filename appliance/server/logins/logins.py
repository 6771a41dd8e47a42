"""Hold all that is known about logins, in the application."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web

from appliance.queries.bot_slot import BotSlot
from appliance.server.logins.journal import LoginJournal
from appliance.server.logins.session_book import SEEN_SECONDS, SessionBook
from appliance.threads import for_logins


class Logins:
    """Hold the sessions and the journal of logins. `bot_mark` tells bots in one user data folder apart."""

    def __init__(self, slot: BotSlot, bot_mark: str) -> None:
        # Without a secret of the configuration each start makes one, and old sessions are nobody's.
        keeps = bool(slot.api_server.jwt_secret_key)
        self.sessions = SessionBook(slot.user_data / f"sessions-{bot_mark}.json" if keeps else None)
        self.journal = LoginJournal(slot)

    async def keep(self, _: web.Application) -> AsyncIterator[None]:
        """Read what is known, and write changes from time to time, until the server ends."""
        await for_logins(self.sessions.load, time.time())
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


LOGINS = web.AppKey("logins", Logins)
