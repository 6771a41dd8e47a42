"""The order journal over REST, and orders whose answer was lost, settled by hand."""

import pytest

from appliance.domain.errors import OrderUnresolved
from appliance.server.bot_slot import BOT_SLOT
from tests.bot.scenarios.recovery.test_lost_answers import Unreliable
from tests.support.order_requests import order_request
from tests.support.scripted import scene
from tests.support.serving import LOGIN, served


@pytest.fixture
async def stage(tmp_path):
    async with scene(tmp_path, gateway=Unreliable, **LOGIN) as stage:
        yield stage


@pytest.fixture
async def api(stage):
    async with served() as api:
        api.app[BOT_SLOT].bot = stage.bot
        yield api


async def lost(stage, fails: str, then: str | None = None) -> str:
    """Lose an order on its way ("before") or its answer ("after"); return our id of it."""
    stage.gateway.fails = fails
    with pytest.raises(OrderUnresolved):
        await stage.enter()
    stage.gateway.fails = then
    return stage.bot.unknown_orders[0].client_order_id


async def settle(api, client_id: str, outcome: str, **more):
    return await api.post(f"/orders/{client_id}/settle", {"outcome": outcome, **more})


async def state_of(api, client_id: str) -> str:
    return (await api.get(f"/orders/{client_id}")).body["state"]


async def test_missing_and_invalid_data_is_reported(api):
    assert (await api.get("/orders/nothing")).status == 404
    assert (await api.get("/orders/nothing/evidence")).status == 404
    assert (await settle(api, "nothing", "never_sent")).status == 404
    assert (await settle(api, "nothing", "perhaps")).status == 422
    assert (await api.get("/orders", params={"state": "perhaps"})).status == 422
    assert (await api.get("/orders")).body == {"orders": [], "total": 0, "unknown": 0}


async def test_an_unknown_order_is_seen_in_status_and_in_the_journal(api, stage):
    client_id = await lost(stage, "after")
    (trade,) = (await api.get("/status")).body
    assert trade["unknown_orders"] == [client_id]
    stage.market.wait(seconds=60)
    answer = (await api.get("/orders", params={"state": "unknown"})).body
    (line,) = answer["orders"]
    assert (answer["total"], answer["unknown"]) == (1, 1)
    assert (line["client_order_id"], line["state"], line["is_unsettled"]) == (client_id, "unknown", True)
    assert (line["age"], line["note"]) == (60.0, "the connection was reset")
    await stage.cycle()
    (trade,) = (await api.get("/status")).body
    assert "unknown_orders" not in trade
    assert (await api.get("/orders")).body["unknown"] == 0


async def test_the_journal_is_filtered_and_leafed_through(api, stage):
    await stage.enter("ETH/USDT")
    await stage.enter("BTC/USDT", price=90.0)
    newest, oldest = (await api.get("/orders")).body["orders"]
    assert (newest["pair"], newest["state"], oldest["state"]) == ("BTC/USDT", "acknowledged", "filled")
    for params, pairs, total in (
        ({"limit": 1}, ["BTC/USDT"], 2),
        ({"limit": 1, "offset": 1}, ["ETH/USDT"], 2),
        ({"pair": "ETH/USDT"}, ["ETH/USDT"], 1),
        ({"state": "filled"}, ["ETH/USDT"], 1),
        ([("state", "filled"), ("state", "acknowledged")], ["BTC/USDT", "ETH/USDT"], 2),
    ):
        found = (await api.get("/orders", params=params)).body
        assert ([line["pair"] for line in found["orders"]], found["total"]) == (pairs, total)


async def test_what_the_exchange_has_is_not_called_unsent(api, stage):
    client_id = await lost(stage, "after")
    for outcome in ("never_sent", "rejected"):
        answer = await settle(api, client_id, outcome)
        assert answer.status == 502
        assert "the exchange has it: buy order" in answer.body["error"]
    assert await state_of(api, client_id) == "unknown"
    evidence = (await api.get(f"/orders/{client_id}/evidence")).body
    assert (evidence["asked"], evidence["found"]["filled"]) == (True, 1.0)
    answer = await settle(api, client_id, "adopt", exchange_id=evidence["found"]["order_id"])
    assert answer.body["order"]["state"] == "filled"
    assert answer.body["order"]["note"] == "resolved manually by trader: adopt"
    assert stage.bot.book.open[1].amount == 1.0


