"""What the bot keeps: trades, orders, custom data, locks, start times, wallet history."""

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta, timezone

import pytest

from appliance.domain.closed_trades.summary import summary_of
from appliance.domain.enums import TradingMode
from appliance.domain.errors import StorageError
from appliance.domain.lock import PairLock
from appliance.domain.market import Fee
from appliance.storage.store import Store
from appliance.storage.tables.wallet_history import WalletRecord
from tests.support.stored_trades import OPENED, new_order, new_trade

HOUR = timedelta(hours=1)


def rows(file, query):
    connection = sqlite3.connect(file)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


# -- unhappy paths first -------------------------------------------------------------------------------


async def test_a_trade_that_cannot_be_written_leaves_nothing_behind(store, file, a_trade):
    await store.save(a_trade("ETH/USDT"))
    twin = a_trade("ETH/USDT")
    twin.orders.insert(0, new_order("ETH/USDT", "its own"))
    twin.set_custom_data("note", "kept")
    with pytest.raises(StorageError, match="UNIQUE constraint failed"):
        await store.save(twin)
    assert twin.id == 0
    assert twin.changed_custom_data == {"note"}
    assert rows(file, "SELECT count(*) FROM trades") == [(1,)]
    assert rows(file, "SELECT count(*) FROM orders") == [(1,)]


async def test_custom_data_that_is_no_json_does_not_keep_a_trade_from_being_saved(store, a_trade, caplog):
    trade = a_trade()
    trade.set_custom_data("good", {"level": 3})
    trade.set_custom_data("bad", object())
    await store.save(trade)
    assert (await store.trade(trade.id)).custom_data == {"good": {"level": 3}}
    assert "Custom data 'bad'" in caplog.text


async def test_custom_data_that_cannot_be_read_is_left_out(made_by_freqtrade, caplog):
    connection = sqlite3.connect(made_by_freqtrade)
    connection.execute("UPDATE trade_custom_data SET cd_value = 'seven' WHERE cd_key = 'whole'")
    connection.commit()
    connection.close()
    store = await Store.open(f"sqlite:///{made_by_freqtrade}")
    assert "whole" not in (await store.trade(1)).custom_data
    assert "Custom data 'whole' of trade 1 cannot be read" in caplog.text
    await store.close()


async def test_a_save_whose_waiter_is_cancelled_is_carried_through(store, a_trade):
    trade = a_trade(orders=3)
    waiter = asyncio.create_task(store.save(trade))
    await asyncio.sleep(0)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    await store.save(a_trade("BTC/USDT"))
    assert trade.id == 1
    assert await store.trade(1) == trade


async def test_closing_waits_for_the_writes_under_way(file, a_trade):
    store = await Store.open(f"sqlite:///{file}")
    saves = [asyncio.create_task(store.save(a_trade(f"C{number}/USDT"))) for number in range(20)]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*saves)
    assert rows(file, "SELECT count(*) FROM trades") == [(20,)]


async def test_the_same_new_trade_saved_twice_at_once_is_one_trade(store, a_trade):
    trade = a_trade()
    await asyncio.gather(store.save(trade), store.save(trade))
    assert [found.id for found in await store.open_trades()] == [1]


async def test_an_unknown_trade_is_none(store):
    assert await store.trade(7) is None
    await store.delete_trade(7)


# -- trades --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("memory", [False, True])
async def test_a_trade_comes_back_as_it_was_saved(tmp_path, memory, a_trade):
    store = await Store.open("sqlite://" if memory else f"sqlite:///{tmp_path}/t.sqlite")
    trade = a_trade(
        "BTC/USDT:USDT",
        orders=2,
        trading_mode=TradingMode.FUTURES,
        is_short=True,
        leverage=3.0,
        stop_loss=103.34,
        stop_loss_pct=-0.1,
        liquidation_price=130.0,
        exit_reason="roi",
        close_date=OPENED + HOUR,
    )
    trade.orders[0].client_order_id = "a-1"
    for order in trade.orders:
        order.leverage = 3.0
    trade.set_custom_data("ladder", [1, 2.5, {"deep": None}])
    await store.save(trade)
    assert (trade.id, [order.id for order in trade.orders]) == (1, [1, 2])
    assert trade.changed_custom_data == set()
    assert await store.trade(1) == trade
    assert await store.open_trades() == [trade]
    await store.close()


async def test_saving_again_updates_the_trade_and_adds_its_new_orders(store, file, a_trade):
    trade = a_trade()
    await store.save(trade)
    trade.stop_loss = 95.0
    trade.orders[0].ft_is_open = False
    trade.orders.append(new_order(trade.pair, "second", ft_order_side="sell"))
    await store.save(trade)
    assert await store.trade(1) == trade
    assert rows(file, "SELECT count(*) FROM trades") == [(1,)]
    assert rows(file, "SELECT id, ft_is_open FROM orders") == [(1, 0), (2, 1)]


