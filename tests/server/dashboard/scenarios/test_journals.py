"""The pages of orders and of the audit log, with a real bot that has lost an answer."""

import asyncio
import contextlib
import sqlite3

import pytest

from appliance.config.logs.setup import LogBuffer
from appliance.domain.audit import Commander
from appliance.domain.errors import OrderUnresolved, Refused
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
    assert answer.status == 409
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


MARKUP = "<img src=x onerror=alert(1)>"


async def test_orders_are_filtered_in_the_address_and_lead_to_their_trade(visitor, stage):
    await visitor.log_in()
    await stage.enter("ETH/USDT")
    await stage.cycle()
    page = await visitor.page("/orders?pair=ETH/USDT&side=buy&since=2020-01-01&trade=1")
    assert 'href="trades/1">trade 1</a>' in page
    for none in ("side=sell", "pair=BTC/USDT", "until=2020-01-01", "trade=9", "state=rejected"):
        page = await visitor.page(f"/orders?{none}")
        assert "No order fits." in page
        assert f'href="orders?{none.split("=")[0]}' in page or "=" in none
    page = await visitor.page(f"/orders?pair={MARKUP}&side={MARKUP}&since={MARKUP}&trade={MARKUP}&page=3")
    assert MARKUP not in page
    assert "There is no such page." in page


async def test_each_command_is_shown_with_its_outcome(visitor, stage):
    await visitor.log_in()
    commander = Commander("anna", "REST 10.0.0.1")
    with pytest.raises(Refused):
        async with stage.bot.audit.command(commander, 'POST /forceexit {"tradeid":"7"}', summary=lambda: "b"):
            raise Refused("there is no such trade")
    await stage.bot.audit.note(Commander(MARKUP, MARKUP), MARKUP, before=MARKUP, after=MARKUP)
    page = await visitor.page("/audit?who=anna&text=FORCEEXIT&ending=refused")
    assert "not done: there is no such trade (b)" in page
    assert 'href="trades/7">trade 7</a>' in page
    assert "outcome of" not in page
    assert MARKUP not in page
    page = await visitor.page("/audit")
    assert MARKUP not in page
    assert page.count("&lt;img src=x") >= 4
    assert "ends as it should" in page
    for none in ("who=nobody", "text=never", "ending=done&who=anna", "until=2020-01-01"):
        assert "No line fits." in await visitor.page(f"/audit?{none}")
    for odd in ("ending=<b>", "since=<b>", f"who={MARKUP}", "page=99"):
        assert "<b>" not in await visitor.page(f"/audit?{odd}")


async def test_every_line_is_verified_when_somebody_asks(visitor, stage, tmp_path):
    await visitor.log_in()
    for number in range(3):
        await stage.bot.audit.note(Commander("anna", "REST"), f"line {number}")
    assert "Every line was verified" in await visitor.page("/audit?verify")
    await asyncio.to_thread(_tamper, tmp_path / "trades.sqlite")
    page = await visitor.page("/audit?verify")
    assert "The log does not hold: line" in page


def _tamper(file):
    with contextlib.closing(sqlite3.connect(file)) as other, other:
        for (trigger,) in other.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            if "audit" in trigger:
                other.execute(f"DROP TRIGGER {trigger}")
        other.execute("UPDATE appliance_audit SET what = 'nothing' WHERE what = 'line 1'")
