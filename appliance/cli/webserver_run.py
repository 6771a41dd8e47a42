"""Run the server in webserver mode until a signal ends the program."""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import uvloop

from appliance import __version__
from appliance.bot.state.audit import PROGRAM, Audit
from appliance.cli.server_start import ServerStart
from appliance.config.loading import LoadedSettings
from appliance.config.logs.setup import Logs
from appliance.ops import descriptors, freed_memory, systemd_notify, systemd_watchdog
from appliance.queries.workbench import Workbench
from appliance.research.jobs.machine import limits_of
from appliance.server.auth import session_tokens

log = logging.getLogger("appliance")

SWITCH_SECONDS = 0.0002
_NO_RELOAD = "Nothing to reload: jobs read the configuration when they start; api_server needs a restart"
DATABASE = "webserver.sqlite"
"""The database of the audit log, in the user data folder: that of a bot is the bot's alone."""


def run(loaded: LoadedSettings, logs: Logs, *, on_available: Callable[[], None]) -> int:
    """Run until SIGINT or SIGTERM; return the exit status. Raises `ApplianceError` if it cannot start.

    `on_available` is called once the server answers.
    """
    descriptors.raise_limit()
    freed_memory.limit_unused()
    sys.setswitchinterval(SWITCH_SECONDS)
    uvloop.run(_main(loaded, logs, on_available))
    return 0


async def _main(loaded: LoadedSettings, logs: Logs, on_available: Callable[[], None]) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    loop.add_signal_handler(signal.SIGHUP, log.warning, _NO_RELOAD)
    server = ServerStart(loaded, logs.buffer, open_trades=0, on_available=on_available)
    server.slot.is_webserver = True
    log.info("appliance %s is starting in webserver mode", __version__)
    await server.open()
    try:
        await _serve(server, loaded, ended)
    finally:
        systemd_notify.stopping("Stopping")
        await server.close()
        log.info("Stopped")


async def _serve(server: ServerStart, loaded: LoadedSettings, ended: asyncio.Event) -> None:
    from appliance.storage.store import Store  # late: the port opens first

    await session_tokens.load()
    store = await Store.open(f"sqlite:///{(loaded.user_data_dir / DATABASE).absolute()}")
    try:
        audit = Audit(store.audit.add, lambda: datetime.now(UTC))
        audit.learn(loaded.raw)
        await audit.note(PROGRAM, "started", after="webserver mode")
        limits = await asyncio.to_thread(limits_of, loaded.settings.research)
        workbench = Workbench(loaded, audit, limits, store.audit)
        server.slot.workbench = workbench
        server.announce()
        systemd_notify.ready("Webserver mode")
        watchdog = asyncio.create_task(systemd_watchdog.feed(lambda: True), name="watchdog")
        try:
            await ended.wait()
        finally:
            watchdog.cancel()
            server.slot.workbench = None
            await workbench.close()
            await audit.note(PROGRAM, "ended", before="webserver mode")
    finally:
        await store.close()
