"""The pages of orders and of the audit log, with a real bot that has lost an answer."""

import pytest

from appliance.config.logs.setup import LogBuffer
from appliance.domain.errors import OrderUnresolved
from appliance.server.app import create_app
from appliance.server.bot_slot import BOT_SLOT
from tests.bot.scenarios.recovery.test_lost_answers import Unreliable
from tests.server.scenarios.test_roles import TOKENS, Role, setting
from tests.support.scripted import scene
from tests.support.serving import LOGIN


@pytest.fixture
async def stage(tmp_path):
    tokens = [setting(role.word, TOKENS[role], role) for role in Role]
    async with scene(tmp_path, gateway=Unreliable, **LOGIN, **{"api_server.tokens": tokens}) as stage:
        yield stage


@pytest.fixture
async def visitor(visit, stage):
    app = create_app(stage.bot.settings, log_buffer=LogBuffer())
    app[BOT_SLOT].bot = stage.bot
    return await visit(app)


async def lost(stage, fails: str) -> str:
    stage.gateway.fails = fails
    with pytest.raises(OrderUnresolved):
        await stage.enter()
    stage.gateway.fails = None
    return stage.bot.unknown_orders[0].client_order_id


@pytest.mark.parametrize("path", ["/orders", "/orders/appl1", "/audit"])
async def test_no_page_without_login(visitor, path):
    assert (await visitor.open(path)).headers["Location"] == "/login"


async def test_an_order_of_unknown_fate_is_the_first_thing_to_be_seen(visitor, stage):
    await visitor.log_in()
    assert 'id="unknown" class="card alarm" role="alert" aria-labelledby="unknown-title" hidden' in (
        await visitor.page("/")
    )
    client_id = await lost(stage, "after")
    page = await visitor.page("/")
    assert "1 order of unknown fate" in page
    assert f'href="orders/{client_id}"' in page


async def test_it_is_looked_at_and_taken_over(visitor, stage):
    await visitor.log_in()
    client_id = await lost(stage, "after")
    assert client_id in await visitor.page("/orders?state=unknown")
    assert "The exchange has it: buy order" in await visitor.page(f"/orders/{client_id}")
    answer = await visitor.send(f"/dashboard/settle/{client_id}", outcome="never_sent")
    assert answer.status == 502
    assert "Not resolved: the exchange has it" in await answer.text()
    answer = await visitor.send(f"/dashboard/settle/{client_id}", outcome="adopt", exchange_id="")
    assert "Resolved. The exchange has it" in await answer.text()
    assert stage.bot.book.open[1].amount == 1.0
    page = await visitor.page("/audit")
    assert "dashboard 127.0.0.1" in page
    assert f"POST /orders/{client_id}/settle" in page
    assert "What became of it?" not in await visitor.page(f"/orders/{client_id}")


async def test_the_outcome_of_resolving_is_a_toast_without_script(visitor, stage):
    await visitor.log_in()
    client_id = await lost(stage, "after")
    for fields, kind, role in (({}, "bad", "alert"), ({"outcome": "adopt"}, "good", "status")):
        page = await (await visitor.send(f"/dashboard/settle/{client_id}", **fields)).text()
        assert f'<p class="notice {kind}" role="{role}">' in page
        assert f'<a class="close" href="orders/{client_id}" aria-label="Close this message">' in page
    assert 'class="close"' not in await visitor.page(f"/orders/{client_id}")


async def test_a_form_sent_after_the_session_has_ended_leads_to_the_login_which_says_so(visitor):
    answer = await visitor.send("/dashboard/settle/x", {"Accept": "text/html"}, outcome="adopt")
    assert (answer.status, answer.headers["Location"]) == (303, "/login?refused")
    assert "Your command was not carried out" in await visitor.page("/login?refused")
    assert "Your session has ended" in await visitor.page("/login?ended")
    assert "session has ended" not in await visitor.page("/login")


async def test_missing_data_is_reported(visitor, stage):
    await visitor.log_in()
    client_id = await lost(stage, "before")
    assert (await visitor.open("/orders/nothing")).status == 404
    assert (await visitor.send("/dashboard/settle/nothing", outcome="adopt")).status == 404
    answer = await visitor.send(f"/dashboard/settle/{client_id}")
    assert "choose what became of the order" in await answer.text()
    for odd in ("?page=0", "?page=x", "?page=999999", "?state=<b>"):
        assert "<b>" not in await visitor.page(f"/orders{odd}")


async def test_another_site_resolves_nothing(visitor, stage):
    await visitor.log_in()
    client_id = await lost(stage, "before")
    forged = {"Origin": "https://evil.example"}
    answer = await visitor.send(f"/dashboard/settle/{client_id}", forged, outcome="never_sent", force="yes")
    assert (answer.status, len(stage.bot.unknown_orders)) == (403, 1)


async def test_a_viewer_may_read_but_not_resolve_nor_read_the_audit_log(visitor, stage):
    await visitor.log_in("", TOKENS[Role.VIEWER])
    client_id = await lost(stage, "before")
    page = await visitor.page(f"/orders/{client_id}")
    assert 'href="/audit"' not in page
    refused = await visitor.open("/audit")
    assert refused.status == 403
    text = await refused.text()
    assert "Not allowed: this needs the role admin" in text
    assert "<nav" in text, "a page of the dashboard"
    answer = await visitor.send(f"/dashboard/settle/{client_id}", outcome="never_sent", force="yes")
    assert (answer.status, len(stage.bot.unknown_orders)) == (403, 1)
