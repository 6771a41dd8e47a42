"""The blacklist over the API."""

import pytest

from tests.support.schema import answer_schema, differences


@pytest.mark.parametrize("body", [{}, {"blacklist": "ETH/USDT"}, {"blacklist": [1]}, {"blacklist": None}])
async def test_an_invalid_list_of_pairs_is_reported(api, body):
    assert (await api.post("/blacklist", body)).status == 422


async def test_each_pair_that_will_not_do_is_reported_and_the_others_are_taken(api):
    answer = await api.post("/blacklist", {"blacklist": ["ETH/USDT", "???", "ETH/USDT", "[", "BTC/.*"]})
    assert answer.status == 200
    assert differences(answer.body, answer_schema("POST", "/blacklist")) == []
    assert answer.body["blacklist"] == ["ETH/USDT", "BTC/.*"]
    assert answer.body["blacklist_expanded"] == ["ETH/USDT", "BTC/USDT"]
    assert (answer.body["length"], answer.body["method"]) == (2, ["StaticPairList"])
    assert answer.body["errors"].keys() == {"ETH/USDT", "???", "["}
    assert all(error["error_msg"] for error in answer.body["errors"].values())


async def test_what_is_not_on_the_list_cannot_be_taken_off(api):
    await api.post("/blacklist", {"blacklist": ["ETH/USDT", "BTC/.*"]})
    answer = await api.ask("DELETE", "/blacklist?pairs_to_delete=BTC/.*&pairs_to_delete=NOPE/USDT")
    assert answer.body["blacklist"] == ["ETH/USDT"]
    assert answer.body["errors"].keys() == {"NOPE/USDT"}
    assert (await api.ask("DELETE", "/blacklist")).body["blacklist"] == ["ETH/USDT"]
    assert (await api.ask("DELETE", "/blacklist?pairs_to_delete=ETH/USDT")).body["length"] == 0


async def test_a_blacklisted_pair_leaves_the_whitelist(api, stage):
    assert "ETH/USDT" in (await api.get("/whitelist")).body["whitelist"]
    await api.post("/blacklist", {"blacklist": ["ETH/.*"]})
    await stage.cycle()
    assert (await api.get("/whitelist")).body["whitelist"] == ["BTC/USDT", "SOL/USDT"]
    assert (await api.get("/blacklist")).body["errors"] == {}
