"""A server in webserver mode on a user data folder, and questions about its jobs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from appliance.bot.state.audit import Audit
from appliance.config.loading import Sources, load
from appliance.config.validation.api_security import new_session_secret
from appliance.domain.enums import RunMode
from appliance.queries.workbench import Workbench
from appliance.research.jobs.machine import limits_of
from appliance.server.bot_slot import BOT_SLOT
from appliance.storage.store import Store
from tests.support.research.backtests import Workspace
from tests.support.serving import LOGIN, Api, served

PATIENCE = 60.0


@asynccontextmanager
async def webserver(workspace: Workspace, **settings: Any) -> AsyncIterator[Api]:
    """Serve a workspace; `settings` are by dotted key path."""
    overrides = {"user_data_dir": str(workspace.folder), **LOGIN, **settings}
    sources = Sources((str(workspace.write_config()),), overrides, session_secret=new_session_secret())
    loaded = await asyncio.to_thread(load, sources, {}, runmode=RunMode.WEBSERVER)
    limits = await asyncio.to_thread(limits_of, loaded.settings.research)
    store = await Store.open(f"sqlite:///{workspace.folder / 'webserver.sqlite'}")
    async with served(loaded.settings) as api:
        slot = api.app[BOT_SLOT]
        slot.is_webserver = True
        audit = Audit(store.audit.add, lambda: datetime.now(UTC))
        slot.workbench = workbench = Workbench(loaded, audit, limits, store.audit)
        try:
            yield api
        finally:
            await workbench.close()
            await store.close()


def workbench_of(api: Api) -> Workbench:
    return api.app[BOT_SLOT].require_workbench()


async def audited(api: Api) -> list[str]:
    """Return what the audit log says was commanded, the newest first."""
    return [line["what"] for line in (await api.get("/audit")).body["lines"]]


async def ended(api: Api, path: str = "/backtest") -> Any:
    """Wait until what the path shows is over, and return the last answer's body."""
    async with asyncio.timeout(PATIENCE):
        while True:
            answer = await api.get(path)
            if not answer.body.get("running") and answer.body.get("detail") is None:
                return answer.body
            await asyncio.sleep(0.05)
