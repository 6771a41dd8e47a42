"""At what price entries and exits are placed."""

from datetime import UTC, datetime

import pytest

from appliance.domain.market import OrderBook, Ticker
from appliance.rules.trade_requests import ExitRequest
from tests.bot.written import ALWAYS, strategy
from tests.support.scripted import ScriptedMarket, scene


class Spread(ScriptedMarket):
    """A market with a spread: bids from 99 down, asks from 101 up, the last trade at 100.5."""

    bids, asks, last = (99.0, 98.0, 97.0), (101.0, 102.0, 103.0), 100.5
    bid_amount, ask_amount = 10.0, 20.0

    def __init__(self) -> None:
        super().__init__(datetime(2026, 1, 5, 12, 0, 30, tzinfo=UTC))

    async def fetch_ticker(self, pair):
        return Ticker(pair=pair, bid=self.bids[0], ask=self.asks[0], last=self.last, timestamp=self.now_ms())

    async def fetch_order_book(self, pair, depth):
        return OrderBook(
            pair=pair,
            bids=[(price, self.bid_amount) for price in self.bids[:depth]],
            asks=[(price, self.ask_amount) for price in self.asks[:depth]],
            timestamp=self.now_ms(),
        )


@pytest.mark.parametrize(
    ("pricing", "entry", "leave"),
    [
        ({"price_side": "same"}, 99.0, 101.0),
        ({"price_side": "other"}, 101.0, 99.0),
        ({"price_side": "bid"}, 99.0, 99.0),
        ({"price_side": "ask"}, 101.0, 101.0),
        ({"price_side": "same", "order_book_top": 3}, 97.0, 103.0),
        ({"price_side": "same", "use_order_book": False}, 99.0, 101.0),
        ({"price_side": "other", "use_order_book": False, "price_last_balance": 1.0}, 100.5, 100.5),
        ({"price_side": "other", "use_order_book": False, "price_last_balance": 0.5}, 100.75, 99.75),
        ({"price_side": "same", "use_order_book": False, "price_last_balance": 1.0}, 99.0, 101.0),
    ],
)
async def test_the_price_comes_from_where_the_configuration_says(tmp_path, pricing, entry, leave):
    async with scene(tmp_path, market=Spread(), entry_pricing=pricing, exit_pricing=pricing) as stage:
        trade = await stage.enter()
        assert trade.orders[0].price == entry
        held = await stage.enter("BTC/USDT", order_type="market")
        await stage.bot.force_exit(ExitRequest(trade_id=str(held.id), order_type="limit"))
        assert held.orders[-1].price == leave


async def test_a_book_that_is_too_thin_makes_no_entries(tmp_path, caplog):
    caplog.set_level("INFO")
    deep = {"price_side": "same", "order_book_top": 5}
    async with scene(tmp_path, market=Spread(), code=strategy(entry=ALWAYS), entry_pricing=deep) as stage:
        await stage.cycle()
        assert stage.bot.book.open == {}
        assert "no bid at level 5" in caplog.text


@pytest.mark.parametrize(("wanted", "enters"), [(0.4, True), (0.6, False)])
async def test_an_unbalanced_book_keeps_from_entering(tmp_path, wanted, enters):
    depth = {"check_depth_of_market": {"enabled": True, "bids_to_ask_delta": wanted}}
    async with scene(
        tmp_path, market=Spread(), code=strategy(entry=ALWAYS), entry_pricing={"price_side": "other"} | depth
    ) as stage:
        await stage.cycle()
        assert bool(stage.bot.book.open) is enters


OWN_PRICES = strategy(
    methods="""
    def custom_entry_price(self, pair, trade, current_time, proposed_rate, entry_tag, side, **kwargs):
        return self.own

    def custom_exit_price(self, pair, trade, current_time, proposed_rate, current_profit, exit_tag, **kwargs):
        return self.own
    """
)


@pytest.mark.parametrize(
    ("own", "entry", "leave"),
    [(99.5, 99.5, 99.5), (50.0, 98.0, 98.0), (150.0, 102.0, 102.0), (0, 100.0, 100.0), ("x", 100.0, 100.0)],
)
async def test_a_strategys_own_price_is_kept_near_the_markets(tmp_path, own, entry, leave):
    async with scene(tmp_path, code=OWN_PRICES) as stage:
        type(stage.bot.strategy).own = own
        trade = await stage.enter()
        assert trade.orders[0].price == entry
        held = await stage.enter("BTC/USDT", order_type="market")
        await stage.bot.force_exit(ExitRequest(trade_id=str(held.id), order_type="limit"))
        assert held.orders[-1].price == leave


async def test_how_near_is_configured(tmp_path):
    async with scene(tmp_path, code=OWN_PRICES, custom_price_max_distance_ratio=0.2) as stage:
        type(stage.bot.strategy).own = 50.0
        trade = await stage.enter()
        assert trade.orders[0].price == 80.0


@pytest.mark.parametrize(("fee", "expected"), [(0.005, 0.005), (None, 0.001)])
async def test_the_fee_is_the_configured_one_or_what_the_exchange_takes(tmp_path, fee, expected):
    async with scene(tmp_path, fee=fee) as stage:
        trade = await stage.enter()
        assert (trade.fee_open, trade.fee_close) == (expected, expected)
        assert trade.open_trade_value == pytest.approx(100 * (1 + expected))
