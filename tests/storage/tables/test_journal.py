"""The journal: what was to be sent is there, whatever happened since."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from appliance.domain.journal import JournalChoice, journal_entry, state_of
from appliance.domain.market import ExchangeOrder
from appliance.domain.order import Order
from appliance.domain.order_state import UNRESOLVED, OrderState
from appliance.domain.trade import Trade
from appliance.storage.store import Store

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def new_trade() -> Trade:
    order = Order(
        ft_order_side="buy", ft_pair="ETH/USDT", ft_amount=1.0, ft_price=100.0, order_id="a1",
        client_order_id="a1", status="new", side="buy", order_type="limit", order_date=NOW,
    )  # fmt: skip
    return Trade(
        exchange="binance", pair="ETH/USDT", base_currency="ETH", stake_currency="USDT", fee_open=0.001,
        fee_close=0.001, open_rate=100.0, stake_amount=100.0, amount=0.0, open_date=NOW, orders=[order],
    )  # fmt: skip


@pytest.fixture
async def store(tmp_path):
    store = await Store.open(f"sqlite:///{tmp_path}/trades.sqlite")
    yield store
    await store.close()


async def test_an_intent_is_written_with_its_trade_and_bears_its_id(store):
    trade = new_trade()
    await store.save(trade, journal_entry(trade.orders[0], NOW))
    (line,) = await store.journal.in_states(*UNRESOLVED)
    assert (line.client_order_id, line.trade_id, line.order_id) == ("a1", trade.id, None)
    assert (line.pair, line.amount, line.rate, line.created_at) == ("ETH/USDT", 1.0, 100.0, NOW)


async def test_later_lines_change_the_state_and_keep_when_it_was_recorded(store):
    trade = new_trade()
    (order,) = trade.orders
    await store.save(trade, journal_entry(order, NOW))
    later = NOW + timedelta(minutes=1)
    order.status = "unknown"
    await store.save(trade, journal_entry(order, later, "the answer was lost"))
    order.order_id, order.status, order.order_date = "4711", "open", later
    await store.save(trade, journal_entry(order, later))
    line = await store.journal.entry("a1")
    assert line.state is OrderState.ACKNOWLEDGED
    assert (line.order_id, line.note, line.created_at) == ("4711", "the answer was lost", NOW)
    assert await store.journal.in_states(*UNRESOLVED) == []


async def test_the_lines_of_a_deleted_trade_stay(store):
    trade = new_trade()
    (order,) = trade.orders
    await store.save(trade, journal_entry(order, NOW))
    order.status, order.ft_is_open = "rejected", False
    await store.delete_trade(trade.id, journal_entry(order, NOW, "too small"))
    line = await store.journal.entry("a1")
    assert (line.state, line.note) == (OrderState.REJECTED, "too small")
    assert await store.journal.of_trade(trade.id) == [line]
    assert await store.journal.of_trade(trade.id + 1) == []


@pytest.mark.parametrize(
    ("status", "filled", "state"),
    [
        ("open", 0.0, OrderState.ACKNOWLEDGED),
        ("open", 0.5, OrderState.PARTIALLY_FILLED),
        ("closed", 1.0, OrderState.FILLED),
        ("canceled", 0.5, OrderState.CANCELLED),
        ("expired", 0.0, OrderState.CANCELLED),
        ("rejected", 0.0, OrderState.REJECTED),
    ],
)
def test_an_exchanges_answer_is_a_state(status, filled, state):
    seen = ExchangeOrder(id="1", pair="A/B", side="buy", type="limit", status=status, amount=1, filled=filled)
    assert state_of(msgspec.structs.replace(seen)) is state


async def test_what_changed_lately_and_what_is_not_finished_is_found_again(store):
    for name, state, when in (("a1", "open", -9), ("a2", "canceled", -9), ("a3", "canceled", 0)):
        trade = new_trade()
        (order,) = trade.orders
        order.client_order_id = order.order_id = name
        order.status, order.ft_is_open = state, state == "open"
        await store.save(trade, journal_entry(order, NOW + timedelta(days=when)))
    found = await store.journal.since(NOW - timedelta(days=3))
    assert {line.client_order_id for line in found} == {"a1", "a3"}
    assert await store.journal.traded_pairs(NOW) == ["ETH/USDT"]
    assert await store.journal.newest_order() == NOW


async def test_lines_are_chosen_by_side_trade_and_time(store):
    trade = new_trade()
    await store.save(trade, journal_entry(trade.orders[0], NOW))

    async def found(**choice):
        return (await store.journal.chosen(JournalChoice(**choice), 10)).total

    assert await found(pair="ETH/USDT", side="buy", trade_id=trade.id, since=NOW) == 1
    assert await found(until=NOW + timedelta(seconds=1), states=(OrderState.INTENT,)) == 1
    for other in ({"side": "sell"}, {"trade_id": 99}, {"until": NOW}, {"since": NOW + timedelta(seconds=1)}):
        assert await found(**other) == 0
