"""Closed trades by columns: a list that is in order, of which whoever reads it keeps what was."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.closed_trades.summary import ClosedTrade
from appliance.domain.closed_trades.table import ClosedTrades

START = datetime(2026, 1, 1, tzinfo=UTC)
PAIRS = ("BTC/USDT", "ETH/USDT", "SOL/USDT")


def closed(number: int, minute: float = 0, profit: float = 1.0, **changes) -> ClosedTrade:
    at = START + timedelta(minutes=minute)
    values = {
        "id": number,
        "pair": PAIRS[number % 3],
        "is_short": bool(number % 2),
        "open_date": at - timedelta(hours=1, microseconds=number),
        "close_date": at,
        "close_profit": profit / 100,
        "realized_profit": profit,
        "close_profit_abs": profit,
        "stake_amount": 100.0,
        "max_stake_amount": 100.0,
        "volume": 200.0 + number,
        "enter_tag": None if number % 5 == 0 else f"tag {number % 4}",
        "exit_reason": ("roi", "stop_loss", None)[number % 3],
        "strategy": None,
        "leverage": 1.0,
        "open_trade_value": 100.1,
        "entry_cost": 100.0,
    }
    return ClosedTrade(**values | changes)


trades = st.builds(
    closed,
    st.integers(1, 12),
    st.integers(0, 5),
    st.floats(-50, 50).map(lambda value: round(value, 4)),
)
changes = st.lists(st.tuples(st.sampled_from(["put", "put", "discard"]), trades), max_size=40)


def order(trade: ClosedTrade):
    return trade.close_date, trade.id


@given(changes)
def test_whatever_comes_goes_or_changes_the_list_is_in_order_and_its_sum_is_right(steps):
    kept, model = ClosedTrades(), {}
    for step, trade in steps:
        if step == "put":
            kept.put(trade)
            model[trade.id] = trade
        else:
            kept.discard(trade.id)
            model.pop(trade.id, None)
        assert kept == sorted(model.values(), key=order)
    assert kept.profit == ClosedTrades(model.values()).profit, "to the last bit, however it came about"
    assert kept.profit == pytest.approx(sum(trade.close_profit_abs for trade in model.values()), abs=1e-9)


@given(changes, changes)
def test_who_reads_is_left_with_what_was(before, after):
    kept = ClosedTrades()
    for step, trade in before:
        kept.put(trade) if step == "put" else kept.discard(trade.id)
    read, ids = kept.columns(), [trade.id for trade in kept]
    for step, trade in after:
        kept.put(trade) if step == "put" else kept.discard(trade.id)
    assert read.integers("id").tolist() == ids


def test_many_at_once_are_put_in_order_too():
    some = [closed(number, minute) for number, minute in ((3, 5), (1, 9), (2, 5), (9, 0))]
    assert [trade.id for trade in ClosedTrades(some)] == [9, 2, 3, 1]
    kept = ClosedTrades(some[:2])
    kept.extend(some[2:])
    assert kept == ClosedTrades(some)


def test_the_layout_stays_while_trades_are_appended():
    kept = ClosedTrades(closed(number, number) for number in range(1, 50))
    shape = kept.shape
    for number in range(50, 500):
        kept.add(closed(number, number))
    assert kept.shape == shape
    kept.put(closed(70, 70))
    assert kept.shape == shape, "nothing is known of it that was not before"
    kept.put(closed(70, 70, profit=2.0))
    after_correction = kept.shape
    kept.add(closed(600, 3))
    after_late = kept.shape
    kept.discard(600)
    assert len({shape, after_correction, after_late, kept.shape}) == 4


def test_parts_of_the_list():
    kept = ClosedTrades(closed(number, number) for number in range(1, 11))
    whole = list(kept)
    assert kept[2:4] == whole[2:4]
    assert kept[-3:][::-1] == whole[:-4:-1]
    assert (kept[0], kept[-1]) == (whole[0], whole[9])
    assert kept.newest_ids(3) == [10, 9, 8]
    assert kept.newest_ids(3, offset=8) == [2, 1]
    assert kept.newest_ids(3, offset=10) == kept.newest_ids(3, offset=2**62) == []
    assert kept.profit_of_first(3) == 3.0
    with pytest.raises(IndexError):
        kept[10]


def test_the_trades_of_a_time_and_of_a_pair():
    kept = ClosedTrades(closed(number, number) for number in range(1, 11))
    after = START + timedelta(minutes=6)
    assert [trade.id for trade in kept.closed_after(after)] == [7, 8, 9, 10]
    assert [trade.id for trade in kept.closed_after(after, "ETH/USDT")] == [7, 10]
    assert kept.closed_after(after, "XRP/USDT") == []
    assert kept.columns_since(after).integers("id").tolist() == [6, 7, 8, 9, 10]


def test_every_field_comes_back_as_it_was():
    numbers = {
        name: number + 0.25
        for number, name in enumerate(
            field.name for field in msgspec.structs.fields(ClosedTrade) if field.type is float
        )
    }
    for trade in (closed(4), closed(3, 0.5, enter_tag="", exit_reason="ü", strategy="S", **numbers)):
        assert ClosedTrades([trade])[0] == trade


def test_a_close_makes_no_object_of_any_other_trade(monkeypatch):
    kept, made = ClosedTrades(closed(number, number) for number in range(1, 5000)), []
    whole = ClosedTrades._trade
    monkeypatch.setattr(ClosedTrades, "_trade", lambda *given: made.append(1) or whole(*given))
    kept.add(closed(5000, 5000))
    assert not made
    kept.put(closed(4000, 4000, profit=7.0))
    assert len(made) == 1, "the one that it takes the place of"
