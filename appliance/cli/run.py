"""Run the bot: open the API first, put the bot together behind it, trade until told to end."""

import asyncio
import importlib
import logging
import os
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvloop
from aiohttp import web

from appliance import __version__
from appliance.config.loading import LoadedSettings
from appliance.config.logs import Logs
from appliance.domain.errors import TemporaryExchangeError
from appliance.ops import deadman, descriptors, notify, watchdog
from appliance.server import tokens
from appliance.server.app import create_app
from appliance.server.desk import DESK, Desk
from appliance.server.listen import serve

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

log = logging.getLogger("appliance")

SWITCH_SECONDS = 0.0002
"""How long a thread may keep the interpreter: short, so that answers do not wait for strategy code."""
FIRST_RETRY_SECONDS = 5.0
LAST_RETRY_SECONDS = 60.0


def run(loaded: LoadedSettings, logs: Logs, *, reload_on_change: bool = False) -> int:
    """Run until SIGINT or SIGTERM; return the exit status. Raises `ApplianceError` when it cannot start.

    With `reload_on_change` the bot reloads whenever a file beside its strategy changes.
    """
    descriptors.raise_limit()
    sys.setswitchinterval(SWITCH_SECONDS)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # indicators gain nothing by more, memory loses
    uvloop.run(_main(loaded, logs, reload_on_change))
    return 0


async def _main(loaded: LoadedSettings, logs: Logs, reload_on_change: bool) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    app = create_app(loaded.settings, log_buffer=logs.buffer)
    runner = await _listen(app, loaded)
    try:
        bot = await _unless_ended(_assembled(app, loaded, logs), ended)
        if bot is not None:
            loop.add_signal_handler(signal.SIGHUP, bot.request_reload, "signal SIGHUP")
            app[DESK].bot = bot
            await _trade(bot, app[DESK], ended, reload_on_change)
    finally:
        notify.stopping("Stopping")
        if runner is not None:
            await runner.cleanup()
        log.info("Stopped")


async def _listen(app: web.Application, loaded: LoadedSettings) -> web.AppRunner | None:
    api = loaded.settings.api_server
    if not api.enabled:
        return None
    return await serve(app, api.listen_ip_address, api.listen_port)


async def _assembled(app: web.Application, loaded: LoadedSettings, logs: Logs) -> "Bot":
    """Put the bot together; wait for an exchange that cannot be reached, telling so."""
    log.info("appliance %s is starting", __version__)
    pause = FIRST_RETRY_SECONDS
    if loaded.settings.api_server.enabled:
        await tokens.load()  # before what follows, not beside it: both import cryptography
    # pandas and ccxt take their time to import: the server answers meanwhile.
    assembly = await asyncio.to_thread(importlib.import_module, "appliance.bot.assembly")
    while True:
        try:
            bot: Bot = await assembly.assemble(loaded, learn=logs.learn)
        except TemporaryExchangeError as error:
            app[DESK].failure = f"The exchange cannot be reached: {error}. Trying again."
            log.warning("%s", app[DESK].failure)
            notify.status(str(app[DESK].failure))
            await asyncio.sleep(pause)
            pause = min(pause * 2, LAST_RETRY_SECONDS)
        else:
            return bot


async def _unless_ended(work: "Coroutine[Any, Any, Bot]", ended: asyncio.Event) -> "Bot | None":
    """Return what `work` returns; None if the program is told to end before."""
    working = asyncio.create_task(work, name="start")
    waiting = asyncio.create_task(ended.wait(), name="end")
    await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if working.done():
        return working.result()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    return None


async def _trade(bot: "Bot", desk: Desk, ended: asyncio.Event, reload_on_change: bool) -> None:
    from appliance.bot.lifetime import run_until
    from appliance.bot.watching import watch
    from appliance.notify.notifier import Notifier
    from appliance.telegram.listening import take_commands

    Notifier(bot)  # ends with the bot
    notify.ready(f"{bot.strategy_name} on {bot.gateway.name}")
    beside = [
        asyncio.create_task(watchdog.feed(bot.is_well), name="watchdog"),
        asyncio.create_task(take_commands(bot, desk), name="telegram commands"),
        asyncio.create_task(deadman.ping(lambda: bot.settings.health, bot.troubles), name="dead-man ping"),
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
