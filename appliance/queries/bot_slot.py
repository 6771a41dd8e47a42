"""Hold the bot, once it has started, for the server, which starts before it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from appliance.bot.startup import Startup
from appliance.config.loading import LoadedSettings
from appliance.config.settings import ApiServerSettings, Settings
from appliance.domain.errors import Starting, WrongMode
from appliance.queries.cache.candles import CandleCache
from appliance.queries.cache.closed_trades import ClosedTradeCache
from appliance.queries.cache.measured import Measured
from appliance.queries.cache.open_trades import OpenTradeCache
from appliance.queries.cache.statistics import StatisticsCache

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.bot.bot import Bot
    from appliance.config.logs.setup import LogBuffer
    from appliance.queries.workbench import Workbench

MACHINE_SECONDS = 1.0
"""For how long a measurement of the machine is answered again."""


class BotSlot:
    """Hold what handlers use: settings, log, caches, and the bot (None until it has started).

    `startup` is the progress of its start. In webserver mode there is no bot, but a workbench; beside a bot
    there is one if it is configured. `user_data` is the user data folder.
    """

    def __init__(self, settings: Settings, logs: "LogBuffer", user_data: Path | None = None) -> None:
        self.settings = settings
        self.user_data = user_data or Path(settings.user_data_dir or "user_data")
        self.logs = logs
        self.startup = Startup()
        self.statistics = StatisticsCache()
        self.closed_trades = ClosedTradeCache(self.statistics)
        self.open_trades = OpenTradeCache()
        self.candles = CandleCache()
        self.machine: Measured[Any] = Measured(MACHINE_SECONDS)
        self.workbench: Workbench | None = None
        self.is_webserver = False
        self._bot: Bot | None = None
        self._on_new_bot: list[Callable[[Bot], None]] = []

    @property
    def bot(self) -> "Bot | None":
        return self._bot

    @bot.setter
    def bot(self, bot: "Bot | None") -> None:
        self._bot = bot
        if bot is not None:
            for follow in self._on_new_bot:
                follow(bot)

    @property
    def api_server(self) -> ApiServerSettings:
        """The server's settings as of the bot's last reload."""
        return (self._bot.settings if self._bot else self.settings).api_server

    @property
    def loaded(self) -> LoadedSettings:
        """The settings in use, with their sources. Raises Starting before bot or workbench have started."""
        if self._bot is None and self.workbench is not None:
            return self.workbench.loaded
        if self._bot is None and self.is_webserver:
            return self.require_workbench().loaded
        return self.require_bot().loaded

    def on_new_bot(self, follow: "Callable[[Bot], None]") -> None:
        """Have `follow` called with each bot that is assigned."""
        self._on_new_bot.append(follow)

    def require_bot(self) -> "Bot":
        """Return the bot. Raises Starting before it has started, WrongMode in webserver mode."""
        if self._bot is None and self.is_webserver:
            raise WrongMode("This needs a bot that trades; this server runs in webserver mode")
        if self._bot is None:
            raise Starting(self.startup.description())
        return self._bot

    def require_workbench(self) -> "Workbench":
        """Return the workbench. Raises WrongMode where there is none, Starting before it has started."""
        if self.workbench is not None:
            return self.workbench
        if self.is_webserver:
            raise Starting("The server is starting; try again in a moment")
        raise WrongMode(
            "This needs webserver mode, and this bot trades: set research.beside_bot, or start "
            "`appliance webserver` beside it"
        )
