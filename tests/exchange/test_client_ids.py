"""Ids of orders as we give them and as exchanges take them."""

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.exchange.client_ids import from_wire, is_ours, new_client_order_id, to_wire
from appliance.exchange.traits import SUPPORTED

TAKEN = {
    "binance": r"[\.A-Z\:/a-z0-9_-]{1,36}",
    "kraken": r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}",
    "okx": r"[A-Za-z0-9]{1,32}",
    "bybit": r"[A-Za-z0-9_-]{1,36}",
    "gate": r"[0-9A-Za-z_.-]{1,28}",
    "kucoin": r"[A-Za-z0-9_-]{1,40}",
    "bitget": r"[A-Za-z0-9_-]{1,40}",
    "htx": r"[A-Za-z0-9_-]{1,64}",
    "bitvavo": r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    "hyperliquid": r"0x[0-9a-f]{32}",
}
ids = st.text("0123456789abcdef", min_size=24, max_size=24).map(lambda digits: f"appl{digits}")


def test_every_exchange_by_name_says_what_it_takes():
    assert set(TAKEN) == set(SUPPORTED)


@pytest.mark.parametrize("name", TAKEN)
@given(own=ids)
def test_ours_are_taken_everywhere_and_read_back(name: str, own: str):
    written = to_wire(own, SUPPORTED[name].id_form)
    assert re.fullmatch(TAKEN[name], written)
    assert from_wire(written) == own
    assert from_wire(f"t-{own}") == own


def test_new_ones_are_ours_and_differ():
    first, second = new_client_order_id(), new_client_order_id()
    assert first != second
    assert is_ours(first) and not is_ours("web_1234") and not is_ours(None) and not is_ours("")


def test_others_ids_are_left_alone():
    assert to_wire("x-1", "plain") == from_wire("x-1") == "x-1"
    assert from_wire("") is None and from_wire(None) is None
    assert UUID(to_wire("x-1", "uuid")) == UUID(to_wire("x-1", "hex")[2:])
    some = "01234567-89ab-4def-8123-456789abcdef"
    assert from_wire(some) == some
