"""Start the server, and retry while its port cannot be opened."""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from aiohttp import web

from appliance.config.loading import LoadedSettings
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

RETRY_SECONDS = 30.0
"""Seconds between two attempts to open the port."""
NO_SERVER = "no server"
"""Key of the notice that the bot cannot be reached."""


class ServerStart:
    """Open the server, attach the bot to it, close it.

    While trades are open, a port in use or an invalid certificate does not stop the bot from protecting them:
    it runs without the server, enters nothing, and retries.
    """

    def __init__(
        self,
        loaded: LoadedSettings,
        log_buffer: LogBuffer,
        *,
        open_trades: int,
        on_available: Callable[[], None],
    ) -> None:
        self._settings, self._user_data = loaded.settings, loaded.user_data_dir
        self._log_buffer = log_buffer
        self._app = self._new_app(self._settings)
        self._runner: web.AppRunner | None = None
        self._error: str | None = None
        self._trying: asyncio.Task[None] | None = None
        self._on_available: Callable[[], None] | None = on_available
        self.slot.startup.open_trades = open_trades

    def _new_app(self, settings: Settings) -> web.Application:
        return create_app(settings, log_buffer=self._log_buffer, user_data=self._user_data)

    @property
    def slot(self) -> BotSlot:
        return self._app[BOT_SLOT]

    async def open(self) -> None:
        """Open the port if the server is enabled. Raises `ConfigurationError` unless trades are open."""
        if not self._settings.api_server.enabled:
            return
        try:
            self._runner = await _served(self._app, self._settings)
        except ConfigurationError as error:
            if not self.slot.startup.open_trades:
                raise
            self._error = str(error)
            log.error(
                "Starting the server failed: %s; running without API and dashboard to protect open trades",
                error,
            )

    def announce(self) -> None:
        """Call `on_available` the first time that the server listens and the bot is ready, or waits."""
        if self._runner is not None and self._on_available is not None:
            self._on_available()
            self._on_available = None

    def attach(self, bot: "Bot") -> None:
        """Answer requests with this bot from now on."""
        self.slot.bot = bot
        self.announce()
        if self._error is not None:
            bot.put_notice(
                NO_SERVER,
                f"No entries, since the server could not be started: {self._error}; retrying every"
                f" {RETRY_SECONDS:.0f} s",
                bars_entries=True,
            )
            self._trying = asyncio.create_task(self._retry(bot), name="server")

    async def close(self) -> None:
        if self._trying is not None:
            self._trying.cancel()
            await asyncio.gather(self._trying, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()

    async def _retry(self, bot: "Bot") -> None:
        """Retry to open the server until it works, with the settings of that moment."""
        while self._runner is None:
            await asyncio.sleep(RETRY_SECONDS)
            app = self._new_app(bot.settings)  # a failed one cannot be used again
            try:
                self._runner = await _served(app, bot.settings)
            except ConfigurationError as error:
                log.debug("Starting the server failed again: %s", error)
                continue
            app[BOT_SLOT].bot = bot
            app[BOT_SLOT].workbench = self.slot.workbench
            bot.end_notice(NO_SERVER)
            log.info("API and dashboard are available now")
            self.announce()


async def _served(app: web.Application, settings: Settings) -> web.AppRunner:
    api = settings.api_server
    return await serve(app, api.listen_ip_address, api.listen_port)
