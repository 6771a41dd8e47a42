"""What other databases of the folder hold is said before anything is bought; live, the start refuses."""

import asyncio
import shutil
from pathlib import Path

import pytest

from appliance.bot.recovery.database_choice import check_other_databases
from appliance.config.database_choice import note_use
from appliance.config.loading import LoadedSettings, Sources, load
from appliance.domain.errors import ConfigurationError
from appliance.storage.database.lock import DatabaseLock
from appliance.storage.store import Store
from tests.support.scripted import scene
from tests.support.stored_trades import new_trade


async def database(file: Path, *pairs: str) -> Path:
    """Make a database with open trades of these pairs, and a closed one."""
    file.parent.mkdir(exist_ok=True, parents=True)
    store = await Store.open(f"sqlite:///{file}")
    for pair in pairs:
        await store.save(new_trade(pair))
    closed = new_trade("ADA/USDT")
    closed.is_open, closed.close_date = False, closed.open_date
    await store.save(closed)
    await store.close()
    return file


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "user_data").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(**overrides: object) -> LoadedSettings:
    given = {
        "dry_run": False,
        "exchange.name": "binance",
        "exchange.pair_whitelist": ["ETH/USDT"],
        "exchange.key": "k",
        "exchange.secret": "s",
        "stake_currency": "USDT",
        "stake_amount": 10,
        "max_open_trades": 1,
        "strategy": "SampleStrategy",
    }
    return load(Sources((), given | overrides), environ={})


async def noticed(**overrides: object) -> list[str]:
    return await check_other_databases(await asyncio.to_thread(settings, **overrides))


async def used(**overrides: object) -> None:
    """Note a database, as a start does."""
    loaded = await asyncio.to_thread(settings, **overrides)
    await asyncio.to_thread(note_use, loaded.user_data_dir, loaded.database, dry_run=False)


async def refusal(**overrides: object) -> str:
    with pytest.raises(ConfigurationError) as told:
        await noticed(**overrides)
    assert told.value.exit_status == 2
    assert "\n" not in str(told.value)
    return str(told.value)


async def test_live_does_not_start_beside_open_trades_until_the_database_is_named(bot):
    await database(bot / "user_data/tradesv3.sqlite")
    other = await database(bot / "tradesv3.sqlite", "ETH/USDT", "BTC/USDT")
    told = await refusal()
    for words in (
        str(other),
        "2 open trades (ETH/USDT, BTC/USDT), 1 closed",
        "--db-url sqlite:////",
        "db_url",
    ):
        assert words in told
    for named in ("sqlite:///user_data/tradesv3.sqlite", f"sqlite:///{other}"):
        await noticed(db_url=named)


async def test_a_database_that_holds_no_open_trades_is_nothing_to_say(bot):
    await database(bot / "user_data/tradesv3.sqlite", "ETH/USDT")
    await database(bot / "tradesv3.sqlite")
    (bot / "user_data/tradesv3.safe-20260101-000000.sqlite").write_text("no database")
    assert await noticed() == []
    assert await noticed(db_url="sqlite://") == []


async def test_in_dry_run_and_if_named_it_is_only_reported(bot):
    await database(bot / "user_data/tradesv3.sqlite", "ETH/USDT")
    await database(bot / "tradesv3.sqlite", "ETH/USDT")
    (told,) = await noticed(db_url="sqlite:///tradesv3.sqlite")
    assert f"{bot}/user_data/tradesv3.sqlite has 1 open trades" in told
    for file in (bot / "user_data", bot):
        (file / "tradesv3.sqlite").rename(file / "tradesv3.dryrun.sqlite")
    (told,) = await noticed(dry_run=True)
    assert "that are not managed" in told


async def test_a_database_that_another_bot_runs_on_is_managed(bot):
    await database(bot / "user_data/tradesv3.sqlite")
    other = await database(bot / "tradesv3.sqlite", "ETH/USDT")
    running = await asyncio.to_thread(DatabaseLock.take, other)
    (told,) = await noticed()
    assert f"Another bot runs on the database {other}" in told
    await asyncio.to_thread(running.release)


async def test_a_relative_db_url_means_no_new_database_in_another_folder(bot, monkeypatch):
    named = {"db_url": "sqlite:///mine.sqlite", "user_data_dir": str(bot / "user_data")}
    await database(bot / "mine.sqlite", "ETH/USDT")
    await used(**named)
    (bot / "elsewhere").mkdir()
    monkeypatch.chdir(bot / "elsewhere")
    assert f"{bot}/mine.sqlite has 1 open trades" in await refusal(**named)
    await noticed(**named | {"db_url": f"sqlite:///{bot}/new.sqlite"})


async def test_live_does_not_start_a_new_database_if_the_last_one_is_gone(bot):
    file = await database(bot / "user_data/tradesv3.sqlite", "ETH/USDT")
    await used()
    await asyncio.to_thread(file.unlink)
    assert f"The database {file}, which was used last, is missing: put it back" in await refusal()
    assert await noticed(db_url=f"sqlite:///{file}") == []


@pytest.mark.parametrize("named", [False, True])
async def test_a_safe_copy_beside_a_database_that_is_gone_or_another_one(bot, named):
    """`named`: by db_url, which says where the database is, not that it is to begin anew."""
    file = await database(bot / "user_data/tradesv3.sqlite", "ETH/USDT")
    copy = bot / "user_data/tradesv3.safe-20261130-120000.sqlite"
    await asyncio.to_thread(shutil.copy, file, copy)
    given = {"db_url": f"sqlite:///{file}"} if named else {}
    assert await noticed(**given) == [], "the database knows all that the copy holds"
    await asyncio.to_thread(file.unlink)
    told = await refusal(**given)
    assert f"The database {file} is gone, and the safe copy {copy} holds 1 open trades (ETH/USDT)" in told
    assert await noticed(db_url=f"sqlite:///{copy}") == []
    await database(file)  # a new one in its place
    if named:
        (told,) = await noticed(**given)
    else:
        told = await refusal()
    assert f"{file} has changed" in told


async def test_the_start_says_which_database_it_opened_and_what_is_in_it(bot, caplog):
    caplog.set_level("INFO")
    file = await database(bot / "tradesv3.dryrun.sqlite", "ETH/USDT", "BTC/USDT")
    other = await database(bot / "user_data/tradesv3.dryrun.sqlite", "SOL/USDT")
    async with scene(bot / "user_data", db_url=f"sqlite:///{file}") as stage:
        assert str(other) in stage.bot.findings[0]
    said = [line for line in caplog.messages if line.startswith("Database ")]
    assert said == [f"Database {file} (dry-run): 2 open trades, 1 closed, last change 2026-09-01 12:30 UTC"]
