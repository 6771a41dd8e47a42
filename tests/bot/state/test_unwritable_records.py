"""Records that can never be written: each is set aside, told once, and keeps no other from its turn."""

import math
from copy import copy
from decimal import Decimal

import msgspec
import pytest

from appliance.bot.health import health_of
from appliance.bot.state.audit import PROGRAM
from appliance.domain.errors import UnwritableRecord
from appliance.domain.order_state import OrderState
from appliance.rules.trade_requests import EntryRequest, ExitRequest
from tests.bot.live_scene import GUARDED, live_scene
from tests.bot.state.test_pending_writes import in_memory, on_disk, read_only, warnings
from tests.exchange_server.fixture import binance_server as binance_server
from tests.support.scripted import scene

THREE = {"max_open_trades": 4}


def set_to(name, value):
    def spoil(trade):
        setattr(trade, name, value)

    return spoil


def order_of_another(trade):
    """The order belongs to an older trade already: what a late answer, booked wrongly, would come to."""
    other = copy(trade.orders[0])
    other.id, other.client_order_id, other.ft_trade_id = 0, None, trade.id
    other.ft_is_open, other.filled = False, 0.0
    trade.orders = [*trade.orders, other]


def order_without_date(trade):
    trade.orders[0].order_update_date = "yesterday"


SPOILT = {
    "no number where one must be": set_to("interest_rate", math.nan),
    "an order twice": order_of_another,
    "an integer beyond 64 bits": set_to("timeframe", 2**70),
    "a type without a column": set_to("strategy", object()),
    "a decimal": set_to("amount_requested", Decimal("0.1")),
    "no date": order_without_date,
    "nothing where something must be": set_to("record_version", None),
}


@pytest.fixture(params=SPOILT.values(), ids=SPOILT.keys())
def spoil(request):
    return request.param


async def three_trades(stage):
    return [await stage.enter(f"{base}/USDT") for base in ("ETH", "BTC", "SOL")]


async def test_one_bad_trade_keeps_no_other_from_its_stop_and_is_stopped_itself(tmp_path, spoil):
    async with scene(tmp_path, **THREE) as stage:
        bad, *others = await three_trades(stage)
        spoil(bad)
        await stage.cycle(ETH=60.0, BTC=60.0, SOL=60.0)
        assert [trade.is_open for trade in (bad, *others)] == [False] * 3
        assert {number: row[0] for number, row in on_disk(stage).items()} == {1: True, 2: False, 3: False}
        assert {row[2] for number, row in on_disk(stage).items() if number > 1} == {"stop_loss"}
        (told,) = warnings(stage)
        assert told.startswith("Trade 1 in ETH/USDT is not in the database: this record cannot be stored:")
        lines = await stage.bot._shared.books.store.journal.in_states(*OrderState)
        exits = [(line.pair, line.state) for line in lines if line.side == "sell"]
        assert sorted(exits) == [(pair, OrderState.FILLED) for pair in ("BTC/USDT", "ETH/USDT", "SOL/USDT")]


async def test_the_bot_is_not_in_trouble_and_enters_others(tmp_path, spoil):
    async with scene(tmp_path, **THREE) as stage:
        bad = await stage.enter()
        spoil(bad)
        await stage.bot._shared.books.save(bad)
        await stage.cycle()
        assert not stage.bot._shared.books.pending.in_trouble
        assert stage.bot.journal_lag == 0
        await stage.enter("BTC/USDT")
        assert set(on_disk(stage)) == {1, 2}
        (trouble,) = health_of(stage.bot).troubles()
        assert "Trade 1 in ETH/USDT is not in the database" in trouble
        for _ in range(3):
            await stage.cycle()
        assert len(warnings(stage)) == 1


async def test_nothing_is_added_to_it(tmp_path):
    async with scene(tmp_path, **THREE, position_adjustment_enable=True) as stage:
        bad = await stage.enter()
        order_of_another(bad)
        orders = list(bad.orders)
        for _ in range(2):
            with pytest.raises(UnwritableRecord, match="UNIQUE"):
                await stage.enter()
        assert bad.orders == orders
        assert len(stage.gateway._closed) == 1
        assert [text for text in warnings(stage) if "An order of ETH/USDT is not sent" in text] != []
        assert len(warnings(stage)) == 1


