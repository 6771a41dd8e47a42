"""Reading ccxt's orders, fills and balances."""

import pytest

from appliance.domain.market import ExchangeOrder, Fee
from appliance.exchange.ccxt.read_orders import (
    balances,
    fill,
    is_thin,
    is_whole,
    may_have_client_id,
    order,
    summed,
    with_fees,
)
from appliance.exchange.client_ids import new_client_order_id, to_wire

ASKED = ExchangeOrder(
    id="", pair="A/B", side="buy", type="limit", status="open", amount=2.0, price=10.0,
    client_order_id="ours", timestamp=5,
)  # fmt: skip
WHOLE = {
    "id": 7, "symbol": "A/B", "side": "sell", "type": "limit", "status": "closed", "amount": 2.0,
    "filled": 2.0, "price": 10.0, "average": 10.5, "cost": 21.0, "timestamp": 5, "lastTradeTimestamp": 9,
    "clientOrderId": "ours",
}  # fmt: skip


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"id": None},
        {"id": ""},
        {**WHOLE, "symbol": "C/D"},
        {**WHOLE, "status": "odd"},
        {**WHOLE, "filled": "x"},
    ],
)
def test_what_is_no_order(answer: dict):
    with pytest.raises((ValueError, TypeError)):
        order(answer, "A/B", ASKED)


def test_an_order_reported_completely():
    seen = order(WHOLE, "A/B")
    assert (seen.id, seen.side, seen.status, seen.filled, seen.remaining) == ("7", "sell", "closed", 2.0, 0.0)
    assert (seen.average, seen.cost, seen.filled_timestamp) == (10.5, 21.0, 9)
    assert seen.fees == ()
    assert seen.fee is None


def test_an_acknowledgement_takes_the_rest_from_what_was_asked():
    answer = {"id": "7", "clientOrderId": None, "status": None, "filled": None, "amount": None}
    seen = order(answer, "A/B", ASKED)
    assert is_thin(answer)
    assert not is_thin(WHOLE)
    assert (seen.side, seen.amount, seen.price, seen.status) == ("buy", 2.0, 10.0, "open")
    assert (seen.client_order_id, seen.timestamp, seen.filled) == ("ours", 5, 0.0)


@pytest.mark.parametrize(
    ("told", "status", "filled"),
    [
        ({"status": "open", "filled": 2.0}, "closed", 2.0),
        ({"status": "open", "filled": 1.0}, "open", 1.0),
        ({"status": "canceling", "filled": 1.0}, "open", 1.0),
        ({"status": "PENDING_NEW", "filled": 0.0}, "open", 0.0),
        ({"status": "canceled", "filled": None, "remaining": 0.5}, "canceled", 1.5),
        ({"status": "expired", "filled": 0.0}, "expired", 0.0),
        ({"status": "rejected", "filled": 0.0}, "rejected", 0.0),
    ],
)
def test_states(told: dict, status: str, filled: float):
    seen = order({**WHOLE, **told}, "A/B")
    assert (seen.status, seen.filled) == (status, filled)


def test_a_mean_price_follows_from_the_cost_where_none_is_reported():
    seen = order({**WHOLE, "average": None}, "A/B")
    assert seen.average == pytest.approx(10.5)
    assert order({**WHOLE, "cost": None}, "A/B").cost == pytest.approx(21.0)


def test_fees_may_change_over_to_another_currency():
    """Binance takes BNB until there is none left, then what was bought."""
    fees = [
        {"currency": "BNB", "cost": 0.1},
        {"currency": "A", "cost": 0.2},
        {"currency": "BNB", "cost": 0.2},
    ]
    seen = order({**WHOLE, "fees": fees}, "A/B")
    assert seen.fees == (Fee("BNB", 0.3), Fee("A", 0.2))
    assert seen.fee == Fee("BNB", 0.3)
    assert order({**WHOLE, "fee": {"currency": "B", "cost": 0.0, "rate": 0.0}}, "A/B").fee == Fee(
        "B", 0.0, 0.0
    )
    assert order({**WHOLE, "fee": {"currency": None, "cost": None}, "fees": []}, "A/B").fees == ()


def test_fees_of_fills_are_added_exactly():
    one = {"id": "1", "order": "7", "amount": 1.0, "price": 10.0, "fee": {"currency": "A", "cost": 0.1}}
    fills = [fill({**one, "id": number}, "A/B") for number in "123"]
    seen = with_fees(order({**WHOLE, "filled": 3.0, "amount": 3.0}, "A/B"), fills)
    assert seen.fees == (Fee("A", 0.3),)
    assert is_whole(seen, fills)
    assert not is_whole(seen, fills[:2])
    assert summed([Fee("A", 1.0, 0.1), Fee("A", 1.0, 0.2)]) == (Fee("A", 2.0, None),)


@pytest.mark.parametrize("key", ["clientOrderId", "clOrdId", "orderLinkId", "text", "clientOid", "cloid"])
def test_fills_may_bear_our_id(key: str):
    ours = new_client_order_id()
    written = {"text": f"t-{ours}", "cloid": to_wire(ours, "hex")}.get(key, ours)
    told = fill({"id": "1", "order": "7", "amount": 1, "price": 2, "info": {key: written}}, "A/B")
    assert (told.client_order_id, told.cost) == (ours, 2.0)


def test_whose_answer_it_is():
    ours = new_client_order_id()
    uuid = to_wire(ours, "uuid")
    assert may_have_client_id({"clientOrderId": ours}, ours)
    assert may_have_client_id({"clientOrderId": f"t-{ours}"}, ours)
    assert may_have_client_id({"clientOrderId": uuid.upper()}, uuid)
    assert may_have_client_id({}, ours)
    assert not may_have_client_id({"clientOrderId": new_client_order_id()}, ours)


def test_balances():
    answer = {
        "info": {"x": 1},
        "total": {"A": 2.0, "B": 0.0, "C": None},
        "free": {"A": 1.5},
        "used": {"A": 0.5},
    }
    (only,) = balances(answer).values()
    assert (only.currency, only.free, only.used, only.total) == ("A", 1.5, 0.5, 2.0)
    with pytest.raises(ValueError, match="no balances"):
        balances({"info": {}, "total": {}})


@pytest.mark.parametrize(("told", "side"), [("buy", "buy"), ("SELL", "sell"), ("both", ""), (None, "")])
def test_only_the_two_sides_are_read(told: str | None, side: str):
    assert order({"id": "1", "side": told}, "ETH/USDT").side == side
