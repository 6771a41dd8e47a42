"""What happens to the database's files under the bot: noticed with the next cycle, saved; no false alarm."""

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from appliance.bot.health import health_of
from appliance.domain.errors import Refused, StorageError
from appliance.rules.trade_requests import ExitRequest
from appliance.storage.database import database
from appliance.storage.safe_copy import copies_of
from appliance.storage.store import Store
from tests.support.scripted import scene


def spoil(tmp_path) -> None:
    """Overwrite all that is in the file; its size stays."""
    with (tmp_path / "trades.sqlite").open("r+b") as file:
        file.write(os.urandom(os.fstat(file.fileno()).st_size))


def copies(tmp_path) -> list:
    return sorted(tmp_path.glob("trades.safe-*.sqlite"))


def kept(file) -> dict[int, tuple]:
    with sqlite3.connect(file) as books:
        rows = books.execute("SELECT id, pair, is_open, round(coalesce(close_profit_abs, 0), 4) FROM trades")
        return {row[0]: row[1:] for row in rows}


async def with_history(stage):
    """Have one trade closed, another one open."""
    closed = await stage.enter("BTC/USDT")
    await stage.cycle()
    await stage.bot.force_exit(ExitRequest(trade_id=str(closed.id)))
    await stage.cycle()
    trade = await stage.enter("ETH/USDT")
    await stage.cycle()
    return trade


@pytest.mark.parametrize("readable", ["by the connection", "in part", "not at all"])
async def test_a_corrupted_file_is_saved_from_what_there_is_and_stops_are_kept(
    tmp_path, monkeypatch, readable: str
):
    async with scene(tmp_path) as stage:
        await with_history(stage)
        before = kept(tmp_path / "trades.sqlite")
        store = stage.bot._shared.books.store

        async def no(*_: object) -> None:
            raise StorageError("it cannot be read")

        if readable != "by the connection":
            monkeypatch.setattr(store, "copy_to", no)
        if readable == "not at all":
            monkeypatch.setattr(store, "trades", no)
            monkeypatch.setattr(store.journal, "in_states", no)
        spoil(tmp_path)
        await stage.cycle()
        (copy,) = copies(tmp_path)
        (told,) = [m["status"] for m in stage.told("warning") if "safe copy" in m["status"]]
        assert str(copy) in told
        assert any("is damaged" in trouble for trouble in health_of(stage.bot).troubles())
        with pytest.raises(Refused, match="no entries"):
            await stage.enter("SOL/USDT")
        assert kept(copy) == before
        await stage.cycle(ETH=50.0)
        await stage.cycle()
        assert [trade.exit_reason for trade in stage.bot.book.open.values()] == []
        assert kept(copy)[2][1] == 0
        assert len(copies(tmp_path)) == 1
        assert stage.bot.book.closed[-1].exit_reason == "stop_loss"
    (copy,) = copies(tmp_path)
    again = await Store.open(f"sqlite:///{copy}")
    assert len(await again.closed_trades()) == 2
    await again.close()


@pytest.mark.parametrize("how", ["removed", "replaced", "cut"])
async def test_the_copy_can_be_put_in_the_place_as_it_says(tmp_path, how):
    """The write-ahead log that lay there would be written into the copy, and spoil it."""
    file = tmp_path / "trades.sqlite"
    async with scene(tmp_path) as stage:
        await with_history(stage)
        if how == "cut":
            os.truncate(file, 8192)
        else:
            file.unlink()
        if how == "replaced":
            await asyncio.to_thread(make_other, file)
        await stage.cycle()
    (copy,) = copies(tmp_path)
    before = kept(copy)
    assert [path for path in tmp_path.glob("trades.sqlite-*") if ".lost-" not in path.name] == []
    copy.replace(file)
    again = await Store.open(f"sqlite:///{file}")
    assert [trade.pair for trade in await again.open_trades()] == ["ETH/USDT"]
    await again.close()
    assert kept(file) == before


