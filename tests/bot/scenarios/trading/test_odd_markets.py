"""A pair of which the exchange says odd things, or nothing: it is not sold for nothing, the others trade."""

import math

import msgspec
import pytest

from appliance.domain.enums import PrecisionMode
from appliance.domain.errors import ExchangeError, PairNotFound
from appliance.server.bot_slot import BOT_SLOT
from tests.bot.written import ALWAYS, strategy
from tests.support.scripted import scene
from tests.support.serving import LOGIN, served

CODE = strategy(entry=ALWAYS)
READ = ("/status", "/balance", "/profit", "/whitelist", "/count", "/health", "/performance", "/markets")


@pytest.mark.parametrize("price", [0.0, -1.0, math.nan, math.inf, None, "n/a"])
async def test_an_invalid_price_sells_nothing_and_blocks_no_trade(tmp_path, price):
    async with scene(tmp_path, max_open_trades=3, **LOGIN) as stage, served() as api:
        api.app[BOT_SLOT].bot = stage.bot
        odd = await stage.enter()
        other = await stage.enter("BTC/USDT")
        stage.market.prices["ETH/USDT"] = price
        for _ in range(3):
            await stage.cycle(BTC=60.0)
        assert (odd.is_open, other.is_open) == (True, False)
        for path in READ:
            assert (await api.get(path)).status == 200, path


@pytest.mark.parametrize("price", [0.0, math.nan, None])
async def test_it_is_not_entered_and_the_others_are(tmp_path, price):
    async with scene(tmp_path, code=CODE, max_open_trades=3) as stage:
        stage.market.prices["ETH/USDT"] = price
        for _ in range(2):
            await stage.cycle()
        assert sorted(trade.pair for trade in stage.bot.book.open.values()) == ["BTC/USDT", "SOL/USDT"]
        assert stage.bot.last_cycle_at is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_precision": None, "price_precision": None},
        {"amount_min": None, "cost_min": None, "price_min": None},
        {"amount_precision": 0.0, "price_precision": 0.0},
        {"precision_mode": PrecisionMode.DECIMAL_PLACES, "amount_precision": None},
        {"active": False},
        {"contract_size": None},
        {"amount_max": 0.0},
    ],
    ids=str,
)
async def test_an_incomplete_market_does_not_prevent_a_start(tmp_path, changes):
    async with scene(tmp_path, code=CODE, max_open_trades=3, **LOGIN) as stage, served() as api:
        api.app[BOT_SLOT].bot = stage.bot
        markets = dict(stage.market.markets)
        markets["ETH/USDT"] = msgspec.structs.replace(markets["ETH/USDT"], **changes)
        stage.market.markets = markets
        for _ in range(2):
            await stage.cycle()
        assert {"BTC/USDT", "SOL/USDT"} <= {trade.pair for trade in stage.bot.book.open.values()}
        await stage.cycle(BTC=60.0, ETH=60.0)
        assert "BTC/USDT" not in {trade.pair for trade in stage.bot.book.open.values()}
        for path in READ:
            assert (await api.get(path)).status == 200, path


@pytest.mark.parametrize(
    "error", [ExchangeError("no"), PairNotFound("ETH/USDT"), ValueError("odd"), KeyError("bids")]
)
@pytest.mark.parametrize("question", ["fetch_ticker", "fetch_order_book", "fetch_candles"])
async def test_a_request_that_fails_for_one_pair_blocks_no_other(tmp_path, question, error):
    async with scene(tmp_path, max_open_trades=3, **LOGIN) as stage, served() as api:
        api.app[BOT_SLOT].bot = stage.bot
        await stage.enter()
        other = await stage.enter("BTC/USDT")
        asked = getattr(stage.market, question)

        async def answer(pair, *more, **named):
            if pair == "ETH/USDT":
                raise error
            return await asked(pair, *more, **named)

        setattr(stage.market, question, answer)
        stage.market.wait(minutes=5)
        for _ in range(2):
            await stage.cycle(BTC=60.0)
        assert not other.is_open
        assert stage.bot.last_cycle_at is not None
        for path in READ:
            assert (await api.get(path)).status == 200, path
