"""The books: what is open, what has closed, and what is open again after all."""

from appliance.bot.state.book import TradeBook
from appliance.domain.recalculate import book_order
from tests.support.trades import OPENED, fill, new_trade


def test_a_trade_that_is_open_again_is_no_longer_among_the_closed_ones():
    book, trade = TradeBook(), new_trade(amount_precision=0.0001, id=7)
    fill(trade, "entry", 0.1, 100.0)
    book.touch(trade)
    addition = fill(trade, "entry", 0.1, 90.0, filled=0.0, status="canceled")
    fill(trade, "exit", 0.1, 110.0)
    book.touch(trade)
    before, shape = book.closed.columns(), book.closed.shape
    assert ([one.id for one in book.closed], list(book.open)) == ([7], [])
    addition.filled = 0.05
    book_order(trade, addition, OPENED)
    book.touch(trade)
    assert (book.closed, list(book.open), book.closed_profit) == ([], [7], 0.0)
    assert book.closed.shape != shape, "who has added up the trades sees by it that they have changed"
    assert before.integers("id").tolist() == [7], "and who reads them still is left with what was"
    fill(trade, "exit", 0.05, 95.0)
    book.touch(trade)
    assert [one.close_profit_abs for one in book.closed] == [trade.realized_profit] == [book.closed_profit]


def test_a_closed_trade_of_which_more_becomes_known_is_summed_up_again():
    book, trade = TradeBook(), new_trade(amount_precision=0.0001, id=7)
    fill(trade, "entry", 0.1, 100.0)
    book.touch(trade)
    order = fill(trade, "exit", 0.1, 110.0)
    book.touch(trade)
    order.average = 111.0
    book_order(trade, order, OPENED)
    book.touch(trade)
    assert [one.realized_profit for one in book.closed] == [trade.realized_profit] == [book.closed_profit]


def test_a_trade_that_changes_keeps_its_place():
    book = TradeBook()
    first, second = new_trade(id=1), new_trade(id=2)
    for trade in (first, second, first):
        book.touch(trade)
    assert list(book.open) == [1, 2]
