"""Pages of closed trades: each trade is read once, and again when it has changed."""

import asyncio

import pytest

from appliance.queries.cache import closed_trades
from appliance.queries.cache.closed_trades import ClosedTradeCache
from appliance.queries.cache.statistics import StatisticsCache
from appliance.rules.trade_requests import ExitRequest
from appliance.threads import reader
from tests.support.schema import differences


@pytest.fixture
async def reads(stage, monkeypatch):
    """Three closed trades of a bot, and the ids that were read from the database since."""
    for _ in range(3):
        trade = await stage.enter()
        await stage.bot.force_exit(ExitRequest(trade_id=str(trade.id)))
        stage.market.wait(minutes=5)
    read, found = [], stage.bot.trades

    async def counted(ids):
        read.extend(ids)
        return await found(ids)

    monkeypatch.setattr(stage.bot, "trades", counted)
    return read


async def ids(api, query=""):
    body = (await api.get(f"/trades{query}")).body
    assert (body["total_trades"], body["trades_count"]) == (3, len(body["trades"]))
    return [trade["trade_id"] for trade in body["trades"]]


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "offset=-1", "order_by_id=maybe"])
async def test_an_invalid_page_is_reported(api, query):
    assert (await api.get(f"/trades?{query}")).status == 422


async def test_pages_either_way_and_beyond_the_end(api, reads):
    assert await ids(api, "?limit=2") == [1, 2]
    assert await ids(api, "?limit=2&offset=2") == [3]
    assert await ids(api, "?limit=2&order_by_id=false") == [3, 2]
    assert await ids(api, f"?offset={2**62}") == []
    assert await ids(api) == [1, 2, 3]
    assert sorted(reads) == [1, 2, 3]  # each once


async def test_a_closed_trade_that_changed_is_read_again(api, stage, reads):
    assert await ids(api) == [1, 2, 3]
    trade = await stage.bot.trade(2)
    trade.exit_reason = "another one"
    await stage.bot._shared.books.save(trade)
    changed = (await api.get("/trades")).body["trades"][1]
    assert (changed["exit_reason"], sorted(reads)) == ("another one", [1, 2, 2, 3])


async def test_a_deleted_trade_is_gone_though_another_takes_its_id(api, stage, reads):
    assert await ids(api) == [1, 2, 3]
    await api.ask("DELETE", "/trades/3")
    assert (await api.get("/trades")).body["total_trades"] == 2
    trade = await stage.enter("BTC/USDT")
    await stage.bot.force_exit(ExitRequest(trade_id=str(trade.id)))
    assert trade.id == 3  # as SQLite counts
    assert (await api.get("/trades")).body["trades"][2]["pair"] == "BTC/USDT"


async def test_what_is_kept_has_a_limit(stage, reads, monkeypatch):
    kept = ClosedTradeCache(StatisticsCache())
    whole = (await kept.page(stage.bot, 3, 0, newest_first=False)).body
    monkeypatch.setattr(closed_trades, "MOST_BYTES", len(whole) // 2)
    small = ClosedTradeCache(StatisticsCache())
    for limit in (3, 4, 5):
        assert (await small.page(stage.bot, limit, 0, newest_first=False)).body == whole
    assert 0 < len(small._cached) < 3
    assert small._bytes == sum(len(body) for _, body in small._cached.values())
    assert len(small._pages) == closed_trades.MOST_PAGES


async def test_a_page_is_put_together_once_until_a_trade_changes(stage, reads):
    kept = ClosedTradeCache(StatisticsCache())
    first = await kept.page(stage.bot, 3, 0, newest_first=True)
    assert await kept.page(stage.bot, 3, 0, newest_first=True) is first
    assert (await kept.page(stage.bot, 3, 0, newest_first=False)).body != first.body
    await stage.bot._shared.books.save(await stage.bot.trade(2))
    assert await kept.page(stage.bot, 3, 0, newest_first=True) is not first


async def test_trades_are_shown_as_the_contract_names_them(api, reads):
    page = (await api.get("/trades?limit=1")).body
    schema = {"$ref": "#/components/schemas/OrderSchema"}
    (trade,) = page["trades"]
    missing = [d for order in trade["orders"] for d in differences(order, schema) if "unknown" not in d]
    assert missing == []


async def test_many_who_ask_at_once_cause_one_reading(stage, reads):
    kept = ClosedTradeCache(StatisticsCache())
    pages = await asyncio.gather(*(kept.page(stage.bot, 3, 0, newest_first=False) for _ in range(8)))
    assert all(page is pages[0] for page in pages)
    assert sorted(reads) == [1, 2, 3]


async def test_a_page_has_500_trades_at_most_whoever_asks_for_more(api, reads, monkeypatch):
    monkeypatch.setattr(closed_trades, "MOST_TRADES", 2)
    page = (await api.get("/trades?limit=1000000")).body
    assert [trade["trade_id"] for trade in page["trades"]] == [1, 2]
    assert (page["trades_count"], page["total_trades"]) == (2, 3), "by which clients ask for the rest"
    rest = (await api.get("/trades?limit=1000000&offset=2")).body
    assert [trade["trade_id"] for trade in rest["trades"]] == [3]


def test_500_trades_are_what_the_document_says():
    assert closed_trades.MOST_TRADES == 500


async def test_trades_are_read_some_at_a_time_so_that_others_get_at_the_database(stage, reads, monkeypatch):
    monkeypatch.setattr(closed_trades, "AT_ONCE", 2)
    asked, read = [], stage.bot.trades

    async def counted(ids):
        asked.append(list(ids))
        return await read(ids)

    monkeypatch.setattr(stage.bot, "trades", counted)
    await ClosedTradeCache(StatisticsCache()).page(stage.bot, 3, 0, newest_first=False)
    assert asked == [[1, 2], [3]]


async def test_a_small_page_does_not_wait_for_a_large_one(stage, reads, monkeypatch):
    monkeypatch.setattr(closed_trades, "AT_ONCE", 1)
    kept, goes_on, read = ClosedTradeCache(StatisticsCache()), asyncio.Event(), stage.bot.trades

    async def slow(ids):
        if 3 not in ids:
            await goes_on.wait()
        return await read(ids)

    monkeypatch.setattr(stage.bot, "trades", slow)
    large = asyncio.create_task(kept.page(stage.bot, 3, 0, newest_first=False))
    await asyncio.sleep(0)
    small = await kept.page(stage.bot, 1, 2, newest_first=False)
    assert b'"trade_id":3,' in small.body
    assert not large.done()
    goes_on.set()
    assert b'"trade_id":1,' in (await large).body


async def test_a_page_does_not_wait_for_all_that_another_caller_has_requested(stage, reads, monkeypatch):
    """Not even for the same page, where he asked for it last."""
    monkeypatch.setattr(closed_trades, "AT_ONCE", 1)
    monkeypatch.setattr(closed_trades, "MOST_BYTES", 0)
    kept, goes_on, read, done = ClosedTradeCache(StatisticsCache()), asyncio.Event(), stage.bot.trades, []

    async def slow(ids):
        await goes_on.wait()
        return await read(ids)

    async def ask(who, limit):
        reader.set(who)
        await kept.page(stage.bot, limit, 0, newest_first=False)
        done.append(who)

    monkeypatch.setattr(stage.bot, "trades", slow)
    asked = [asyncio.create_task(ask("viewer", limit)) for limit in range(300, 330)]
    await asyncio.sleep(0)
    asked.append(asyncio.create_task(ask("operator", 329)))
    await asyncio.sleep(0)
    goes_on.set()
    await asyncio.gather(*asked)
    assert done.index("operator") <= 3
