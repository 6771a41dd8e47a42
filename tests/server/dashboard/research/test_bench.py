"""Research beside a bot: reading always, running only where it is configured and memory is free."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from appliance.config.loading import Sources, load
from appliance.domain.enums import RunMode
from appliance.queries.workbench import Workbench
from appliance.research.jobs.messages import Limits
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.research import bench
from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import DemoBot
from tests.server.dashboard.pages.test_overview import words
from tests.server.dashboard.research.conftest import NAME, store
from tests.support.research.backtests import Workspace


@pytest.fixture
async def beside(tmp_path: Path, visit: Any, make_app: Any, bot: DemoBot) -> Visitor:
    """Somebody before a bot that trades, in a user data folder with a result."""
    workspace = Workspace(tmp_path / "user_data")
    (workspace.folder / "backtest_results").mkdir()
    store(workspace.folder / "backtest_results", 1)
    overrides = {"user_data_dir": str(workspace.folder)}
    sources = Sources((str(workspace.write_config()),), overrides)
    bot.loaded = await asyncio.to_thread(load, sources, {}, runmode=RunMode.BACKTEST)
    visitor: Visitor = await visit(make_app(bot))
    assert (await visitor.log_in()).status == 303
    return visitor


@pytest.fixture
async def running(beside: Visitor, bot: DemoBot) -> AsyncIterator[Workbench]:
    """The bot's workbench, as `research.beside_bot` gives it one."""
    workbench = Workbench(bot.loaded, bot.audit, Limits(seconds=60))
    beside.client.app[BOT_SLOT].workbench = workbench
    yield workbench
    await workbench.close()


async def test_results_are_read_beside_a_bot_and_the_page_tells_how_to_run_jobs(beside: Visitor) -> None:
    page = words(await beside.page("/research"))
    assert "+0.50 %" in page
    assert "Jobs do not run beside this bot" in page
    assert "APPLIANCE__API_SERVER__LISTEN_PORT=8081 appliance webserver -c" in page
    assert "New backtest" not in page
    assert "Mine" in await beside.page(f"/research/results/{NAME.format(1)}")


async def test_nothing_is_started_beside_a_bot_that_is_not_to(beside: Visitor) -> None:
    await beside.page("/research/backtest")
    answer = await beside.send("/research/backtest", strategy="SampleStrategy")
    assert answer.status == 409
    assert "set research.beside_bot" in words(await answer.text())


async def test_too_little_free_memory_starts_nothing(
    beside: Visitor, running: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "memory_free", lambda: 100 * 1024**2)
    assert "Only 100 MB of memory are free" in words(await beside.page("/research"))
    await beside.page("/research/backtest")
    answer = await beside.send("/research/backtest", strategy="SampleStrategy")
    assert answer.status == 409
    assert "trading comes first" in words(await answer.text())
    assert running.jobs.all == []


async def test_beside_a_bot_all_pages_are_in_the_navigation(beside: Visitor, running: Workbench) -> None:
    page = await beside.page("/research")
    assert 'href="trades"' in page
    assert 'href="research" aria-current="page"' in page
