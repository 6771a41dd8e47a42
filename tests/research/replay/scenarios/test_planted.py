"""Trouble is planted into an hour of a real bot's dry-run; the comparison finds each, and leaves none over."""

import asyncio
from datetime import timedelta

import pytest

from appliance.bot.state_summary import state_summary
from appliance.domain.audit import Commander
from appliance.domain.enums import RunMode
from appliance.config.loading import Sources, load
from appliance.research.replay.past import read_past
from appliance.research.replay.run import replay
from appliance.rules.trade_requests import EntryRequest, ExitRequest
from appliance.storage.store import Store
from tests.support.research.replaying import (
    BEGIN,
    configuration,
    copied,
    loaded_of,
    replaying,
    store_candles,
    trade_until,
)

PERSON = Commander("trader", "REST 127.0.0.1")


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stored")
    store_candles(folder)
    return folder


def at(minutes: float):
    return BEGIN + timedelta(minutes=minutes)


def commanded(bot, what):
    return bot.audit.command(PERSON, what, summary=lambda: state_summary(bot))


async def past_of(folder):
    store = await Store.beside(f"sqlite:///{folder}/trades.sqlite")
    try:
        return await read_past(store)
    finally:
        await store.close()


def compared(folder, **changes):
    past = asyncio.run(past_of(folder))
    loaded = load(Sources((), configuration(folder, **changes)), environ={}, runmode=RunMode.OTHER)
    return replay(loaded, past)


def shown(found):
    for one in found.trades:
        print(one.pair, one.live and f"{one.live.opened:%H:%M:%S}", one.tested and f"{one.tested.opened:%H:%M}",
              [(r.about, r.cause, r.text, r.evidence) for r in one.reasons])
    print(found.totals, found.notes)


async def quietly(folder):
    async with replaying(await loaded_of(folder)) as bot:
        await trade_until(bot)


async def troubled(folder):
    async with replaying(await loaded_of(folder)) as bot:
        await trade_until(bot, at(10))
        async with commanded(bot, "POST /locks"):
            await bot.interventions.add_lock("SOL/USDT", at(24), "*", "by hand")
        await trade_until(bot, at(25))
        async with commanded(bot, "POST /stop"):
            bot.stop()
        await trade_until(bot, at(35))
        async with commanded(bot, "POST /start"):
            bot.start()
        await trade_until(bot, at(41))
        trade = next(iter(bot.book.open.values()))
        async with commanded(bot, "POST /forceexit"):
            await bot.force_exit(ExitRequest(trade_id=str(trade.id)))
        await trade_until(bot)


@pytest.mark.parametrize("what", [quietly, troubled])
def test_it(stored, tmp_path, what):
    folder = copied(stored, tmp_path)
    asyncio.run(what(folder))
    found = compared(folder)
    shown(found)
    assert 0
