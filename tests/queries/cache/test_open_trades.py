"""Open trades as `status` shows them: each is made anew when it has changed, and else brought to its rate."""

import asyncio
import itertools
from datetime import timedelta

import msgspec
import pytest

from appliance.bot.state.book import TradeBook
from appliance.queries.cache import open_trades
from appliance.queries.cache.open_trades import OpenTradeCache
from appliance.reports.views.trade import status
from tests.reports.views.test_trade import OPENED, order, trade


def a_trade(number: int, **changes):
    made = trade(order("buy", 1.0 + number / 7, 100.0), trade_id=number)
    made.pair = f"C{number}/USDT"
    return msgspec.structs.replace(made, **changes)


@pytest.fixture
def book():
    found = TradeBook()
    found.load([a_trade(3), a_trade(1), a_trade(2)], [])
    return found


@pytest.fixture
def made(monkeypatch):
    """The ids of the trades whose views were made, not only repriced."""
    ids = []
    whole = open_trades.open_trade_view

    def counted(trade, *rates):
        ids.append(trade.id)
        return whole(trade, *rates)

    monkeypatch.setattr(open_trades, "open_trade_view", counted)
    return ids


def shown_now(book: TradeBook, fiat_rate: float = 0.0) -> bytes:
    return msgspec.json.encode(status(book.open, book.rates, fiat_rate))


async def test_without_trades_the_list_is_empty():
    assert (await OpenTradeCache().body(TradeBook(), 0.0)).body == b"[]"


@pytest.mark.parametrize("fiat_rate", [0.0, 0.9])
async def test_changed_prices_alone_do_not_rebuild_a_view(book, made, fiat_rate):
    kept = OpenTradeCache()
    for rate in (None, 90.0, 110.0, 110.0, 95.123456789, 1e-9):
        if rate:
            book.set_rate("C2/USDT", rate)
            book.set_rate("C1/USDT", rate * 1.5)
        assert (await kept.body(book, fiat_rate)).body == shown_now(book, fiat_rate)
    assert made == [1, 2, 3]


async def test_the_same_bytes_are_kept_until_something_changes(book):
    kept = OpenTradeCache()
    first = await kept.body(book, 0.0)
    assert await kept.body(book, 0.0) is first
    book.set_rate("C1/USDT", 101.0)
    assert await kept.body(book, 0.0) is not first


async def test_a_trade_that_changed_is_created_again_and_no_other(book, made):
    kept = OpenTradeCache()
    await kept.body(book, 0.0)
    changed = book.open[2]
    changed.enter_tag = "another"
    book.touch(changed)
    assert (await kept.body(book, 0.0)).body == shown_now(book)
    assert made == [1, 2, 3, 2]


async def test_a_trade_that_is_being_changed_is_shown_whole_with_another_price(book, made):
    kept = OpenTradeCache()
    await kept.body(book, 0.0)
    book.open[1].amount = 0.5
    book.open[2].is_open, book.open[2].close_rate = False, 80.0
    book.open[3].stop_loss = 93.0
    for pair in ("C1/USDT", "C2/USDT", "C3/USDT"):
        book.set_rate(pair, 120.0)
    assert (await kept.body(book, 0.0)).body == shown_now(book)
    assert made == [1, 2, 3, 1, 2, 3]


async def test_a_trade_that_is_over_is_gone_and_another_of_its_id_is_another(book):
    kept = OpenTradeCache()
    await kept.body(book, 0.0)
    book.forget(2)
    assert (await kept.body(book, 0.0)).body == shown_now(book)
    book.open[3] = a_trade(3, open_date=OPENED - timedelta(days=1))
    book.set_rate("C1/USDT", 99.0)
    assert (await kept.body(book, 0.0)).body == shown_now(book)


async def test_another_bots_book_is_another(book):
    kept = OpenTradeCache()
    await kept.body(book, 0.0)
    other = TradeBook()
    other.load([a_trade(4)], [])
    assert (await kept.body(other, 0.0)).body == shown_now(other)


async def test_another_fiat_rate_shows_with_the_next_change(book):
    kept = OpenTradeCache()
    await kept.body(book, 0.9)
    book.set_rate("C1/USDT", 120.0)
    assert (await kept.body(book, 0.0)).body == shown_now(book)


async def test_rebuilding_many_trades_lets_others_run_in_between(book, made):
    book.load([a_trade(number) for number in range(1, 241)], [])
    kept, turns = OpenTradeCache(), []

    async def other() -> None:
        while len(made) < 240:
            turns.append(len(made))
            await asyncio.sleep(0)

    bodies = await asyncio.gather(kept.body(book, 0.0), kept.body(book, 0.0), other())
    assert bodies[0] is bodies[1]
    assert bodies[0].body == shown_now(book)
    assert len(made) == 240  # each once, though two have asked
    assert max(after - before for before, after in itertools.pairwise([*turns, 240])) <= open_trades.AT_ONCE


async def test_a_trade_that_closes_meanwhile_is_shown_no_longer(book, made):
    book.load([a_trade(number) for number in range(1, 241)], [])
    kept = OpenTradeCache()
    asked = asyncio.create_task(kept.body(book, 0.0))
    await asyncio.sleep(0)
    book.forget(240)
    assert b'"trade_id":240,' not in (await asked).body
    assert (await kept.body(book, 0.0)).body == shown_now(book)
