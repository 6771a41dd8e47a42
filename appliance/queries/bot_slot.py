"""Hold the place of the bot, which comes when it is ready, for the server, which is there first."""

from typing import TYPE_CHECKING, Any

from appliance.bot.startup import Startup
from appliance.config.settings import ApiServerSettings, Settings
from appliance.domain.errors import Starting
from appliance.queries.cache.candles import CandleCache
from appliance.queries.cache.closed_trades import ClosedTradeCache
from appliance.queries.cache.measured import Measured
from appliance.queries.cache.open_trades import OpenTradeCache
from appliance.queries.cache.statistics import StatisticsCache

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.bot.bot import Bot
    from appliance.config.logs.setup import LogBuffer

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
