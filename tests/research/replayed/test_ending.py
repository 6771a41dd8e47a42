"""At the end of a replayed market the bot enters nothing more, or the program ends."""

import asyncio
from datetime import timedelta

import pytest

from appliance.research.replayed.ending import watch_market
from tests.support.research.replaying import BEGIN, loaded_of, replaying, store_candles, trade_until

SHORT = {"exchange.replayed.end": (BEGIN + timedelta(minutes=1)).isoformat()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stored")
    store_candles(folder, pairs=("BTC/USDT",))
    return folder


async def at_the_end(folder, **changes):
    ended = asyncio.Event()
    async with replaying(await loaded_of(folder, **SHORT, **changes)) as bot:
        watching = asyncio.create_task(watch_market(bot, ended))
        await trade_until(bot)
        await watching
        return bot.bars, ended.is_set()


async def test_it_enters_nothing_more_and_stays(folder):
    bars, ended = await at_the_end(folder, db_url=f"sqlite:///{folder}/stays.sqlite")
    assert bars == ["No entries: the replayed market has ended at 2026-01-05 12:01 UTC"]
    assert not ended


async def test_the_program_ends_where_that_is_configured(folder):
    _, ended = await at_the_end(folder, **{"exchange.replayed.at_end": "exit"})
    assert ended
