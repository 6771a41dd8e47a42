"""How an order fills against a book, in numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.market import ExchangeOrder, Market, OrderBook
from appliance.exchange import matching
from appliance.exchange.matching import FillTerms

MARKET = Market(pair="ETH/USDT", base="ETH", quote="USDT", amount_precision=0.0001, price_precision=0.01)
BOOK = OrderBook(
    pair="ETH/USDT",
    bids=[(99.0, 1.0), (98.0, 2.0), (90.0, 50.0)],
    asks=[(101.0, 1.0), (102.0, 2.0), (120.0, 50.0)],
)


def order(side: str = "buy", amount: float = 1.0, price: float | None = None, **other) -> ExchangeOrder:
    kind = "market" if price is None else "limit"
    return ExchangeOrder(
        id="1", pair="ETH/USDT", side=side, type=kind, status="open", amount=amount, price=price, **other
    )


def test_a_market_order_pays_the_mean_along_the_book():
    filled = matching.fill_at_market(order(amount=2.0), BOOK, FillTerms(MARKET, now_ms=7, fee=0.001))
    assert (filled.status, filled.filled, filled.average, filled.cost) == ("closed", 2.0, 101.5, 203.0)
    assert filled.fee.cost == pytest.approx(0.203) and filled.fee.currency == "USDT"
    assert filled.filled_timestamp == 7


@pytest.mark.parametrize(("side", "average"), [("buy", 106.05), ("sell", 94.05)])
def test_a_market_order_slips_five_percent_at_most(side: str, average: float):
    filled = matching.fill_at_market(order(side, amount=40.0), BOOK, FillTerms(MARKET, now_ms=0, fee=0.001))
    assert filled.average == average


def test_a_taker_never_pays_more_than_the_limit():
    filled = matching.fill_as_taker(
        order(amount=10.0, price=102.0), 10.0, BOOK, FillTerms(MARKET, now_ms=0, fee=0.0)
    )
    assert filled.average == pytest.approx((101 + 2 * 102 + 7 * 102) / 10)


def test_partial_fills_add_up():
    half = matching.fill_as_taker(
        order(amount=2.0, price=101.0), 1.0, BOOK, FillTerms(MARKET, now_ms=1, fee=0.001)
    )
    assert (half.status, half.filled, half.remaining, half.average) == ("open", 1.0, 1.0, 101.0)
    whole = matching.fill_as_maker(
        order(amount=2.0, price=100.0, filled=1.0, average=101.0, cost=101.0, fee=half.fee),
        1.0,
        FillTerms(MARKET, now_ms=2, fee=0.001),
    )
    assert (whole.status, whole.filled, whole.average, whole.cost) == ("closed", 2.0, 100.5, 201.0)
    assert whole.fee.cost == pytest.approx(0.201)


@pytest.mark.parametrize(
    ("side", "price", "volume"),
    [
        ("buy", 100.99, 0.0),
        ("buy", 101.0, 1.0),
        ("buy", 110.0, 3.0),
        ("sell", 98.0, 3.0),
        ("sell", 99.5, 0.0),
    ],
)
def test_what_is_offered_within_a_limit(side: str, price: float, volume: float):
    assert matching.volume_within_limit(order(side, price=price), BOOK) == volume
    assert matching.crosses(order(side, price=price), BOOK) is (volume > 0)


@pytest.mark.parametrize(
    ("side", "stop", "reached"),
    [("sell", 98.9, False), ("sell", 99.0, True), ("buy", 101.0, True), ("buy", 101.1, False)],
)
def test_stops_watch_the_side_they_would_trade_with(side: str, stop: float, reached: bool):
    assert matching.is_triggered(order(side, stop_price=stop), BOOK) is reached


def test_an_empty_book_triggers_nothing():
    empty = OrderBook(pair="ETH/USDT", bids=[], asks=[])
    assert not matching.is_triggered(order("sell", stop_price=1e9), empty)
    assert matching.volume_within_limit(order(price=1e9), empty) == 0


offers = st.lists(st.tuples(st.floats(1, 1000), st.floats(0.001, 1000)), min_size=1, max_size=20)


@given(offers=offers, amount=st.floats(0.001, 50_000))
def test_the_mean_price_lies_between_the_offers(offers: list[tuple[float, float]], amount: float):
    mean = matching.mean_price(offers, amount)
    prices = [price for price, _ in offers]
    assert min(prices) * (1 - 1e-9) <= mean <= max(prices) * (1 + 1e-9)
