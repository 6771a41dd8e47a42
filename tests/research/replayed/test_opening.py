"""The exchange `replayed`: stored candles, played to a real bot."""

from datetime import timedelta

import pytest

from appliance.domain.errors import ConfigurationError, DataError
from appliance.domain.timeframe import to_date
from appliance.research.replayed.opening import open_replayed
from tests.support.research.replaying import (
    BEGIN,
    END,
    copied,
    loaded_of,
    replaying,
    store_candles,
    trade_until,
)

FAR = "2030-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stored")
    store_candles(folder)
    return folder


@pytest.fixture
def folder(stored, tmp_path):
    return copied(stored, tmp_path)


async def trades_of(folder, **changes):
    async with replaying(await loaded_of(folder, **changes)) as bot:
        await trade_until(bot)
        trades = await bot.trades([*bot.book.open, *(trade.id for trade in bot.book.closed)])
        return [
            (
                one.pair,
                one.open_date,
                one.open_rate,
                one.amount,
                one.close_date,
                one.close_rate,
                one.exit_reason,
            )
            for one in sorted(trades, key=lambda trade: trade.id)
        ]


@pytest.mark.parametrize(
    ("changes", "error", "text"),
    [
        ({"exchange.replayed.exchange": ""}, ConfigurationError, "replayed.exchange: missing; expected"),
        ({"exchange.replayed.end": BEGIN.isoformat()}, ConfigurationError, "expected a time after"),
        ({"exchange.replayed.start": "2026-01-05"}, ConfigurationError, "replayed.start: expected a date"),
        ({"dry_run": False}, ConfigurationError, "expected true with the replayed exchange"),
        ({"trading_mode": "futures", "margin_mode": "isolated"}, DataError, "--trading-mode futures`"),
        ({"exchange.replayed.start": FAR, "exchange.replayed.end": None}, ConfigurationError,
         "no candles from then on"),
        ({"datadir": "elsewhere"}, DataError, "`appliance download-data --exchange simulated"),
    ],
)  # fmt: skip
async def test_what_cannot_be_replayed_is_refused(folder, changes, error, text):
    with pytest.raises(error) as refused:
        await open_replayed(await loaded_of(folder, **changes))
    assert text in str(refused.value)
    assert "\n" not in str(refused.value)


async def test_the_same_candles_give_the_same_trades_however_often_the_bot_is_restarted(folder):
    whole = await trades_of(folder, db_url=f"sqlite:///{folder}/whole.sqlite")
    assert len(whole) > 3
    middle = BEGIN + timedelta(minutes=27)
    async with replaying(await loaded_of(folder)) as bot:
        await trade_until(bot, middle)
    async with replaying(await loaded_of(folder)) as bot:
        assert bot.now() == middle  # it goes on where the database ends
    assert await trades_of(folder) == whole


async def test_a_database_beyond_the_end_is_refused(folder):
    short = {"exchange.replayed.end": (BEGIN + timedelta(minutes=10)).isoformat()}
    await trades_of(folder, **short)
    with pytest.raises(ConfigurationError, match="ends at 2026-01-05 12:10 UTC, and the database is at"):
        await open_replayed(await loaded_of(folder, **short))


async def test_without_a_span_all_stored_candles_are_played(folder):
    market = await open_replayed(
        await loaded_of(folder, **{"exchange.replayed.start": None, "exchange.replayed.end": None})
    )
    assert to_date(market.time.now_ms()) == BEGIN - timedelta(hours=6)
    assert to_date(market.time.end_ms) == END + timedelta(hours=2)
    assert market.time.step_ms == 15_000


async def test_locks_and_dates_are_of_the_time_of_the_market(folder):
    async with replaying(await loaded_of(folder)) as bot:
        await trade_until(bot, BEGIN + timedelta(minutes=6))
        until = bot.now() + timedelta(minutes=3)
        lock = await bot.interventions.add_lock("BTC/USDT", until, "*", "a test")
        assert lock.lock_time == bot.now()
        assert lock in bot.locks.active(bot.now())
        await trade_until(bot, BEGIN + timedelta(minutes=20))
        assert lock not in bot.locks.active(bot.now())
        assert all(BEGIN <= trade.open_date <= bot.now() for trade in bot.book.open.values())
        assert bot.loop_age < 60  # of the machine: a market that plays fast makes no bot look stuck
