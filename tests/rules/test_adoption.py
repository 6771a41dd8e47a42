"""Orders of ours that the books lack: what they are, and when they are missing at all."""

from datetime import UTC, datetime

import pytest

from appliance.domain.journal import JournalEntry
from appliance.domain.market import ExchangeOrder
from appliance.domain.order_state import OrderState
from appliance.rules.adoption import Role, is_missing, joins_open_trade, role_of
from appliance.rules.order_life import DELETED

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def seen(**changes) -> ExchangeOrder:
    order = {"id": "1", "pair": "ETH/USDT", "side": "buy", "type": "limit", "status": "open", "amount": 1.0}
    return ExchangeOrder(**(order | changes))


def line(state: OrderState, **changes) -> JournalEntry:
    return JournalEntry(
        client_order_id="appl1", trade_id=1, pair="ETH/USDT", side="buy", order_type="limit", amount=1.0,
        rate=100.0, state=state, order_id="1", created_at=NOW, updated_at=NOW, **changes,
    )  # fmt: skip


def test_a_purchase_enters_and_a_sale_belongs_to_the_trade_of_its_pair():
    assert role_of(seen(), has_trade=False) is role_of(seen(), has_trade=True) is Role.ENTRY
    assert role_of(seen(side="sell"), has_trade=True) is Role.EXIT
    assert role_of(seen(side="sell", stop_price=90.0), has_trade=True) is Role.STOP
    assert role_of(seen(side="sell"), has_trade=False) is Role.STRAY


@pytest.mark.parametrize("state", [None, *OrderState])
def test_an_open_order_in_no_trade_is_missing_whatever_the_journal_says(state):
    assert is_missing(seen(), state and line(state))


@pytest.mark.parametrize("state", [None, *OrderState])
def test_a_finished_order_is_missing_where_its_fill_is_not_known(state):
    filled = seen(status="closed", filled=1.0)
    assert is_missing(filled, state and line(state)) == (state is not OrderState.FILLED)
    assert not is_missing(seen(status="canceled"), state and line(state))


def test_what_filled_is_missing_where_its_trade_is_there_without_it():
    """The trade could not be written when it filled; the journal alone was."""
    known = line(OrderState.FILLED)
    assert is_missing(seen(status="closed", filled=1.0), known, has_trade=True)
    assert not is_missing(seen(status="canceled"), known, has_trade=True)
    assert not is_missing(
        seen(status="closed", filled=1.0), line(OrderState.FILLED, note=DELETED), has_trade=True
    )


def test_an_order_that_was_delivered_twice_is_missing_the_second_time():
    first = line(OrderState.FILLED)
    assert not is_missing(seen(status="closed", filled=1.0), first)
    assert is_missing(seen(id="2", status="closed", filled=1.0), first)


def test_what_a_person_deleted_stays_deleted():
    deleted = line(OrderState.CANCELLED, note=DELETED)
    assert not is_missing(seen(status="canceled", filled=1.0), deleted)
    assert not is_missing(seen(), deleted)


def test_a_purchase_without_a_line_was_an_addition_and_one_with_a_line_had_a_trade_of_its_own():
    assert joins_open_trade(seen(), None)
    assert not joins_open_trade(seen(), line(OrderState.CANCELLED))
    assert joins_open_trade(seen(side="sell"), line(OrderState.CANCELLED))
