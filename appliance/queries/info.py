"""Query version, configuration, log and load: what runs here, and how it is doing."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct

from appliance import __version__
from appliance.queries.bot_slot import BotSlot
from appliance.reports.views.configuration import ShowConfig, show_config_without_bot
from appliance.reports.views.configuration import show_config as shown_config
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


class Ping(Struct, frozen=True):
    status: str = "pong"


class Version(Struct, frozen=True):
    version: str


class Health(Struct, frozen=True):
    """Dates UTC; `_ts` the same in seconds since 1970."""

    last_process: datetime | None = None
    last_process_ts: int | None = None
    bot_start: datetime | None = None
    bot_start_ts: int | None = None
    bot_startup: datetime | None = None
    bot_startup_ts: int | None = None


class LogsQuery(Struct, frozen=True):
    limit: Annotated[int | None, Meta(description="How many of the newest lines; default all.")] = None


class Logs(Struct, frozen=True):
    """Each log is [date, ms since 1970, logger, level, message]."""

    log_count: int
    logs: list[list[Any]]


class CpuInfo(Struct, frozen=True):
    cpu: int
    pct: float


class SysInfo(Struct, frozen=True):
    """Loads in percent."""

    cpu_pct: list[float]
    cpu_load: list[CpuInfo]
    cpu_load_avg: dict[str, float]
    cpu_count: int
    cpu_avg: float
    ram_pct: float


def ping() -> Ping:
    """Confirm that the server answers."""
    return Ping()


def version() -> Version:
    """Show the program's version."""
    return Version(__version__)


def ui_version() -> Version:
    """Show the version of FreqUI: none is installed, in freqtrade's words. FreqUI itself asks for this."""
    return Version("not_installed")


def show_config(slot: BotSlot) -> ShowConfig:
    """Show the settings that matter for trading."""
    if slot.is_webserver:
        bench = slot.require_workbench()
        return show_config_without_bot(bench.loaded.settings, bench.loaded.raw)
    bot = slot.require_bot()
    return shown_config(
        bot.settings,
        bot.resolved,
        bot.raw,
        state=bot.state,
        run_mode=bot.run_mode,
        max_open_trades=bot.max_open_trades,
    )


def health(bot: "Bot") -> Health:
    """Show when the bot finished its last cycle, was first started (with this database), and was started."""
    last, first, now = bot.last_cycle_at, bot.first_started_at, bot.started_at
    return Health(last, _seconds(last), first, _seconds(first), now, _seconds(now))


def logs(slot: BotSlot, query: LogsQuery) -> Logs:
    """List the newest log lines, oldest first."""
    records = list(slot.logs.records)
    if query.limit and query.limit > 0:
        records = records[-query.limit :]
    return Logs(len(records), [list(record) for record in records])


async def sysinfo(slot: BotSlot) -> SysInfo:
    """Show the load of the machine, measured over a tenth of a second and cached for a second."""
    measured: SysInfo = await slot.machine.now(lambda: for_readers(_measure))
    return measured


def _measure() -> SysInfo:
    import psutil

    loads = [float(load) for load in psutil.cpu_percent(interval=0.1, percpu=True)]
    return SysInfo(
        cpu_pct=loads,
        cpu_load=[CpuInfo(number, load) for number, load in enumerate(loads)],
        cpu_load_avg=dict(zip(("1m", "5m", "15m"), psutil.getloadavg(), strict=True)),
        cpu_count=len(loads),
        cpu_avg=sum(loads) / max(len(loads), 1),
        ram_pct=psutil.virtual_memory().percent,
    )


def _seconds(date: datetime | None) -> int | None:
    return int(date.timestamp()) if date else None
