"""The trades of a walk, and what strategies may ask of them."""

import pytest

from appliance.research.backtest.walk.ledger.book import TradeList
from tests.research.backtest.walk.made import OTHER, PAIR, at
from tests.support.trades import fill, new_trade


@pytest.fixture
def book():
    return TradeList(keeps_summaries=True)


def opened(book, pair=PAIR, candle=0):
    trade = new_trade(pair=pair, open_date=at(candle), id=book.next_trade_id(), fee_open=0.0, fee_close=0.0)
    fill(trade, "entry", 1.0, 100.0, order_filled_date=at(candle))
    book.add(trade)
    return trade


def closed(book, pair=PAIR, candle=0, until=5, rate=110.0):
    trade = opened(book, pair, candle)
    fill(trade, "exit", 1.0, rate, order_filled_date=at(until))
    book.close(trade)
    return trade


def asked(book, **how):
    return [trade.id for trade in book.get_trades_proxy(**how)]


def test_of_equal_trades_the_very_one_goes(book):
    first, second = opened(book), opened(book)
    second.id = first.id
    book.discard(second)
    assert book.open[0] is first
    assert book.by_pair[PAIR][0] is first


def test_what_is_not_there_is_not_taken_out(book):
    opened(book)
    book.discard(new_trade())
    assert book.get_open_trade_count() == 1


def test_a_closed_trade_leaves_its_profit(book):
    closed(book)
    opened(book, OTHER)
    assert (book.profit, book.get_total_closed_profit()) == (10.0, 10.0)
    assert book.total_open_trades_stakes() == 100.0
    assert len(book.summaries) == 1
    assert [trade.pair for trade in book.get_open_trades()] == [OTHER]


def test_without_protections_nobody_needs_summaries():
    book = TradeList()
    closed(book)
    assert len(book.summaries) == 0


def test_strategies_ask_by_pair_state_and_date(book):
    closed(book)
    closed(book, OTHER, candle=2, until=9)
    opened(book, PAIR, candle=6)
    assert asked(book) == [1, 2, 3]
    assert asked(book, pair=PAIR) == [1, 3]
    assert asked(book, is_open=True) == [3]
    assert asked(book, is_open=False) == [1, 2]
    assert asked(book, open_date=at(1)) == [2, 3]
    assert asked(book, close_date=at(5)) == [2], "an open trade has no date of closing"
    assert asked(book, pair=OTHER, is_open=True) == []


def test_they_get_copies_of_open_trades(book):
    trade = opened(book)
    (copy,) = book.get_open_trades()
    copy.stake_amount = copy.orders[0].filled = 0.0
    assert (trade.stake_amount, trade.orders[0].filled) == (100.0, 1.0)


def test_ids_count_from_one(book):
    assert [book.next_trade_id(), book.next_trade_id(), book.next_order_id()] == [1, 2, 1]
