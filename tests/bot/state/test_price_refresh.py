"""Prices that are shown are asked for when somebody looks: by one question that holds nobody up for long."""

import asyncio
import time

import pytest

from appliance.bot.state import price_refresh
from appliance.bot.state.book import PRESENT_SECONDS
from tests.bot.live_scene import live_scene
from tests.exchange_server.fixture import BinanceServer
from tests.exchange_server.fixture import binance_server as binance_server
from tests.support.scripted import ScriptedMarket, scene


class Asked(ScriptedMarket):
    """Count the questions for prices; `hangs` lets them wait, `answers` is set with the last one's answer."""

    def __init__(self, now):
        super().__init__(now)
        self.questions = []
        self.hangs = asyncio.Event()
        self.hangs.set()

    async def fetch_bids_asks(self, pairs):
        self.questions.append(sorted(pairs))
        await self.hangs.wait()
        return await super().fetch_bids_asks(pairs)


@pytest.fixture
async def stage(tmp_path):
    """A stopped bot with two trades, 11 seconds after it was stopped; prices have moved."""
    from datetime import UTC, datetime

    market = Asked(datetime(2026, 1, 5, 12, 0, 30, tzinfo=UTC))
    wallet = {"USDT": 1000, "SOL": 2}
    async with scene(tmp_path, market=market, dry_run_wallet=wallet) as stage:
        await stage.enter("ETH/USDT")
        await stage.enter("BTC/USDT")
        await stage.cycle()
        stage.bot.stop()
        market.wait(seconds=11)
        market.prices |= {"ETH/USDT": 137.0, "BTC/USDT": 138.0, "SOL/USDT": 139.0}
        market.questions.clear()
        yield stage


async def test_a_burst_of_requests_is_one_question(stage):
    await asyncio.gather(*(stage.bot.refresh_prices() for _ in range(200)))
    assert stage.market.questions == [["BTC/USDT", "ETH/USDT"]]
    assert stage.bot.book.rates == {"ETH/USDT": 137.0, "BTC/USDT": 138.0}
    stage.market.wait(seconds=9)
    await stage.bot.refresh_prices()
    assert len(stage.market.questions) == 1
    stage.market.wait(seconds=1)
    await stage.bot.refresh_prices()
    assert len(stage.market.questions) == 2


async def test_the_account_is_valued_by_the_same_question(stage):
    await asyncio.gather(stage.bot.refresh_account(), stage.bot.refresh_account(), stage.bot.refresh_prices())
    assert stage.market.questions == [["BTC/USDT", "ETH/USDT", "SOL/USDT"]]
    rates = [stage.bot.rate_in_stake(name) for name in ("USDT", "ETH", "SOL", "XYZ")]
    assert rates == [1.0, 137.0, 139.0, 0.0]


async def test_clients_cause_no_request_while_the_bot_fetches_itself(stage):
    stage.bot.start()
    await stage.cycle()
    stage.market.questions.clear()
    await stage.bot.refresh_prices()
    assert stage.market.questions == []


async def test_an_exchange_that_hangs_delays_only_the_first_answer_briefly(stage, monkeypatch):
    monkeypatch.setattr(price_refresh, "PATIENCE_SECONDS", 0.2)
    stage.market.hangs.clear()
    began = time.monotonic()
    await asyncio.gather(*(stage.bot.refresh_prices() for _ in range(50)))
    assert time.monotonic() - began >= 0.2
    waiting = asyncio.create_task(stage.bot.refresh_prices())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert waiting.done(), "who comes later does not wait for a question that takes too long"
    assert len(stage.market.questions) == 1
    stage.market.hangs.set()
    await stage.bot.refresh_prices()
    await asyncio.sleep(0.05)
    assert stage.bot.book.rates["ETH/USDT"] == 137.0


