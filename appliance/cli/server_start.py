"""Be the way in to the bot: the server at its port, or trying on where the port cannot be opened."""

import asyncio
import logging
from typing import TYPE_CHECKING

from aiohttp import web

from appliance.config.logs.setup import LogBuffer
from appliance.config.settings import Settings
from appliance.domain.errors import ConfigurationError
from appliance.queries.bot_slot import BotSlot
from appliance.server.app import create_app
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.listening.listener import serve

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

log = logging.getLogger("appliance")

AGAIN_SECONDS = 30.0
"""How long to wait before a port that could not be opened is tried again."""
NO_SERVER = "no server"
"""The notice that nobody can reach the bot."""


class Door:
    """Open the server, give it the bot, close it.

    While trades are open, a port in use or a certificate that is none does not keep the bot from protecting
    them: it goes on without the server, enters nothing, and tries again and again.
    """

    def __init__(self, settings: Settings, log_buffer: LogBuffer, *, open_trades: int) -> None:
        self._settings = settings
        self._log_buffer = log_buffer
        self._app = create_app(settings, log_buffer=log_buffer)
        self._runner: web.AppRunner | None = None
        self._wrong: str | None = None
        self._trying: asyncio.Task[None] | None = None
        self.slot.startup.open_trades = open_trades

    @property
    def slot(self) -> BotSlot:
        return self._app[BOT_SLOT]

    async def open(self) -> None:
        """Open the port, if there is to be a server. Raises `ConfigurationError` where no trade is open."""
        if not self._settings.api_server.enabled:
            return
        try:
            self._runner = await _served(self._app, self._settings)
        except ConfigurationError as error:
            if not self.slot.startup.open_trades:
                raise
            self._wrong = str(error)
            log.error("There is no API and no dashboard, open trades are protected all the same: %s", error)

    def let_in(self, bot: "Bot") -> None:
        """Let those who come reach the bot."""
        self.slot.bot = bot
        if self._wrong is not None:
            bot.put_notice(
                NO_SERVER,
                f"Nothing is entered, since nobody can reach the bot: {self._wrong}. It is tried again every"
                f" {AGAIN_SECONDS:.0f} s.",
                bars_entries=True,
            )
            self._trying = asyncio.create_task(self._try_on(bot), name="server")

    async def close(self) -> None:
        if self._trying is not None:
            self._trying.cancel()
            await asyncio.gather(self._trying, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()

    async def _try_on(self, bot: "Bot") -> None:
        """Try to open the server until it works, with the settings as they are then."""
        while self._runner is None:
            await asyncio.sleep(AGAIN_SECONDS)
            app = create_app(bot.settings, log_buffer=self._log_buffer)  # one that has failed serves no more
            try:
                self._runner = await _served(app, bot.settings)
            except ConfigurationError as error:
                log.debug("Still no server: %s", error)
                continue
            app[BOT_SLOT].bot = bot
            bot.end_notice(NO_SERVER)
            log.info("API and dashboard are there now")


async def _served(app: web.Application, settings: Settings) -> web.AppRunner:
    api = settings.api_server
    return await serve(app, api.listen_ip_address, api.listen_port)