async def test_it_is_written_as_soon_as_it_can_be(tmp_path):
    async with scene(tmp_path, **THREE) as stage:
        bad = await stage.enter()
        bad.timeframe = 2**70
        await stage.bot._shared.books.save(bad)
        assert stage.bot._shared.books.pending.is_aside(bad)
        bad.timeframe, bad.exit_reason = 5, "by hand"
        await stage.cycle()
        assert not stage.bot._shared.books.pending.is_aside(bad)
        assert health_of(stage.bot).troubles() == []
        assert on_disk(stage)[1] == (True, 1.0, "by hand")
        assert warnings(stage)[1:] == ["Trade 1 in ETH/USDT is in the database now: nothing is missing"]
        bad.timeframe = 2**70
        await stage.bot._shared.books.save(bad)
        assert len(warnings(stage)) == 3


async def test_an_entry_that_cannot_be_recorded_is_not_sent_and_others_are(tmp_path):
    async with scene(tmp_path, **THREE) as stage:
        with pytest.raises(UnwritableRecord, match="cannot be stored"):
            await stage.enter(tag=_Tag())
        assert (stage.bot.book.open, stage.gateway._closed) == ({}, {})
        assert not stage.bot._shared.books.pending.in_trouble
        await stage.enter("BTC/USDT")
        assert set(in_memory(stage)) == {1}


class _Tag:
    """What a strategy or a program may hand over where a text is meant."""

    def __getitem__(self, part):
        return self


async def test_half_a_character_is_no_reason_to_lose_a_trade(tmp_path):
    async with scene(tmp_path) as stage:
        await stage.enter(tag="up \ud83d")
        await stage.cycle(ETH=60.0)
        assert on_disk(stage)[1][0] is False
        assert (await stage.bot.trade(1)).enter_tag == "up ?"
        assert warnings(stage) == []


@pytest.mark.parametrize("value", ["half \ud83d", "x" * 3000, 10**5000], ids=["half", "too long", "digits"])
async def test_custom_data_that_cannot_be_stored_takes_nothing_else_with_it(tmp_path, caplog, value):
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        writer = stage.bot._shared.books.store._database._connections.writer
        await writer._execute(writer._conn.setlimit, 0, 2500)  # SQLITE_LIMIT_LENGTH
        trade.set_custom_data("good", 1)
        trade.set_custom_data("bad", value)
        trade.set_custom_data("better", 2)
        trade.exit_reason = "noted"
        await stage.bot._shared.books.save(trade)
        assert on_disk(stage)[1][2] == "noted"
        kept = await stage.bot._shared.books.store.custom_data([1])
        assert {entry.key: entry.value for entry in kept} == {"good": 1, "better": 2}
        assert "Custom data 'bad' of trade 1 is not stored" in caplog.text
        assert warnings(stage) == []


async def test_a_lock_that_cannot_be_written_holds_and_hinders_no_other(tmp_path):
    async with scene(tmp_path, **THREE) as stage:
        trade = await stage.enter()
        until = stage.market.now.replace(hour=20)
        bad = await stage.bot._shared.books.lock_pair("ETH/USDT", until, reason=object())
        good = await stage.bot._shared.books.lock_pair("BTC/USDT", until, reason="by hand")
        assert (bad.id, good.id) == (0, 1)
        assert stage.bot.locks.holding("ETH/USDT", "long", stage.market.now) is bad
        await stage.cycle(ETH=60.0)
        assert not trade.is_open
        assert on_disk(stage)[1][0] is False
        assert [text for text in warnings(stage) if text.startswith("A lock of ETH/USDT")] == warnings(stage)
        assert len(warnings(stage)) == 1


async def test_a_line_of_the_journal_that_cannot_be_written_does_not_hold_its_trade_up(tmp_path):
    async with scene(tmp_path, **THREE) as stage:
        trade, other, _ = await three_trades(stage)
        (line,) = [
            x
            for x in await stage.bot._shared.books.store.journal.in_states(*OrderState)
            if x.pair == "ETH/USDT"
        ]
        bad = msgspec.structs.replace(line, client_order_id="other", amount=math.nan)
        trade.exit_reason = "noted"
        await stage.bot._shared.books.save(trade, bad, line)
        assert on_disk(stage)[1][2] == "noted"
        assert not stage.bot._shared.books.pending.is_aside(trade)
        (told,) = warnings(stage)
        assert "order other of ETH/USDT is filled" in told
        await stage.cycle(BTC=60.0)
        assert not other.is_open


async def test_an_audit_line_that_cannot_be_written_keeps_no_other_out(tmp_path):
    async with scene(tmp_path) as stage:
        audit = stage.bot.audit
        record = audit._record(PROGRAM, "first", None, None)
        audit._deferred.append(msgspec.structs.replace(record, at="now"))
        await audit.note(PROGRAM, "second")
        assert [line.record.what for line in await stage.bot._shared.books.store.audit.lines()][
            -1
        ] == "second"
        assert not audit._deferred


