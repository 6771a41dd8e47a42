"""Run the bot: open the API first, assemble the bot, trade until a signal ends the program."""

import asyncio
import importlib
import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvloop

from appliance import __version__
from appliance.bot.strategy_host.file_watcher import watch
from appliance.cli.server_start import ServerStart
from appliance.config.loading import LoadedSettings
from appliance.config.logs.setup import Logs
from appliance.config.sections.exchange import REPLAYED
from appliance.domain.errors import ExchangeError, KeyRefused
from appliance.ops import deadman, descriptors, freed_memory, systemd_notify, systemd_watchdog
from appliance.queries.bot_slot import BotSlot
from appliance.queries.workbench import Workbench
from appliance.research.jobs.machine import limits_of
from appliance.research.replayed.ending import watch_market
from appliance.server.auth import session_tokens
from appliance.storage.inspection import count_open_trades
from appliance.telegram.service import serve_chat

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from appliance.bot.bot import Bot
    from appliance.research.replayed.opening import Replayed

log = logging.getLogger("appliance")

SWITCH_SECONDS = 0.0002
"""How long a thread may hold the interpreter: short, so that answers do not wait for strategy code."""
FIRST_RETRY_SECONDS = 5.0
LAST_RETRY_SECONDS = 60.0


def run(
    loaded: LoadedSettings,
    logs: Logs,
    *,
    reload_on_change: bool = False,
    on_available: Callable[[], None] = lambda: None,
) -> int:
    """Run until SIGINT or SIGTERM; return the exit status. Raises `ApplianceError` if it cannot start.

    With `reload_on_change` the bot reloads whenever a file in the folder of its strategy changes.
    `on_available` is called once the dashboard can be used: not before a start that fails.
    """
    descriptors.raise_limit()
    freed_memory.limit_unused()
    sys.setswitchinterval(SWITCH_SECONDS)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more do not speed up indicators
    open_trades = count_open_trades(loaded.db_url)  # they decide which problems refuse the start
    uvloop.run(_main(loaded, logs, reload_on_change, open_trades=open_trades, on_available=on_available))
    return 0


async def _main(
    loaded: LoadedSettings,
    logs: Logs,
    reload_on_change: bool,
    *,
    open_trades: int,
    on_available: Callable[[], None],
) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    server = ServerStart(loaded, logs.buffer, open_trades=open_trades, on_available=on_available)
    startup = server.slot.startup
    prolonging = asyncio.create_task(
        systemd_watchdog.prolong_start(lambda: startup.stuck), name="start timeout"
    )
    await server.open()
    bot: Bot | None = None
    try:
        bot = await _unless_ended(_assembled(server, loaded, logs), ended)
        prolonging.cancel()
        if bot is not None:
            loop.add_signal_handler(signal.SIGHUP, bot.request_reload, "signal SIGHUP")
            server.attach(bot)
            if loaded.settings.research.beside_bot:
                limits = await asyncio.to_thread(limits_of, loaded.settings.research)
                server.slot.workbench = Workbench(loaded, bot.audit, limits)
            await _trade(bot, server.slot, ended, reload_on_change)
    finally:
        if server.slot.workbench is not None:
            await server.slot.workbench.close()
        prolonging.cancel()
        systemd_notify.stopping("Stopping")
        await server.close()
        log.info("Stopped; %s", _still_open(open_trades if bot is None else len(bot.book.open)))


def _still_open(trades: int) -> str:
    if trades == 0:
        return "no trade is open"
    return "1 trade stays open" if trades == 1 else f"{trades} trades stay open"


async def _assembled(server: ServerStart, loaded: LoadedSettings, logs: Logs) -> "Bot":
    """Assemble the bot; wait and log while the exchange cannot be reached."""
    startup = server.slot.startup
    log.info("appliance %s is starting", __version__)
    pause = FIRST_RETRY_SECONDS
    if loaded.settings.api_server.enabled:
        await session_tokens.load()  # before the assembly: both import cryptography
    # Importing pandas and ccxt takes a while: the server answers meanwhile.
    assembly = await asyncio.to_thread(importlib.import_module, "appliance.bot.assembly")
    while True:
        try:
            market = await _replayed(loaded)
            bot: Bot = await assembly.assemble(
                loaded, learn=logs.learn, on_step=startup.begin, **({} if market is None else market.as_given)
            )
        except (ExchangeError, KeyRefused) as error:
            if isinstance(error, KeyRefused) and not startup.open_trades:
                raise  # with open trades it retries: the key may be accepted again
            startup.wait_for(str(error), pause)
            log.warning("%s", startup.description())
            systemd_notify.status(startup.description())
            server.announce()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LAST_RETRY_SECONDS)
        else:
            return bot


async def _replayed(loaded: LoadedSettings) -> "Replayed | None":
    """Return the market to trade on, if stored candles are to be replayed."""
    if loaded.settings.exchange.name != REPLAYED:
        return None
    opening = await asyncio.to_thread(importlib.import_module, "appliance.research.replayed.opening")
    market: Replayed = await opening.open_replayed(loaded)
    return market


async def _unless_ended(work: "Coroutine[Any, Any, Bot]", ended: asyncio.Event) -> "Bot | None":
    """Return the result of `work`; None if a signal ends the program before."""
    working = asyncio.create_task(work, name="start")
    waiting = asyncio.create_task(ended.wait(), name="end")
    await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if working.done():
        return working.result()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    return None


async def _trade(bot: "Bot", slot: BotSlot, ended: asyncio.Event, reload_on_change: bool) -> None:
    from appliance.bot.runner import run_until  # late: the port opens first

    _notify(bot)
    systemd_notify.ready(f"{bot.strategy_name} on {bot.gateway.name}")
    beside = [
        asyncio.create_task(systemd_watchdog.feed(bot.is_well), name="watchdog"),
        asyncio.create_task(serve_chat(bot, slot), name="telegram commands"),
        asyncio.create_task(deadman.ping(lambda: bot.settings.health, bot.troubles), name="dead-man ping"),
        asyncio.create_task(watch_market(bot, ended), name="end of the market"),
    ]
    if reload_on_change:
        watching = watch(
            lambda: Path(bot.resolved.file).parent, lambda: bot.request_reload("a file beside the strategy")
        )
        beside.append(asyncio.create_task(watching, name="watching"))
    try:
        await run_until(bot, ended)
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)


def _notify(bot: "Bot") -> None:
    """Send messages until the bot ends; an error here must not stop the protection of trades."""
    from appliance.notify.notifier import Notifier  # late: the port opens first

    try:
        Notifier(bot)
    except Exception:
        log.exception("Starting notifications failed: no messages to Telegram, Discord, webhooks and apprise")
        bot.put_notice("notifications", "No messages are sent; see the log for the reason")
