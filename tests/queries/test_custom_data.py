"""What strategies keep beside trades, over the API."""

import pytest

from tests.support.schema import answer_schema, differences


async def keep(stage, trade, **values):
    for key, value in values.items():
        trade.set_custom_data(key, value)
    await stage.bot._shared.books.save(trade)


async def test_trades_that_do_not_exist_have_no_data(api):
    assert (await api.get("/trades/9/custom-data")).status == 404
    assert (await api.get("/trades/open/custom-data")).status == 404
    assert (await api.get("/trades/x/custom-data")).status == 422


@pytest.mark.parametrize("query", ["limit=0", "offset=-1", "limit=x"])
async def test_an_invalid_page_is_reported(api, query):
    assert (await api.get(f"/trades/open/custom-data?{query}")).status == 422


async def test_a_trade_without_any_is_404_and_so_is_an_unknown_key(api, stage):
    trade = await stage.enter()
    assert (await api.get("/trades/1/custom-data")).status == 404
    assert (await api.get("/trades/open/custom-data")).status == 404
    await keep(stage, trade, mood="good")
    assert (await api.get("/trades/1/custom-data?key=nope")).status == 404
    assert (await api.get("/trades/open/custom-data?key=nope")).status == 404
    assert (await api.get("/trades/open/custom-data?offset=1")).status == 404


async def test_values_have_type_and_dates_and_keys_no_case(api, stage):
    trade = await stage.enter()
    await keep(stage, trade, mood="good", count=3, share=0.5, sure=True, plan={"steps": [1, None]})
    await keep(stage, trade, count=4)
    (shown,) = (await api.get("/trades/1/custom-data")).body
    assert differences([shown], answer_schema("GET", "/trades/{trade_id}/custom-data")) == []
    assert {entry["key"]: (entry["type"], entry["value"]) for entry in shown["custom_data"]} == {
        "mood": ("str", "good"),
        "count": ("int", 4),
        "share": ("float", 0.5),
        "sure": ("bool", True),
        "plan": ("dict", {"steps": [1, None]}),
    }
    assert {entry["key"] for entry in shown["custom_data"] if entry["updated_at"]} == {"count"}
    ((entry,),) = [found["custom_data"] for found in (await api.get("/trades/1/custom-data?key=MOOD")).body]
    assert entry["value"] == "good"


async def test_open_trades_are_paged_and_closed_ones_answer_by_id(api, stage):
    for pair in ("ETH/USDT", "BTC/USDT"):
        await keep(stage, await stage.enter(pair), pair=pair)
    both = (await api.get("/trades/open/custom-data")).body
    assert [found["trade_id"] for found in both] == [1, 2]
    second = (await api.get("/trades/open/custom-data?limit=1&offset=1")).body
    assert [found["trade_id"] for found in second] == [2]
    await api.post("/forceexit", {"tradeid": 1})
    assert [found["trade_id"] for found in (await api.get("/trades/open/custom-data")).body] == [2]
    (closed,) = (await api.get("/trades/1/custom-data")).body
    assert closed["custom_data"][0]["value"] == "ETH/USDT"
