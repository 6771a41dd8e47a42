"""Settings where no bot runs: in webserver mode, while a bot starts, and where files cannot be written."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from appliance.bot.state.audit import Audit
from appliance.config.editing import saved_files
from appliance.queries.workbench import Workbench
from appliance.research.jobs.messages import Limits
from appliance.server.bot_slot import BOT_SLOT
from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.pages.test_overview import words
from tests.server.dashboard.settings.conftest import CONFIG, Configure, Enter, leaked
from tests.server.dashboard.settings.test_file import Editor


@pytest.fixture
async def webserver(configure: Configure, make_app: Any, visit: Any) -> Visitor:
    bot = await configure()
    app = make_app(None, api_server=bot.settings.api_server)
    slot = app[BOT_SLOT]
    slot.is_webserver = True
    slot.workbench = Workbench(bot.loaded, Audit(bot._write, bot.now), Limits(seconds=60.0))
    visitor: Visitor = await visit(app)
    assert (await visitor.log_in()).status == 303
    return visitor


async def test_webserver_mode_shows_its_configuration(webserver: Visitor) -> None:
    page = await webserver.page("/settings?show=all")
    assert "What this server started with" in words(page)
    assert leaked(page) == []
    assert 'href="settings"' in await webserver.page("/research")


@pytest.mark.parametrize(
    ("path", "told"),
    [("parameters", "No strategy runs here."), ("notifications", "Nothing is sent."), ("tokens", "grafana")],
)
async def test_each_page_says_what_there_is_without_a_bot(webserver: Visitor, path: str, told: str) -> None:
    assert told in words(await webserver.page(f"/settings/{path}"))


async def test_a_file_is_saved_and_read_later(webserver: Visitor, folder: Path) -> None:
    editor = Editor(webserver)
    await editor.open()
    await editor.change('"stake_amount": 100', '"stake_amount": 120')
    status, said = await editor.save()
    assert (status, "Jobs read the file when they start" in said) == (200, True)
    assert "120" in await asyncio.to_thread((folder / "config.json").read_text)


@pytest.mark.parametrize("path", ["", "/file", "/parameters", "/tokens", "/notifications", "/backup"])
async def test_while_the_bot_starts_the_overview_says_so(
    configure: Configure, make_app: Any, visit: Any, path: str
) -> None:
    bot = await configure()
    visitor = await visit(make_app(None, api_server=bot.settings.api_server))
    assert (await visitor.log_in()).status == 303
    answer = await visitor.open(f"/settings{path}")
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    await visitor.page("/login") if not visitor.token else None
    assert (await visitor.send("/settings/file", draft="x")).status in (403, 404, 503)


async def test_a_read_only_file_system_is_told_before_and_after(
    configure: Configure, enter: Enter, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = Editor(await enter(await configure()))

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(saved_files, "why_read_only", lambda _: "the file system of . is read-only")
    monkeypatch.setattr(saved_files, "rewrite", refuse)
    assert "It can be read but not saved: the file system of . is read-only." in words(await editor.open())
    await editor.change('"stake_amount": 100', '"stake_amount": 120')
    status, said = await editor.save()
    assert (status, "cannot be written: Read-only file system; nothing was changed" in said) == (409, True)
    assert await asyncio.to_thread((folder / "config.json").read_text) == CONFIG
    assert not await asyncio.to_thread(lambda: list(folder.glob("*.bak")))