async def test_what_has_not_arrived_is_dropped_once_it_cannot_arrive_any_more(api, stage):
    client_id = await lost(stage, "before")
    assert "another 30 s" in (await api.get(f"/orders/{client_id}/evidence")).body["told"]
    assert "may still accept it" in (await settle(api, client_id, "never_sent")).body["error"]
    stage.market.wait(seconds=31)
    answer = await settle(api, client_id, "never_sent")
    assert answer.body["order"]["state"] == "rejected"
    assert "no longer be accepted" in answer.body["exchange"]["told"]
    assert stage.bot.book.open == {}
    assert (await settle(api, client_id, "never_sent")).status == 502  # it is settled already


async def test_while_the_exchange_cannot_be_asked_only_force_resolves(api, stage):
    client_id = await lost(stage, "before", then="everything")
    assert "cannot be asked" in (await settle(api, client_id, "rejected")).body["error"]
    assert (await settle(api, client_id, "adopt")).status == 502
    assert (await settle(api, client_id, "rejected", force=True)).status == 200
    assert "cannot be asked" in (await api.get(f"/orders/{client_id}")).body["note"]
    assert "cannot be asked" in stage.told("warning")[-1]["status"]


async def test_an_order_that_is_another_one_is_not_adopted_unless_forced(api, stage):
    client_id = await lost(stage, "before")
    other = await stage.gateway.create_order(
        order_request(
            pair="ETH/USDT", side="buy", order_type="limit", amount=0.5, price=90.0, client_order_id="web_1"
        )
    )
    answer = await settle(api, client_id, "adopt", exchange_id=other.id)
    assert "has another client order id than ours" in answer.body["error"]
    assert "has an amount of 0.5, ours of 1" in answer.body["error"]
    assert (await settle(api, client_id, "adopt", exchange_id=other.id, force=True)).status == 200
    assert stage.bot.book.open[1].orders[0].order_id == other.id


async def test_no_force_adopts_what_is_not_there_or_belongs_to_a_trade_already(api, stage):
    taken = (await stage.enter("BTC/USDT", price=90.0)).orders[0].order_id
    client_id = await lost(stage, "before")
    for exchange_id in ("nothing", taken, None):
        answer = await settle(api, client_id, "adopt", exchange_id=exchange_id, force=True)
        assert answer.status == 502, exchange_id
    assert await state_of(api, client_id) == "unknown"


async def test_a_line_whose_trade_is_gone_is_closed_and_touches_no_trade(api, stage):
    client_id = await lost(stage, "before")
    stage.gateway.fails = None
    await stage.bot._shared.books.store.delete_trade(1)  # as another program would
    stage.bot.book.forget(1)
    stage.market.wait(seconds=31)
    answer = await settle(api, client_id, "never_sent")
    assert answer.body["order"]["state"] == "rejected"
    assert "no trade of the books has it" in answer.body["order"]["note"]


async def test_a_trade_is_not_deleted_while_an_order_of_it_is_unknown(api, stage):
    await lost(stage, "after", then="everything")
    answer = await api.ask("DELETE", "/trades/1")
    assert "resolve it first" in answer.body["error"]
    assert 1 in stage.bot.book.open


async def test_resolving_is_in_the_audit_log_with_what_the_exchange_said(api, stage):
    client_id = await lost(stage, "after")
    await settle(api, client_id, "never_sent")
    await settle(api, client_id, "adopt")
    told = [(line["what"], line["after"]) for line in (await api.get("/audit")).body["lines"]]
    assert told[1][0].startswith(f"POST /orders/{client_id}/settle")
    assert told[0][1].startswith("The exchange has it: buy order")
    assert told[2][1].startswith("not done: the exchange has it")


async def test_an_order_recorded_before_the_program_died_is_unknown_until_it_is_resolved(tmp_path):
    async with scene(tmp_path, gateway=Unreliable) as stage:
        await lost(stage, "before")
        stage.bot.unknown_orders[0].status = "new"  # as it stands between journal and request
        market, gateway = stage.market, stage.gateway
    async with scene(tmp_path, market=market, gateway=lambda *_, **__: gateway) as stage:
        gateway.fails = "everything"
        await stage.cycle()
        assert len(stage.bot.unknown_orders) == 1