async def test_a_balance_that_cannot_be_written_keeps_the_others_and_the_bot_going(tmp_path):
    async with scene(tmp_path, **THREE) as stage:
        trade = await stage.enter()
        await stage.bot._shared.books.store.history_began(stage.market.now)
        stage.market.wait(hours=24)
        balances = stage.bot.wallets.balances
        real = type(stage.bot.wallets).balances
        bad = msgspec.structs.replace(balances["USDT"], currency="BAD", total=10**400)

        class Spoilt(type(stage.bot.wallets)):
            balances = property(lambda self: {**real.__get__(self), "BAD": bad})

        stage.bot.wallets.__class__ = Spoilt
        await stage.cycle()
        rows, _ = await stage.bot.balance_history()
        assert {row.currency for row in rows} >= {"USDT", "ETH"}
        assert not stage.bot._shared.books.pending.in_trouble
        await stage.cycle(ETH=60.0)
        assert not trade.is_open


async def test_a_deletion_that_cannot_be_done_is_reported_and_tried_again(tmp_path):
    async with scene(tmp_path, **THREE) as stage:
        trade = await stage.enter()
        writer = stage.bot._shared.books.store._database._connections.writer
        await writer.execute("CREATE TABLE notes (trade_id INTEGER REFERENCES trades (id))")
        await writer.execute("INSERT INTO notes VALUES (1)")
        await stage.bot._shared.books.forget(trade)
        await stage.cycle()
        assert set(on_disk(stage)) == {1}
        (told,) = warnings(stage)
        assert told.startswith("The deletion of trade 1 is not in the database")
        await stage.enter("BTC/USDT")
        await writer.execute("DELETE FROM notes")
        await stage.cycle()
        assert set(on_disk(stage)) == {2}


async def test_a_database_in_trouble_is_another_thing_and_nothing_of_it_is_lost(tmp_path):
    async with scene(tmp_path, **THREE) as stage:
        bad, other, _ = await three_trades(stage)
        bad.timeframe = 2**70
        await stage.bot._shared.books.save(bad)
        async with read_only(stage):
            other.exit_reason = "noted"
            await stage.bot._shared.books.save(other)
            await stage.cycle()
            assert stage.bot._shared.books.pending.in_trouble
        bad.timeframe = 5
        await stage.cycle()
        assert on_disk(stage)[2][2] == "noted"
        assert not stage.bot._shared.books.pending.in_trouble
        assert stage.bot.set_aside == []


async def test_the_end_of_the_program_says_what_is_missing(tmp_path, caplog):
    async with scene(tmp_path) as stage:
        trade = await stage.enter()
        trade.timeframe = 2**70
        await stage.bot._shared.books.save(trade)
        assert trade.id == 1
    assert "The program ends, and Trade 1 in ETH/USDT is not in the database" in caplog.text


async def test_live_the_stop_of_a_trade_that_cannot_be_written_is_placed_and_so_are_others(
    tmp_path, binance_server
):
    changes = {"code": GUARDED, "strategy": "Guarded"}
    async with live_scene(tmp_path, binance_server, **changes) as live:
        other = await live.bot.force_enter(EntryRequest(pair="BTC/USDT", order_type="market"))
        bad = await live.enter()
        order_of_another(bad)
        await live.cycle()
        stops = {order.pair: order for order in live.orders if order.is_open}
        assert set(stops) == {"ETH/USDT", "BTC/USDT"}
        lines = await live.bot._shared.books.store.journal.in_states(OrderState.ACKNOWLEDGED)
        assert {line.pair for line in lines} == {"ETH/USDT", "BTC/USDT"}
        await live.bot.force_exit(ExitRequest(trade_id="all", order_type="market"))
        assert (bad.is_open, other.is_open) == (False, False)
        assert [order for order in live.orders if order.is_open] == []
        assert len([text for text in live.warnings if "is not in the database" in text]) == 1
        filled = await live.bot._shared.books.store.journal.in_states(OrderState.FILLED)
        assert sorted(line.pair for line in filled if line.side == "sell") == ["BTC/USDT", "ETH/USDT"]


async def test_a_closed_trade_that_is_not_in_the_database_is_shown_as_it_is(tmp_path):
    async with scene(tmp_path) as stage:
        bad = await stage.enter()
        bad.timeframe = 2**70
        await stage.bot.force_exit(ExitRequest(trade_id="1", order_type="market"))
        assert not bad.is_open
        assert await stage.bot.trade(1) is bad
