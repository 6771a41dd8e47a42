"""Stand between the server, which is there first, and the bot, which comes when it is ready."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from appliance.bot.startup import Startup
from appliance.config.settings import ApiServerSettings, Settings
from appliance.server.cache.candles import CandleCache
from appliance.server.cache.closed_trades import ClosedTradeCache
from appliance.server.cache.measured import Measured
from appliance.server.cache.open_trades import OpenTradeCache
from appliance.server.cache.statistics import StatisticsCache
from appliance.server.errors import Starting

if TYPE_CHECKING:
    from appliance.bot.bot import Bot
    from appliance.config.logs import LogBuffer

MACHINE_SECONDS = 1.0
"""For how long a measurement of the machine is told to all who ask."""


class BotSlot:
    """Hold what handlers ask: settings, log, and the bot once it runs (None until then).

    `startup` is how its start stands.
    """

    def __init__(self, settings: Settings, logs: "LogBuffer") -> None:
        self.settings = settings
        self.logs = logs
        self.startup = Startup()
        self.figures = StatisticsCache()
        self.closed_trades = ClosedTradeCache(self.figures)
        self.open_trades = OpenTradeCache()
        self.candles = CandleCache()
        self.machine: Measured[Any] = Measured(MACHINE_SECONDS)
        self._bot: Bot | None = None
        self._arrivals: list[Callable[[Bot], None]] = []

    @property
    def bot(self) -> "Bot | None":
        return self._bot

    @bot.setter
    def bot(self, bot: "Bot | None") -> None:
        self._bot = bot
        if bot is not None:
            for arrived in self._arrivals:
                arrived(bot)

    @property
    def api_server(self) -> ApiServerSettings:
        """The server's settings as of the bot's last reload."""
        return (self._bot.settings if self._bot else self.settings).api_server

    def on_arrival(self, arrived: "Callable[[Bot], None]") -> None:
        """Have `arrived` called with each bot that takes its place here (a reload brings another)."""
        self._arrivals.append(arrived)

    def present_bot(self) -> "Bot":
        """Return the bot. Raises Starting while there is none."""
        if self._bot is None:
            raise Starting(self.startup.told())
        return self._bot


BOT_SLOT = web.AppKey("desk", BotSlot)