async def test_a_question_without_an_answer_is_given_up_and_put_again_later(stage, monkeypatch, caplog):
    monkeypatch.setattr(price_refresh, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(price_refresh, "ASKING_SECONDS", 0.1)
    stage.market.hangs.clear()
    await stage.bot.refresh_prices()
    await asyncio.sleep(0.3)
    await stage.bot.refresh_prices()
    assert len(stage.market.questions) == 1, "a failure is remembered"
    stage.market.hangs.set()
    stage.market.wait(seconds=11)
    await stage.bot.refresh_prices()
    assert (len(stage.market.questions), stage.bot.book.rates["ETH/USDT"]) == (2, 137.0)
    assert caplog.text.count("Current prices are unknown") == 1


async def test_a_failure_is_remembered_briefly(stage):
    stage.market.down = True
    for _ in range(20):
        await stage.bot.refresh_account()
    assert len(stage.market.questions) == 1
    stage.market.wait(seconds=10)
    await stage.bot.refresh_account()
    assert len(stage.market.questions) == 2


async def test_prices_that_are_too_old_are_forgotten(stage):
    stage.market.down = True
    revision = stage.bot.book.revision
    stage.market.wait(seconds=PRESENT_SECONDS - 12)
    await stage.bot.refresh_prices()
    assert stage.bot.book.rates == {"ETH/USDT": 100.0, "BTC/USDT": 100.0}
    stage.market.wait(seconds=1)
    assert stage.bot.book.rates == {}
    assert stage.bot.book.revision > revision, "who keeps an answer sees by this that it has changed"
    assert stage.bot._shared.prices.recent("ETH/USDT") is None


async def test_a_pair_that_is_no_longer_there_leaves_the_others_their_prices(stage):
    del stage.market.prices["ETH/USDT"]
    await stage.bot.refresh_prices()
    stage.market.wait(seconds=PRESENT_SECONDS - 10)
    assert stage.bot.book.rates == {"BTC/USDT": 138.0}


@pytest.mark.parametrize(
    "pricing", [{"exit_pricing.order_book_top": 2}, {"exit_pricing.use_order_book": False}]
)
async def test_prices_are_those_of_exits_however_these_are_priced(tmp_path, pricing):
    pricing = pricing | {"exit_pricing.price_last_balance": 0.5}
    async with scene(tmp_path, **pricing, initial_state="stopped") as stage:
        stage.bot.start()
        await stage.enter()
        stage.bot.stop()
        stage.market.wait(seconds=11)
        stage.market.prices["ETH/USDT"] = 137.0
        await stage.bot.refresh_prices()
        assert stage.bot.book.rates == {"ETH/USDT": 137.0}


async def test_an_order_that_ends_while_the_bot_is_stopped_is_reported_with_the_present_price(tmp_path):
    async with scene(tmp_path) as stage:
        await stage.enter("ETH/USDT", price=90.0)
        stage.bot.stop()
        stage.market.wait(minutes=11)
        await stage.cycle(ETH=137.0)
        (told,) = stage.told("entry_cancel")
        assert told["current_rate"] == 137.0


async def test_no_old_price_is_reported_with_an_order(tmp_path):
    async with scene(tmp_path) as stage:
        trade = await stage.enter("ETH/USDT", price=90.0)
        stage.bot.stop()
        stage.market.wait(minutes=11)
        orders = stage.bot._cycle.orders
        stage.market.down = True
        await stage.cycle()
        stage.market.down = False
        await orders.cancel(trade, trade.orders[0], "by hand")
        (told,) = stage.told("entry_cancel")
        assert told["current_rate"] is None


async def test_prices_of_a_stopped_bots_positions_are_fetched_too(tmp_path, binance_server: BinanceServer):
    async with live_scene(tmp_path, binance_server) as scene:
        await scene.enter()
        scene.bot.stop()
        before = scene.bot.wallets.get_total("BNB")
        binance_server.exchange.engine.deposit("BNB", 3)
        scene.bot.wallets.account._answered_at = float("-inf")
        await scene.bot.refresh_account()
        assert scene.bot.wallets.get_total("BNB") == before + 3
        assert scene.bot.rate_in_stake("BNB") > 0