async def test_an_order_keeps_its_client_id_when_the_exchange_names_it(store, a_trade):
    trade = a_trade()
    trade.orders[0].order_id = trade.orders[0].client_order_id = "ours-1"
    await store.save(trade)
    trade.orders[0].order_id = "4711"
    await store.save(trade)
    [order] = (await store.trade(1)).orders
    assert (order.order_id, order.client_order_id) == ("4711", "ours-1")


async def test_a_changed_and_a_dropped_value_of_custom_data(store, a_trade):
    trade = a_trade()
    trade.set_custom_data("level", 1)
    trade.set_custom_data("gone", True)
    await store.save(trade)
    trade.set_custom_data("level", "two")
    del trade.custom_data["gone"]
    trade.changed_custom_data.add("gone")
    await store.save(trade)
    assert (await store.trade(1)).custom_data == {"level": "two"}


async def test_a_deleted_trade_takes_all_that_is_its_own_with_it(store, file, a_trade):
    kept, gone = a_trade("ETH/USDT"), a_trade("BTC/USDT", orders=3)
    for trade in (kept, gone):
        trade.set_custom_data("note", 1)
        trade.orders[0].client_order_id = trade.pair
        await store.save(trade)
    await store.delete_trade(gone.id)
    assert await store.open_trades() == [kept]
    for table in ("trades", "orders", "trade_custom_data", "appliance_orders"):
        assert rows(file, f"SELECT count(*) FROM {table}") == [(1,)], table


async def test_dates_of_any_zone_are_written_as_utc_text(store, file, a_trade):
    eastern = timezone(timedelta(hours=-5))
    await store.save(a_trade(open_date=datetime(2026, 3, 1, 20, 0, tzinfo=eastern)))
    assert rows(file, "SELECT open_date, is_open, trading_mode, typeof(is_open) FROM trades") == [
        ("2026-03-02 01:00:00.000000", 1, "SPOT", "integer")
    ]
    assert (await store.trade(1)).open_date == datetime(2026, 3, 2, 1, tzinfo=UTC)


async def closed(store, a_trade, number):
    trade = a_trade(f"C{number}/USDT", is_open=False, open_date=OPENED + number * HOUR)
    trade.close_date = OPENED + (10 - number) * HOUR
    trade.close_profit, trade.close_profit_abs, trade.realized_profit = 0.01, number, number
    trade.orders[0].status, trade.orders[0].cost, trade.orders[0].filled = "closed", 50.25, 0.5
    trade.max_stake_amount, trade.open_trade_value = 50.0, 50.05
    await store.save(trade)
    return trade


async def test_closed_trades_are_summed_up_as_the_trades_themselves_would_be(store, a_trade):
    trades = [await closed(store, a_trade, number) for number in range(4)]
    await store.save(a_trade("OPEN/USDT"))
    assert await store.closed_trades() == [summary_of(trade) for trade in reversed(trades)]


async def test_trades_by_their_ids(store, a_trade):
    for number in range(3):
        await closed(store, a_trade, number)
    found = await store.trades([3, 1, 99])
    assert sorted(trade.id for trade in found) == [1, 3]
    assert all(trade.orders for trade in found)
    assert await store.trades([]) == []


async def test_finding_trades_as_strategies_do(store, a_trade):
    for number in range(3):
        await closed(store, a_trade, number)
    await store.save(a_trade("C1/USDT", orders=0))

    async def ids(**filters):
        return [trade.id for trade in await store.find_trades(**filters)]

    assert await ids() == [1, 2, 3, 4]
    assert await ids(pair="C1/USDT") == [2, 4]
    assert await ids(pair="C1/USDT", is_open=True) == [4]
    assert await ids(is_open=False) == [1, 2, 3]
    assert await ids(open_date=OPENED) == [2, 3], "after the date, not at it"
    assert await ids(close_date=OPENED + 8 * HOUR) == [1, 2], "open trades have no close date"


# -- what freqtrade wrote ------------------------------------------------------------------------------


async def test_a_database_of_freqtrade_is_taken_over_with_its_open_trades(made_by_freqtrade):
    store = await Store.open(f"sqlite:///{made_by_freqtrade}")
    spot, short = await store.open_trades()
    assert (spot.pair, spot.enter_tag, spot.stop_loss, spot.open_date) == ("ETH/USDT", "dip", 90.0, OPENED)
    assert [order.order_id for order in spot.open_orders] == ["dry_run_sell_1"]
    assert spot.orders[1].ft_order_tag == "roi"
    assert spot.custom_data == {
        "text": "seven",
        "whole": 7,
        "part": 7.25,
        "yes": True,
        "no": False,
        "list": [1, "a", None],
        "map": {"a": {"b": 1.5}},
        "nothing": None,
    }
    assert (short.trading_mode, short.is_short, short.leverage) == (TradingMode.FUTURES, True, 3.0)
    assert short.orders[0].stake_amount_filled == 50.0
    [done] = await store.closed_trades()
    assert (done.pair, done.realized_profit, done.volume) == ("SOL/USDT", 2.3975, 102.5)
    [lock] = await store.locks(OPENED)
    assert (lock.pair, lock.side, lock.reason) == ("ETH/USDT", "long", "Stoploss streak")
    [record] = await store.wallet_history(OPENED)
    assert (record.currency, record.balance, record.bot_managed) == ("USDT", 950.0, True)
    await store.close()


