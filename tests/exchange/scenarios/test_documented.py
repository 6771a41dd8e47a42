"""docs/exchanges.md says of each exchange what the table of peculiarities says."""

from pathlib import Path

import pytest

from appliance.exchange.traits import SUPPORTED

REFERENCE = Path(__file__).parents[3] / "docs" / "exchanges.md"
IDS = {"plain": "as it is", "uuid": "UUID", "hex": "128 bits"}
BUYS = {
    "never": "an amount",
    "buy": "a sum, from the present price",
    "always": "an amount, at 5 % above the price at most",
}


@pytest.mark.parametrize("name", SUPPORTED)
def test_each_exchange_has_its_row(name: str):
    own = SUPPORTED[name]
    found_by = "id" if own.finds_by_id else "id, in lists" if own.list_id else "whole lists"
    stops = ", ".join(own.stop_types) if own.stop_price else "no"
    row = f"| {name} | {IDS[own.id_form]} | {found_by} | {BUYS[own.market_price]} | {stops} |"
    assert row in REFERENCE.read_text(encoding="utf-8").splitlines()
