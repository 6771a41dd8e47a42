"""A pair that the exchange takes off its list, or says nonsense of, keeps no other from its price."""

import asyncio

import pytest

from appliance.domain.errors import ExchangeError, PairNotFound, TemporaryExchangeError
from appliance.domain.market import BidAsk, OrderBook, Ticker
from appliance.exchange.ccxt import batch, read_markets
from appliance.exchange.ccxt.settings import SPOT
from appliance.rules.pricing import price_from_book, price_from_ticker
from tests.exchange_server.fixture import BinanceServer

PAIRS = ["BTC/USDT", "ETH/USDT", "SOL/USDT", "ADA/USDT", "XRP/USDT"]
LISTED = {
    "symbol": "ETH/USDT",
    "base": "ETH",
    "quote": "USDT",
    "spot": True,
    "precision": {"amount": 0.001, "price": 0.01},
    "limits": {},
}


async def test_the_others_are_priced_while_markets_are_not_read_again(
    live_binance, binance_server: BinanceServer
):
    for symbol in ("ETHUSDT", "XRPUSDT"):
        binance_server.exchange.delist(symbol)
    others = {"BTC/USDT", "SOL/USDT", "ADA/USDT"}
    assert set(await live_binance.fetch_bids_asks(PAIRS)) == others
    assert set(await live_binance.fetch_tickers(PAIRS)) == others
    before = binance_server.traffic.requests["/api/v3/ticker/bookTicker"]
    assert set(await live_binance.fetch_bids_asks(PAIRS)) == others
    assert binance_server.traffic.requests["/api/v3/ticker/bookTicker"] == before + 1  # known from then on


async def test_it_is_fetched_again_once_markets_are_read(live_binance, binance_server: BinanceServer):
    binance_server.exchange.delist("ETHUSDT")
    await live_binance.fetch_bids_asks(PAIRS)
    binance_server.exchange.pairs["ETHUSDT"] = "ETH/USDT"
    await live_binance.load_markets(reload=True)
    assert set(await live_binance.fetch_bids_asks(PAIRS)) == set(PAIRS)


async def test_a_lost_answer_says_nothing_about_a_pair():
    async def lost(pairs):
        raise TemporaryExchangeError("no answer")

    async def told(pairs):
        return dict.fromkeys(pairs, 1.0)

    many = batch.BatchRequests()
    with pytest.raises(TemporaryExchangeError):
        await many.ask(lost, PAIRS)
    assert set(await many.ask(told, PAIRS)) == set(PAIRS)


async def test_where_all_are_refused_each_is_requested_once():
    asked = []

    async def refused(pairs):
        asked.append(pairs)
        raise ExchangeError("not supported")

    many = batch.BatchRequests()
    assert await many.ask(refused, PAIRS) == {}
    assert len(asked) < 2 * len(PAIRS)
    assert await many.ask(refused, PAIRS) == {}
    assert len(asked) < 2 * len(PAIRS)


async def test_a_book_that_hangs_keeps_no_other_from_its_price(monkeypatch):
    monkeypatch.setattr(batch, "_BOOKS_TIMEOUT_SECONDS", 0.05)

    async def book(pair: str, depth: int) -> OrderBook:
        if pair == "ETH/USDT":
            await asyncio.Event().wait()
        if pair == "SOL/USDT":
            raise PairNotFound(pair)
        return OrderBook(pair=pair, bids=[(1.0, 1.0)], asks=[(2.0, 1.0)])

    found = await batch.tops_of_books(book, PAIRS)
    assert found == dict.fromkeys(("BTC/USDT", "ADA/USDT", "XRP/USDT"), BidAsk(1.0, 2.0))


ODD = {
    "no symbol": {"symbol": None},
    "a precision in words": {"precision": {"amount": "none", "price": []}},
    "limits that are a list": {"limits": [1]},
    "a limit that is an object": {"limits": {"cost": {"min": {}}}},
    "a fee in words": {"maker": "free"},
}


@pytest.mark.parametrize("changes", ODD.values(), ids=ODD)
def test_a_market_that_cannot_be_read_is_left_out(changes):
    listed = {"ETH/USDT": LISTED | changes, "BTC/USDT": LISTED | {"symbol": "BTC/USDT", "base": "BTC"}}
    assert "BTC/USDT" in read_markets.markets(listed, 4, SPOT)


@pytest.mark.parametrize(
    "changes",
    [
        {"precision": None},
        {"precision": {}},
        {"precision": {"amount": None, "price": None}},
        {"limits": None},
        {"limits": {"amount": None, "price": {"min": None}, "cost": {"min": "NaN"}}},
        {"contractSize": None, "maker": None, "taker": None},
    ],
)
def test_what_a_market_does_not_say_is_none(changes):
    (market,) = read_markets.markets({"ETH/USDT": LISTED | changes}, 4, SPOT).values()
    assert market.cost_min is None


@pytest.mark.parametrize("bid", [None, "", "n/a", 0, -1.0, "NaN", [], {}])
def test_an_odd_price_is_none_of_that_pair_alone(bid):
    answers = {
        "ETH/USDT": {"symbol": "ETH/USDT", "bid": bid, "ask": 2.0},
        "BTC/USDT": {"symbol": "BTC/USDT", "bid": 1.0, "ask": 2.0},
        "SOL/USDT": None,
    }
    assert read_markets.bids_asks(answers, PAIRS) == {"BTC/USDT": BidAsk(1.0, 2.0)}
    read = read_markets.tickers({pair: told for pair, told in answers.items() if told}, {})
    assert read["BTC/USDT"].bid == 1.0


@pytest.mark.parametrize("price", [0.0, -1.0, float("nan")])
def test_what_is_no_price_prices_nothing(price):
    book = OrderBook(pair="ETH/USDT", bids=[(price, 1.0)], asks=[(price, 1.0)])
    with pytest.raises(ExchangeError, match="no valid price"):
        price_from_book(book, "bid", 1)
    with pytest.raises(ExchangeError, match="no valid price"):
        price_from_ticker(
            Ticker(pair="ETH/USDT", bid=price, ask=price, last=price), "bid", entry=False, last_balance=0
        )
