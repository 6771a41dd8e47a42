"""Single trades over the API: cancel orders, reload, delete."""

import pytest

from tests.support.schema import answer_schema, differences


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/trades/{}"), ("DELETE", "/trades/{}/open-order"), ("POST", "/trades/{}/reload")],
)
@pytest.mark.parametrize(("trade_id", "status"), [(999999, 502), ("x", 422), ("1.5", 422), ("", 404)])
async def test_what_does_not_exist_is_reported(api, method, path, trade_id, status):
    answer = await api.ask(method, path.format(trade_id))
    assert answer.status == status
    assert ("error" if status == 502 else "detail") in answer.body


async def test_a_trade_without_open_orders_has_none_to_cancel(api, stage):
    await stage.enter()
    assert (await api.ask("DELETE", "/trades/1/open-order")).status == 502
    await api.post("/forceexit", {"tradeid": 1})
    assert (await api.ask("DELETE", "/trades/1/open-order")).status == 502  # it is closed


async def test_nothing_is_cancelled_while_the_bot_is_stopped(api, stage):
    await stage.enter(price=90.0)
    await api.post("/stop")
    assert (await api.ask("DELETE", "/trades/1/open-order")).status == 502
    assert stage.bot.book.open[1].has_open_orders


async def test_an_exit_that_waits_is_cancelled(api, stage):
    await stage.enter()
    await api.post("/forceexit", {"tradeid": 1, "ordertype": "limit", "price": 200})
    assert (await api.get("/trade/1")).body["has_open_orders"]
    answer = await api.ask("DELETE", "/trades/1/open-order")
    assert answer.status == 200
    assert differences(answer.body, answer_schema("DELETE", "/trades/{tradeid}/open-order")) == []
    assert (answer.body["is_open"], answer.body["has_open_orders"]) == (True, False)


async def test_an_entry_that_had_bought_nothing_takes_its_trade_along(api, stage):
    await stage.enter(price=90.0)
    answer = await api.ask("DELETE", "/trades/1/open-order")
    assert (answer.status, (await api.get("/trade/1")).status) == (502, 404)
    assert "cancelled" in answer.body["error"]


async def test_a_reloaded_trade_is_shown_as_the_exchange_has_it(api, stage):
    await stage.enter(price=95.0)
    stage.market.prices["ETH/USDT"] = 94.0
    answer = await api.post("/trades/1/reload")
    assert differences(answer.body, answer_schema("POST", "/trades/{tradeid}/reload")) == []
    assert (answer.body["amount"] > 0, answer.body["has_open_orders"]) == (True, False)
    await api.post("/forceexit", {"tradeid": 1})
    assert (await api.post("/trades/1/reload")).body["is_open"] is False


async def test_a_deleted_trade_is_gone(api, stage):
    await stage.enter(price=90.0)
    answer = await api.ask("DELETE", "/trades/1")
    assert differences(answer.body, answer_schema("DELETE", "/trades/{tradeid}")) == []
    assert (answer.body["result"], answer.body["trade_id"], answer.body["cancel_order_count"]) == (
        "success",
        1,
        1,
    )
    assert (await api.ask("DELETE", "/trades/1")).status == 502
    assert (await api.get("/status")).body == []


async def test_a_deleted_closed_trade_leaves_every_figure(api, stage):
    await stage.enter()
    await api.post("/forceexit", {"tradeid": 1})
    assert (await api.get("/profit")).body["closed_trade_count"] == 1
    assert len((await api.get("/performance")).body) == 1
    assert (await api.ask("DELETE", "/trades/1")).status == 200
    assert (await api.get("/profit")).body["closed_trade_count"] == 0
    assert (await api.get("/performance")).body == []
    assert (await api.get("/trades")).body["total_trades"] == 0
