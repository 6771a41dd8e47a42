import pytest

from appliance.domain.errors import ExchangeError
from appliance.domain.market import OrderBook, Ticker
from appliance.rules.pricing import book_side, price_from_book, price_from_ticker, within_distance

BOOK = OrderBook(pair="ETH/USDT", bids=[(99.0, 1.0), (98.0, 2.0)], asks=[(101.0, 1.0), (102.0, 2.0)])


def ticker(bid: float | None, ask: float | None, last: float | None) -> Ticker:
    return Ticker(pair="ETH/USDT", bid=bid, ask=ask, last=last)


def test_a_book_that_is_too_thin_is_an_error():
    with pytest.raises(ExchangeError, match="no ask at level 3"):
        price_from_book(BOOK, "ask", 3)


def test_levels_count_from_the_best():
    assert price_from_book(BOOK, "bid", 1) == 99.0
    assert price_from_book(BOOK, "ask", 2) == 102.0


@pytest.mark.parametrize(
    ("setting", "buying", "side"),
    [
        ("same", True, "bid"),
        ("same", False, "ask"),
        ("other", True, "ask"),
        ("other", False, "bid"),
        ("bid", False, "bid"),
        ("ask", True, "ask"),
    ],
)
def test_same_is_the_side_of_our_order(setting, buying, side):
    assert book_side(setting, buying=buying) == side


def test_a_price_moves_towards_the_last_one_only_where_that_is_better_for_us():
    assert price_from_ticker(ticker(99, 101, 100), "ask", entry=True, last_balance=0.5) == 100.5
    assert price_from_ticker(ticker(99, 101, 102), "ask", entry=True, last_balance=0.5) == 101
    assert price_from_ticker(ticker(99, 101, 100), "bid", entry=False, last_balance=1.0) == 100


def test_without_any_price_there_is_an_error():
    with pytest.raises(ExchangeError, match="no valid price"):
        price_from_ticker(ticker(None, None, None), "bid", entry=True, last_balance=0)


def test_a_strategys_own_price_is_kept_near():
    assert within_distance(120.0, 100.0, 0.02) == 102.0
    assert within_distance(80.0, 100.0, 0.02) == 98.0
    assert within_distance(101.0, 100.0, 0.02) == 101.0
