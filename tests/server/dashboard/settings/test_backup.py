"""Backups on the dashboard: made while the bot runs, listed, downloaded, for admins only."""

import asyncio
import io
import json
import sqlite3
import tarfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from appliance.queries.roles import Role
from tests.server.dashboard.pages.test_overview import words
from tests.server.dashboard.settings.conftest import CONFIG, Configure, Enter, leaked


@pytest.fixture
async def bot(configure: Configure, folder: Path) -> Any:
    def prepare() -> None:
        (folder / "user_data" / "strategies" / "deep").mkdir(parents=True)
        (folder / "user_data" / "strategies" / "one.py").write_text("class One: pass\n")
        (folder / "user_data" / "strategies" / "deep" / "one.json").write_text("{}")
        (folder / "user_data" / "strategies" / "notes.txt").write_text("not taken along")
        sqlite3.connect(folder / "trades.sqlite").execute(
            "CREATE TABLE trades (id INTEGER)"
        ).connection.close()

    await asyncio.to_thread(prepare)
    return await configure(db_url=f"sqlite:///{folder}/trades.sqlite")


async def test_a_backup_is_made_listed_and_downloaded(bot: Any, enter: Enter, folder: Path) -> None:
    visitor = await enter(bot)
    page = words(await visitor.page("/settings/backup"))
    assert "There are secrets in it" in page
    assert "There is none yet." in page
    answer = await visitor.send("/settings/backup")
    assert (answer.status, "with 4 files" in words(await answer.text())) == (200, True)
    [kept] = await asyncio.to_thread(lambda: list((folder / "user_data" / "backups").iterdir()))
    assert kept.name in await visitor.page("/settings/backup")
    answer = await visitor.send("/settings/backup/download", name=kept.name)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{kept.name}"'
    with tarfile.open(fileobj=io.BytesIO(await answer.read())) as opened:
        manifest = json.load(opened.extractfile("manifest.json") or io.BytesIO())
        config = (opened.extractfile("configuration/0/config.json") or io.BytesIO()).read()
    assert config.decode() == CONFIG
    assert [file["name"] for file in manifest["files"]] == [
        "database/trades.sqlite",
        "configuration/0/config.json",
        "strategies/deep/one.json",
        "strategies/one.py",
    ]
    assert [line.what for line in bot.audited if line.what.startswith("POST")] == [
        "POST /settings/backup",
        f'POST /settings/backup/download {{"name":"{kept.name}"}}',
    ]


async def test_one_can_be_made_and_downloaded_at_once(bot: Any, enter: Enter) -> None:
    visitor = await enter(bot)
    await visitor.page("/settings/backup")
    answer = await visitor.send("/settings/backup/download")
    assert (answer.status, answer.content_type) == (200, "application/gzip")
    with tarfile.open(fileobj=io.BytesIO(await answer.read())) as opened:
        assert opened.getnames()[0] == "manifest.json"


@pytest.mark.parametrize("name", ["../config.json", "config.json", "/etc/passwd", "appliance-x.tar.gz"])
async def test_nothing_else_can_be_downloaded(bot: Any, enter: Enter, name: str) -> None:
    visitor = await enter(bot)
    await visitor.page("/settings/backup")
    answer = await visitor.send("/settings/backup/download", name=name)
    assert (answer.status, "There is no such backup" in await answer.text()) == (404, True)


async def test_a_link_is_not_downloaded(bot: Any, enter: Enter, folder: Path) -> None:
    visitor = await enter(bot)
    await visitor.page("/settings/backup")
    name = "appliance-20300101-000000-000000.tar.gz"
    backups = folder / "user_data" / "backups"
    await asyncio.to_thread(backups.mkdir)
    await asyncio.to_thread((backups / name).symlink_to, folder / "config.json")
    answer = await visitor.send("/settings/backup/download", name=quote(name))
    assert (answer.status, leaked(await answer.text())) == (404, [])


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
async def test_backups_are_for_admins(bot: Any, enter: Enter, role: Role) -> None:
    visitor = await enter(bot, role)
    assert (await visitor.open("/settings/backup")).status == 403
    assert (await visitor.send("/settings/backup")).status == 403
    assert (await visitor.send("/settings/backup/download")).status == 403
