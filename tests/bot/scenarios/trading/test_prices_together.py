"""Prices that are asked for together are those that are asked for one by one."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from appliance.bot.state.book import TradeBook
from appliance.bot.state.prices import Prices
from appliance.domain.errors import ExchangeError
from appliance.domain.market import BidAsk
from appliance.exchange.dry_run.gateway import DryRunGateway
from appliance.exchange.simulated.market import SimulatedMarket
from tests.exchange_server.fixture import binance_server  # noqa: F401
from tests.support.live_gateway import gateway_to, opened
from tests.support.scripted import settings

SIDES = ("same", "other", "bid", "ask")
PAIRS = ("ETH/USDT", "BTC/USDT", "SOL/USDT", "PEPE/USDT")


def trades(*, short: bool) -> list[Any]:
    return [SimpleNamespace(pair=pair, is_short=short) for pair in PAIRS]


async def rates(folder, gateway, side: str, **pricing) -> Prices:
    changes = {f"{kind}_pricing.price_side": side for kind in ("entry", "exit")}
    changes |= {
        f"{kind}_pricing.{name}": value for kind in ("entry", "exit") for name, value in pricing.items()
    }
    loaded = await asyncio.to_thread(settings, folder, **changes)
    return Prices(gateway, loaded.settings, TradeBook())


async def one_by_one(asked: Prices, wanted: list[Any]) -> tuple[dict, dict]:
    exits = {trade.pair: await asked.exit_rate(trade.pair, short=trade.is_short) for trade in wanted}
    entries = {trade.pair: await asked.entry_rate(trade.pair, short=trade.is_short) for trade in wanted}
    return exits, entries


@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize("use_order_book", [False, True])
@pytest.mark.parametrize("side", SIDES)
async def test_prices_are_the_same(tmp_path, side, use_order_book, short):
    market = SimulatedMarket(clock=lambda: 1_790_000_012_345)
    asked = await rates(tmp_path, DryRunGateway(market), side, use_order_book=use_order_book)
    wanted = trades(short=short)
    together = await asked.exit_rates(wanted), await asked.entry_rates(wanted)
    assert together == await one_by_one(asked, wanted)
    assert asked._book.rates == together[0]
    assert await asked.nearest_exit_rates(wanted) == together[0]
    await market.close()


@pytest.mark.parametrize(
    "pricing", [{"order_book_top": 2}, {"use_order_book": False, "price_last_balance": 0.5}]
)
async def test_what_takes_more_than_the_best_offer_is_left_out(tmp_path, pricing):
    market = SimulatedMarket(clock=lambda: 1_790_000_012_345)
    asked = await rates(tmp_path, market, "same", **pricing)
    assert await asked.exit_rates(trades(short=False)) == {}
    assert not asked.exits_by_top
    await market.close()


async def test_missing_values_are_left_out(tmp_path):
    class Silent:
        told: dict[str, BidAsk] | None = None

        async def fetch_bids_asks(self, pairs):
            if self.told is None:
                raise ExchangeError("not now")
            return self.told

    gateway = Silent()
    asked = await rates(tmp_path, gateway, "same")
    assert await asked.exit_rates(trades(short=False)) == {}
    gateway.told = {"ETH/USDT": BidAsk(1.0, 2.0), "BTC/USDT": BidAsk(1.0, None)}
    assert await asked.exit_rates(trades(short=False)) == {"ETH/USDT": 2.0}


async def test_one_request_to_a_real_exchange_answers_all(tmp_path, binance_server):  # noqa: F811
    async with opened(gateway_to(binance_server)) as gateway:
        asked, before = await rates(tmp_path, gateway, "same"), binance_server.traffic.requests.copy()
        wanted = trades(short=False)
        found = await asked.exit_rates(wanted)
        assert (binance_server.traffic.requests - before).total() == 1
        assert found.keys() == set(PAIRS)
        at = binance_server.market.now_ms()
        for pair, rate in found.items():
            assert rate == pytest.approx(
                binance_server.exchange.prices.book(pair, 1, at).asks[0][0], rel=0.01
            )
        assert await gateway.fetch_bids_asks(["NOT/HERE"]) == {}


async def test_without_a_list_all_order_books_are_fetched(binance_server):  # noqa: F811
    async with opened(gateway_to(binance_server)) as gateway:
        gateway._connection.exchange.has |= {"fetchBidsAsks": None}
        few = await gateway.fetch_bids_asks(PAIRS)
        assert binance_server.traffic.requests["/api/v3/depth"] == len(PAIRS)
        many = await gateway.fetch_bids_asks(list(gateway.markets)[:20])
        assert binance_server.traffic.requests["/api/v3/depth"] == len(PAIRS)
        assert (few.keys(), len(many)) == (set(PAIRS), 20)