async def test_custom_data_is_written_as_freqtrade_writes_it(made_by_freqtrade, tmp_path, a_trade):
    theirs = await Store.open(f"sqlite:///{made_by_freqtrade}")
    values = (await theirs.trade(1)).custom_data
    await theirs.close()
    ours = await Store.open(f"sqlite:///{tmp_path}/ours.sqlite")
    trade = a_trade()
    for key, value in values.items():
        trade.set_custom_data(key, value)
    await ours.save(trade)
    await ours.close()
    query = "SELECT cd_key, cd_type, cd_value FROM trade_custom_data ORDER BY cd_key"
    assert rows(tmp_path / "ours.sqlite", query) == rows(made_by_freqtrade, query)


async def test_saving_an_untouched_trade_of_freqtrade_changes_no_value(made_by_freqtrade):
    query = "SELECT * FROM trades UNION ALL SELECT *, " + ", ".join(["NULL"] * 25) + " FROM orders"
    before = rows(made_by_freqtrade, query)
    store = await Store.open(f"sqlite:///{made_by_freqtrade}")
    for trade in await store.find_trades():
        await store.save(trade)
    await store.close()
    assert rows(made_by_freqtrade, query) == before


# -- the rest ------------------------------------------------------------------------------------------


async def test_locks_that_may_still_act(store):
    ended, lasting, lifted = (
        PairLock(pair=pair, lock_time=OPENED, lock_end_time=OPENED + hours * HOUR)
        for pair, hours in (("A/USDT", 1), ("B/USDT", 3), ("*", 3))
    )
    for lock in (ended, lasting, lifted):
        await store.save_lock(lock)
    lifted.active = False
    await store.save_lock(lifted)
    assert (ended.id, lasting.id, lifted.id) == (1, 2, 3)
    assert await store.locks(OPENED + 2 * HOUR) == [lasting]


async def test_the_first_start_is_remembered(store, file):
    assert await store.first_start(OPENED) == OPENED
    assert await store.first_start(OPENED + HOUR) == OPENED
    assert rows(file, 'SELECT "key", value_type, datetime_value FROM "KeyValueStore" ORDER BY "key"') == [
        ("bot_start_time", "datetime", "2026-09-01 12:30:05.123456"),
        ("startup_time", "datetime", "2026-09-01 13:30:05.123456"),
    ]


async def test_the_first_start_is_that_of_the_oldest_trade_where_it_was_not_kept(store, a_trade):
    await store.save(a_trade(open_date=OPENED - HOUR))
    assert await store.first_start(OPENED) == OPENED - HOUR


async def test_wallet_history_holds_one_row_a_currency_and_moment(store):
    def record(balance, hours=0):
        return WalletRecord(
            timestamp=OPENED + hours * HOUR, currency="USDT", quote_currency="USDT", balance=balance
        )

    await store.save_wallet_history([record(1.0), record(2.0, 1)])
    await store.save_wallet_history([record(3.0, 1)])
    await store.save_wallet_history([])
    assert await store.wallet_history(OPENED) == [record(1.0), record(3.0, 1)]
    assert await store.wallet_history(OPENED + HOUR) == [record(3.0, 1)]


async def test_orders_keep_what_they_paid_with_and_without_an_id_of_ours(store, a_trade):
    trade = a_trade(orders=2)
    ours, theirs = trade.orders
    ours.client_order_id = "ours-1"
    ours.fees = (Fee("BNB", 0.001, None), Fee("ETH", 0.0002, 0.001))
    ours.fee_in_quote, theirs.fee_in_quote = 0.8, 0.0
    await store.save(trade)
    assert await store.trade(trade.id) == trade
    ours.fees, ours.fee_in_quote = (), None
    await store.save(trade)
    assert await store.trade(trade.id) == trade


async def test_a_copy_in_memory_shows_a_running_bots_database_and_leaves_it_alone(file):
    store = await Store.open(f"sqlite:///{file}")
    await store.save(new_trade("ETH/USDT"))  # it is in the write-ahead log only
    copy = await Store.copied(f"sqlite:///{file}")
    await copy.save(new_trade("BTC/USDT"))
    assert [trade.pair for trade in await copy.find_trades()] == ["ETH/USDT", "BTC/USDT"]
    assert [trade.pair for trade in await store.find_trades()] == ["ETH/USDT"]
    await copy.close()
    await store.close()


async def test_a_copy_in_memory_of_nothing_is_none(file):
    assert await Store.copied(f"sqlite:///{file}") is None
    assert not file.exists()
