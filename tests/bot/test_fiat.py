"""What stake is worth in the currency that people count in."""

from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from appliance.server.bot_slot import BOT_SLOT
from tests.support.scripted import scene
from tests.support.serving import LOGIN, served


class Prices:
    """Answer like CoinGecko, and remember what was asked."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    async def handle(self, request):
        self.asked.append(dict(request.query))
        return web.json_response(self.answer, status=200 if self.answer is not None else 500)


@asynccontextmanager
async def counted(folder, prices, **changes):
    app = web.Application()
    app.router.add_get("/coins/markets", prices.handle)
    async with TestServer(app) as server:
        address = str(server.make_url("")).rstrip("/")
        async with scene(
            folder, **({"fiat_display_currency": "EUR", "coingecko.api_url": address} | LOGIN | changes)
        ) as stage:
            yield stage


async def asked(stage):
    """Let a cycle pass, and what it asks for come."""
    await stage.cycle()
    task = stage.bot._cycle.fiat._asking
    if task is not None:
        await task


async def test_without_a_fiat_currency_nothing_is_fetched(tmp_path):
    prices = Prices([{"current_price": 0.5}])
    async with counted(tmp_path, prices, fiat_display_currency="") as stage:
        await asked(stage)
        assert (stage.bot.fiat_rate, prices.asked) == (0.0, [])


async def test_the_simulated_market_needs_no_network(tmp_path):
    prices = Prices([{"current_price": 0.5}])
    async with counted(tmp_path, prices) as stage:
        stage.market.name = "simulated"
        await asked(stage)
        assert (stage.bot.fiat_rate, prices.asked) == (0.0, [])


@pytest.mark.parametrize("answer", [[], [{}], [{"current_price": None}], [{"current_price": -1}], {"a": 1}])
async def test_an_answer_without_a_price_leaves_fiat_out_and_is_asked_again_later(tmp_path, answer):
    prices = Prices(answer)
    async with counted(tmp_path, prices) as stage:
        await asked(stage)
        await asked(stage)
        assert (stage.bot.fiat_rate, len(prices.asked)) == (None, 1)
        prices.answer = [{"current_price": 0.5}]
        stage.market.wait(minutes=10)
        await asked(stage)
        assert stage.bot.fiat_rate == 0.5


async def test_a_price_is_kept_for_hours(tmp_path):
    prices = Prices([{"current_price": 0.5}])
    async with counted(tmp_path, prices) as stage:
        await asked(stage)
        assert (prices.asked[0]["vs_currency"], prices.asked[0]["symbols"]) == ("eur", "usdt")
        stage.market.wait(hours=5)
        await asked(stage)
        assert len(prices.asked) == 1
        stage.market.wait(hours=1)
        await asked(stage)
        assert len(prices.asked) == 2


async def test_reports_contain_amounts_in_fiat_too(tmp_path):
    async with counted(tmp_path, Prices([{"current_price": 0.5}])) as stage, served() as api:
        api.app[BOT_SLOT].bot = stage.bot
        await asked(stage)
        for pair in ("ETH/USDT", "BTC/USDT"):
            await stage.enter(pair)
        await stage.cycle(ETH=110.0)
        await api.post("/forceexit", {"tradeid": 1})
        profit = (await api.get("/profit")).body
        assert profit["profit_closed_fiat"] == pytest.approx(9.79 / 2)
        assert profit["profit_all_fiat"] == pytest.approx((9.79 - 0.2) / 2)
        balance = (await api.get("/balance")).body
        assert (balance["symbol"], balance["starting_capital_fiat"]) == ("EUR", 500.0)
        assert (balance["value"], balance["value_bot"]) == (balance["total"] / 2, balance["total_bot"] / 2)
        assert balance["starting_capital_fiat_pct"] == balance["starting_capital_pct"]
        day, *_ = (await api.get("/daily")).body["data"]
        assert day["fiat_value"] == pytest.approx(9.79 / 2)
        (trade,) = (await api.get("/status")).body
        assert trade["profit_fiat"] == trade["total_profit_fiat"] == pytest.approx(-0.1)


async def test_a_stopped_bot_asks_when_somebody_looks(tmp_path):
    prices = Prices([{"current_price": 0.5}])
    async with counted(tmp_path, prices, initial_state="stopped") as stage:
        await stage.cycle()
        assert (stage.bot.fiat_rate, prices.asked) == (None, [])
        await stage.bot.refresh_account()
        await stage.bot._cycle.fiat._asking
        assert (stage.bot.fiat_rate, len(prices.asked)) == (0.5, 1)


async def test_a_price_of_the_day_before_is_not_shown(tmp_path):
    prices = Prices([{"current_price": 0.5}])
    async with counted(tmp_path, prices) as stage:
        await asked(stage)
        prices.answer = []
        stage.market.wait(hours=23)
        await asked(stage)
        assert stage.bot.fiat_rate == 0.5
        stage.market.wait(hours=1)
        await asked(stage)
        assert stage.bot.fiat_rate is None