async def test_what_is_written_in_the_copy_is_in_its_file_with_each_cycle(tmp_path):
    """The bot may be killed, and whoever puts the copy in the place takes its one file."""
    file = tmp_path / "trades.sqlite"
    async with scene(tmp_path) as stage:
        await with_history(stage)
        file.unlink()
        await stage.cycle()
        (copy,) = copies(tmp_path)
        await stage.bot.interventions.delete_trade(next(iter(stage.bot.book.open)))
        await stage.cycle()
        alone = tmp_path / "alone.sqlite"
        shutil.copy(copy, alone)
        with closing(sqlite3.connect(alone)) as taken:
            assert taken.execute("SELECT count(*) FROM trades WHERE is_open").fetchone() == (0,)


def make_other(file: Path) -> None:
    with sqlite3.connect(file.with_suffix(".other")) as books:
        books.execute("CREATE TABLE notes (text)")
    books.close()
    file.with_suffix(".other").replace(file)


@pytest.mark.parametrize("how", ["removed", "moved", "not writable"])
async def test_where_its_folder_is_gone_the_copy_goes_above_it(tmp_path, monkeypatch, how):
    folder = tmp_path / "user_data"
    folder.mkdir()
    async with scene(folder) as stage:
        await with_history(stage)
        if how == "removed":
            await asyncio.to_thread(shutil.rmtree, folder)
        elif how == "moved":
            folder.rename(tmp_path / "moved")
        else:
            (folder / "trades.sqlite").unlink()

            def refused(file: Path) -> None:
                if file.parent == folder:
                    raise PermissionError(13, "Permission denied")
                empty(file)

            empty = database._make_empty
            monkeypatch.setattr(database, "_make_empty", refused)
            monkeypatch.setattr("appliance.bot.recovery.database_watch.write_memory", _refused)
        await stage.cycle()
        (copy,) = tmp_path.glob("user_data-trades.safe-*.sqlite")
        assert any(f"safe copy {copy}, which the bot uses" in m["status"] for m in stage.told("warning"))
        await stage.cycle(ETH=50.0)
        await stage.cycle()
        assert {row[1] for row in kept(copy).values()} == {0}
    assert await asyncio.to_thread(copies_of, folder / "trades.sqlite") == [copy]
    assert await asyncio.to_thread(copies_of, tmp_path / "other/trades.sqlite") == []


async def _refused(*_: object) -> Store:
    raise StorageError("it cannot be written")


async def test_where_no_copy_can_be_made_it_is_reported_once_and_tried_again(tmp_path, monkeypatch):
    async with scene(tmp_path) as stage:
        await with_history(stage)

        async def full(*_: object) -> None:
            raise StorageError("disk is full")

        with monkeypatch.context() as broken:
            broken.setattr(stage.bot._shared.books.store, "copy_to", full)
            broken.setattr("appliance.bot.recovery.database_watch.write_memory", full)
            (tmp_path / "trades.sqlite").unlink()
            for _ in range(3):
                await stage.cycle()
        warnings = [m["status"] for m in stage.told("warning")]
        assert [("A safe copy cannot be made: disk is full" in text) for text in warnings] == [True]
        assert copies(tmp_path) == []
        await stage.cycle()
        assert len(copies(tmp_path)) == 1


async def test_what_the_bot_and_others_write_properly_is_no_alarm(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("appliance.storage.store.CHECKPOINT_FROM_BYTES", 0)
    async with scene(tmp_path) as stage:
        await with_history(stage)
        for _ in range(3):
            await stage.cycle()
        assert "Another program" not in caplog.text

        def by_hand() -> None:
            with sqlite3.connect(tmp_path / "trades.sqlite") as books:
                books.execute("CREATE TABLE notes (text)")
                books.execute("INSERT INTO notes VALUES ('x')")
            books.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            books.close()

        await asyncio.to_thread(by_hand)
        await stage.cycle()
        await stage.cycle()
        assert stage.bot._shared.books.lost == ""
        assert health_of(stage.bot).troubles() == []
        assert caplog.text.count("Another program has written to the database") == 1
        assert stage.told("warning") == []
