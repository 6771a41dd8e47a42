"""Trouble is planted into a real bot's dry-run; the comparison finds it, and leaves nothing over."""

import asyncio
from datetime import timedelta

import pytest

from appliance.bot.state_summary import state_summary
from appliance.config.loading import Sources, load
from appliance.domain.audit import Commander
from appliance.domain.enums import RunMode, TradingMode
from appliance.research.data.candles import CandleFiles
from appliance.research.data.layout import CandleKey
from appliance.research.replay.past import read_past
from appliance.research.replay.run import Wanted, replay
from appliance.research.timerange import TimeRange
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


@pytest.fixture
def folder(stored, tmp_path):
    return copied(stored, tmp_path)


def at(minutes):
    return BEGIN + timedelta(minutes=minutes)


def commanded(bot, what):
    return bot.audit.command(PERSON, what, summary=lambda: state_summary(bot))


async def past_of(folder):
    store = await Store.beside(f"sqlite:///{folder}/trades.sqlite")
    try:
        return await read_past(store)
    finally:
        await store.close()


def compared(folder, wanted=None, **changes):
    past = asyncio.run(past_of(folder))
    loaded = load(Sources((), configuration(folder, **changes)), environ={}, runmode=RunMode.OTHER)
    found = replay(loaded, past, wanted)
    assert found.totals.unexplained == 0
    assert all(one.reasons for one in found.trades if one.live is None or one.tested is None)
    return found


def causes(found, pair=None):
    return {reason.cause for one in found.trades if pair in (None, one.pair) for reason in one.reasons}


async def traded(folder, **changes):
    async with replaying(await loaded_of(folder, **changes)) as bot:
        await trade_until(bot)


def test_an_hour_without_trouble_is_matched_trade_by_trade(folder):
    asyncio.run(traded(folder))
    found = compared(folder)
    assert found.totals.matched >= 8
    assert causes(found) <= {"price", "slippage", "inside candle", "entry", "end", "held", "slot"}
    assert found.notes == []


def test_commands_of_people_are_found(folder):
    async def trouble():
        async with replaying(await loaded_of(folder)) as bot:
            await trade_until(bot, at(1))
            async with commanded(bot, 'POST /locks [{"pair":"SOL/USDT"}]'):
                await bot.interventions.add_lock("SOL/USDT", at(19), "*", "by hand")
            await trade_until(bot, at(20))
            exited = bot.book.of_pair("ETH/USDT")
            async with commanded(bot, f'POST /forceexit {{"tradeid":"{exited.id}"}}'):
                await bot.force_exit(ExitRequest(trade_id=str(exited.id)))
            await trade_until(bot, at(26))
            async with commanded(bot, 'POST /forceenter {"pair":"BTC/USDT"}'):
                await bot.force_enter(EntryRequest(pair="BTC/USDT"))
            await trade_until(bot, at(33))
            async with commanded(bot, "POST /stop"):
                bot.stop()
            await trade_until(bot, at(43))
            async with commanded(bot, "POST /start"):
                bot.start()
            await trade_until(bot)

    asyncio.run(trouble())
    found = compared(folder)
    assert "lock" in causes(found, "SOL/USDT")
    assert "manual" in causes(found, "ETH/USDT")
    assert "manual" in causes(found, "BTC/USDT")
    assert "stopped" in causes(found)


def test_a_bot_that_was_down(folder):
    asyncio.run(traded(folder, **{"exchange.replayed.end": at(9).isoformat()}))
    asyncio.run(traded(folder, **{"exchange.replayed.start": at(41).isoformat()}))
    found = compared(folder)
    assert "down" in causes(found)


def test_a_bot_that_had_fewer_slots(folder):
    asyncio.run(traded(folder, max_open_trades=1))
    assert "slot" in causes(compared(folder))


def test_limit_orders_that_were_not_filled(folder):
    spread = {"exchange.replayed.spread": 0.02, "unfilledtimeout.entry": 2, "unfilledtimeout.unit": "minutes"}
    asyncio.run(traded(folder, **spread))
    assert "time-out" in causes(compared(folder))


def test_a_signal_that_depends_on_how_many_candles_there_are(folder):
    counting = {"strategy": "Counting", "exchange.replayed.end": at(30).isoformat()}
    asyncio.run(traded(folder, **counting))
    found = compared(folder, **counting)
    assert causes(found) == {"signal"}
    assert found.totals.tested == 0


def test_candles_that_were_changed_after_the_bot_saw_them(folder):
    asyncio.run(traded(folder, **{"exchange.replayed.end": at(30).isoformat()}))
    files = CandleFiles(folder / "user_data" / "data" / "simulated", "feather")
    for timeframe in ("1m", "5m"):
        key = CandleKey("BTC/USDT", timeframe)
        candles = files.load(key).copy()
        candles[:, 1:5] *= 1.05
        files.save(key, candles)
    assert "candles" in causes(compared(folder), "BTC/USDT")


def test_another_version_of_the_strategy_is_noticed(folder):
    (folder / "strategies").mkdir()
    source = (configuration(folder)["strategy_path"] + "/often.py").replace("//", "/")
    changed = folder / "strategies" / "often.py"
    with open(source) as opened:
        text = opened.read()
    changed.write_text(text)
    own = {"strategy_path": str(changed.parent), "exchange.replayed.end": at(20).isoformat()}
    asyncio.run(traded(folder, **own))
    changed.write_text(text.replace("< 55", "< 20"))
    found = compared(folder, **own)
    assert "strategy" in causes(found)


def test_a_part_of_the_past_is_compared(folder):
    asyncio.run(traded(folder))
    begin, end = (int(at(minutes).timestamp() * 1000) for minutes in (20, 50))
    found = compared(folder, Wanted(TimeRange(begin, end)))
    assert (found.first, found.last) == (at(20), at(50))
    assert all(one.at >= at(20) for one in found.trades)


def test_positions_on_futures_markets_are_matched_and_pay_funding(tmp_path):
    pairs = ("BTC/USDT:USDT", "ETH/USDT:USDT")
    store_candles(tmp_path, pairs=pairs, hours=12, mode=TradingMode.FUTURES)
    over_the_hour = {
        "trading_mode": "futures",
        "margin_mode": "isolated",
        "exchange.pair_whitelist": list(pairs),
        "exchange.replayed.start": at(225).isoformat(),
        "exchange.replayed.end": at(250).isoformat(),
    }
    asyncio.run(traded(tmp_path, **over_the_hour))
    past = asyncio.run(past_of(tmp_path))
    assert all(trade.liquidation_price for trade in past.trades)
    assert any(
        trade.funding_fees for trade in past.trades
    )  # 16:00 is one of the hours at which they are charged
    found = compared(tmp_path, **over_the_hour)
    assert found.totals.matched == found.totals.live > 1
