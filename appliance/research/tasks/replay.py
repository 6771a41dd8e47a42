"""Compare a bot's past with its backtest as a job: what `replay` does, as an answer of the API."""

import asyncio
import gc
from typing import TYPE_CHECKING

import msgspec

from appliance.domain.enums import RunMode
from appliance.domain.errors import StorageError
from appliance.research.replay.past import read_past
from appliance.research.replay.run import Wanted, replay
from appliance.research.tasks.settings import Arguments, settings_of
from appliance.research.timerange import TimeRange
from appliance.storage.store import Store

if TYPE_CHECKING:
    from appliance.research.jobs.report import Report
    from appliance.research.replay.past import Past


def run(arguments: Arguments, report: "Report") -> bytes:
    """Compare, and return the answer. Raises ApplianceError."""
    gc.set_threshold(50_000, 50, 100)  # as the command does
    loaded = settings_of(arguments, RunMode.OTHER, db_url=arguments["db_url"])
    wanted = Wanted(
        TimeRange.parse(arguments["timerange"]), arguments["timeframe_detail"], arguments["configuration"]
    )
    found = replay(loaded, asyncio.run(_past(loaded.db_url)), wanted, report)
    answer = {
        "status": "ended",
        "running": False,
        "status_msg": "The comparison has ended",
        "step": "finished",
        "progress": 1.0,
        "comparison": found,
    }
    return msgspec.json.encode(answer)


async def _past(url: str) -> "Past":
    store = await Store.beside(url)
    if store is None:
        raise StorageError("There is no database of a bot yet: nothing to compare")
    try:
        return await read_past(store)
    finally:
        await store.close()
