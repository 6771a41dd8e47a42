"""The exchange's markets over the API."""

import pytest
from msgspec.structs import replace

from tests.support.schema import answer_schema, differences


@pytest.mark.parametrize("query", ["include_inactive=maybe", "trading_mode=both", "margin_mode=x"])
async def test_an_invalid_choice_is_reported(api, query):
    assert (await api.get(f"/markets?{query}")).status == 422


async def test_markets_are_chosen_by_currency(api, stage):
    shown = (await api.get("/markets")).body
    assert differences(shown, answer_schema("GET", "/markets")) == []
    assert (list(shown["markets"]), shown["exchange_id"]) == (
        ["ETH/USDT", "BTC/USDT", "SOL/USDT"],
        "scripted",
    )
    assert list((await api.get("/markets?base=SOL")).body["markets"]) == ["SOL/USDT"]
    assert (await api.get("/markets?quote=BTC")).body["markets"] == {}
    several = "/markets?quote=USDT&base=ETH&exchange=other&trading_mode=futures&margin_mode=isolated"
    assert list((await api.get(several)).body["markets"]) == ["ETH/USDT"]


async def test_markets_that_rest_are_shown_when_requested(api, stage):
    closed = replace(stage.market.markets["ETH/USDT"], active=False)
    stage.market.markets = {**stage.market.markets, "ETH/USDT": closed}
    assert "ETH/USDT" not in (await api.get("/markets")).body["markets"]
    found = (await api.get("/markets?include_inactive=true")).body["markets"]
    assert found["ETH/USDT"]["active"] is False
