"""A file saved on the dashboard, and the real bot that reloads it."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from appliance.server.bot_slot import BOT_SLOT
from tests.server.dashboard.demo_bot import PASSWORD, USER
from tests.server.dashboard.settings.test_file import Editor
from tests.support.scripted import Scene, scene

API = {"username": USER, "password": PASSWORD, "jwt_secret_key": "a secret of thirty-two characters or more"}
FILE = {"minimal_roi": {"0": 10}, "api_server": API}


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Scene]:
    file = tmp_path / "config.json"
    await asyncio.to_thread(file.write_text, json.dumps(FILE, indent=4))
    async with scene(tmp_path, files=[str(file)]) as stage:
        yield stage


@pytest.fixture
async def editor(stage: Scene, make_app: Any, visit: Any) -> Editor:
    app = make_app(None, api_server=stage.bot.settings.api_server)
    app[BOT_SLOT].bot = stage.bot
    visitor = await visit(app)
    assert (await visitor.log_in()).status == 303
    editor = Editor(visitor)
    await editor.open()
    return editor


async def saved(editor: Editor, stage: Scene) -> tuple[int, str]:
    """Save, while the bot goes on with its cycles."""
    saving = asyncio.create_task(editor.save())
    while not saving.done():
        await stage.cycle()
        await asyncio.sleep(0.01)
    return await saving


async def test_the_bot_uses_what_was_saved(editor: Editor, stage: Scene) -> None:
    await stage.enter()
    await editor.change('"0": 10', '"0": 0.02')
    status, said = await saved(editor, stage)
    assert (status, "Reloading config" in said) == (200, True)
    assert stage.bot.resolved.minimal_roi == {0: 0.02}
    assert stage.bot.loaded.gathered.values["minimal_roi"] == {"0": 0.02}
    await stage.cycle(ETH=103.0)
    assert stage.bot.book.closed[0].exit_reason == "roi"


async def test_what_only_the_reload_finds_leaves_the_bot_as_it_was(editor: Editor, stage: Scene) -> None:
    page = await editor.change(
        '"minimal_roi"', '"protections": [{"method": "NoSuchThing"}],\n    "minimal_roi"'
    )
    assert "What changes" in page
    status, said = await saved(editor, stage)
    assert (status, "Saved, but not in use" in said, "NoSuchThing" in said) == (200, True, True)
    assert stage.bot.settings.protections == ()
    assert "Put the former text back" in said


async def test_what_cannot_change_while_it_runs_is_told_before(editor: Editor, stage: Scene) -> None:
    page = await editor.change('"minimal_roi"', '"margin_mode": "isolated",\n    "minimal_roi"')
    assert "margin_mode cannot change while the bot runs" in page
    status, said = await saved(editor, stage)
    assert (status, "Saved, but not in use" in said) == (200, True)
