"""What is noted of balances, once a day."""

from datetime import UTC, datetime, timedelta

import pytest

from appliance.reports.views.wallet_history import wallet_history_shown
from tests.support.scripted import ScriptedMarket, scene

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def notes(stage):
    records, _ = await stage.bot.balance_history()
    return [(r.timestamp.isoformat()[:10], r.currency, r.total_quote, r.bot_managed) for r in records]


async def test_the_first_day_has_no_record(tmp_path):
    async with scene(tmp_path) as stage:
        began = stage.market.now
        await stage.cycle()
        assert await stage.bot.balance_history() == ([], began + timedelta(seconds=5))


async def test_a_day_is_noted_seven_minutes_after_midnight_and_once(tmp_path):
    async with scene(tmp_path) as stage:
        await stage.enter("ETH/USDT")
        await stage.cycle()
        stage.market.now = datetime(2026, 1, 6, 0, 6, 50, tzinfo=UTC)
        await stage.cycle()
        assert await notes(stage) == []
        await stage.cycle(ETH=105.0)
        coin, money = sorted(await notes(stage))
        assert money == ("2026-01-06", "USDT", pytest.approx(900.0), True)
        assert coin == ("2026-01-06", "ETH", pytest.approx(105.0), True)
        stage.market.wait(hours=5)
        await stage.cycle(ETH=106.0)
        assert sorted(await notes(stage)) == [coin, money]
        stage.market.wait(days=1)
        await stage.cycle()
        assert [day for day, *_ in await notes(stage)] == ["2026-01-06"] * 2 + ["2026-01-07"] * 2


async def test_a_day_that_the_bot_slept_through_is_noted_when_it_is_back_and_not_again(tmp_path):
    market = ScriptedMarket(datetime(2026, 1, 5, 12, 0, tzinfo=UTC))
    async with scene(tmp_path, market=market) as stage:
        await stage.cycle()
    market.wait(days=1)
    async with scene(tmp_path, market=market) as stage:
        await stage.cycle()
        once = await notes(stage)
        assert [day for day, *_ in once] == ["2026-01-06"]
    market.wait(hours=1)
    async with scene(tmp_path, market=market, dry_run_wallet=2000) as stage:
        await stage.cycle()
        assert await notes(stage) == once


async def test_money_that_is_not_the_bots_is_noted_as_such(tmp_path):
    async with scene(tmp_path, dry_run_wallet={"USDT": 1000, "SOL": 2, "XYZ": 5}) as stage:
        await stage.cycle()
        stage.market.wait(days=1)
        await stage.cycle(SOL=50.0)
        assert sorted(await notes(stage)) == [
            ("2026-01-06", "SOL", 100.0, False),
            ("2026-01-06", "USDT", 1000.0, True),
            ("2026-01-06", "XYZ", None, False),
        ]


async def test_without_prices_the_note_waits(tmp_path):
    async with scene(tmp_path) as stage:
        await stage.enter("ETH/USDT")
        await stage.cycle()
        stage.market.wait(days=1)
        history = stage.bot._cycle.balance_history
        stage.market.down = True
        await history.note_if_due()
        assert await notes(stage) == []
        stage.market.down = False
        await history.note_if_due()
        assert len(await notes(stage)) == 2


async def test_a_day_whose_prices_are_not_all_known_has_no_worth(tmp_path):
    """No day is noted with positions that count as nothing: their price is waited for, then left open."""
    async with scene(tmp_path) as stage:
        await stage.enter("ETH/USDT")
        await stage.cycle()
        whole = stage.market.fetch_tickers

        async def without_eth(pairs=None):
            return {pair: ticker for pair, ticker in (await whole(pairs)).items() if pair != "ETH/USDT"}

        stage.market.fetch_tickers = without_eth
        stage.market.now = datetime(2026, 1, 6, 0, 30, tzinfo=UTC)
        await stage.cycle()
        assert await notes(stage) == []
        stage.market.now = datetime(2026, 1, 6, 1, 0, tzinfo=UTC)
        await stage.cycle()
        assert sorted(note[1:3] for note in await notes(stage)) == [("ETH", None), ("USDT", 900.0)]
        stage.market.fetch_tickers = whole
        stage.market.now = datetime(2026, 1, 7, 1, 0, tzinfo=UTC)
        await stage.cycle(ETH=105.0)
        records, began = await stage.bot.balance_history()
        shown = wallet_history_shown(records, began)
        assert [(row[0][:10], row[2]) for row in shown.data] == [("2026-01-07", pytest.approx(1005.0))]
