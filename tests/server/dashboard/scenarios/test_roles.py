"""Who looks on with an API token: sees all, and no button does anything for him."""

import asyncio

import msgspec
import pytest

from appliance.config.api_tokens import hash_of, new_token
from appliance.queries.roles import Role
from appliance.server.routing.routes import find_route
from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import PASSWORD, DemoBot, demo_settings

ACTIONS = {
    "start": "/start",
    "stop": "/stop",
    "pause": "/pause",
    "reload_config": "/reload_config",
    "force_exit": "/forceexit",
    "force_entry": "/forceenter",
}
TOKENS = {role: new_token() for role in Role}
API_TOKENS = [
    {"name": f"the {role.word}", "hash": hash_of(token), "role": role.word} for role, token in TOKENS.items()
]


@pytest.fixture
def bot() -> DemoBot:
    api_server = msgspec.to_builtins(demo_settings().api_server) | {"tokens": API_TOKENS}
    return DemoBot(demo_settings(api_server=api_server))


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", ACTIONS)
async def test_buttons_ask_for_the_role_of_the_api(
    visitor: Visitor, bot: DemoBot, action: str, role: Role
) -> None:
    assert (await visitor.log_in("anybody", TOKENS[role])).status == 303
    if role > Role.VIEWER:
        await visitor.page("/enter")
    answer = await visitor.send(f"/dashboard/{action}", trade="all", pair="BTC/USDT")
    if role < find_route("POST", ACTIONS[action]).role:
        assert answer.status == 403
        assert f"has the role {role.word}" in await answer.text()
        assert not bot.asked
    else:
        assert answer.status == 200
        assert bot.asked


async def test_a_viewer_sees_the_page_without_what_acts(visitor: Visitor) -> None:
    await visitor.log_in("", TOKENS[Role.VIEWER])
    page = await visitor.page("/")
    assert 'data-role="viewer"' in page
    assert "the viewer · viewer" in page
    assert 'id="enter"' not in page
    assert (await visitor.open("/dashboard/live?once", Accept="*/*")).status == 200


FORMS = {
    "/enter": "force_entry",
    "/exit": "exit_all",
    "/trades/1/exit": "trades/1/exit",
    "/trades/1/cancel": "trades/1/cancel",
    "/trades/1/delete": "trades/1/delete",
    "/trades/1/reload": "trades/1/reload",
    "/lock": "locks",
    "/locks/1/unlock": "locks/1/unlock",
    "/blacklist/add": "blacklist/add",
    "/blacklist/remove": "blacklist/remove",
}


@pytest.mark.parametrize("form", FORMS)
async def test_a_viewer_sees_no_form_and_sends_none(visitor: Visitor, bot: DemoBot, form: str) -> None:
    bot.open("BTC/USDT", 100.0)
    await visitor.log_in("", TOKENS[Role.VIEWER])
    shown = await visitor.open(form)
    assert shown.status == 403
    assert "data-form" not in await shown.text()
    answer = await visitor.send(f"/dashboard/{FORMS[form]}", pair="BTC/USDT", pairs="BTC/USDT")
    assert answer.status == 403
    assert "has the role viewer" in await answer.text()
    assert not bot.asked
    for preview in ("/dashboard/entry_preview?pair=BTC/USDT", "/dashboard/trades/1/exit_preview"):
        assert (await visitor.open(preview)).status == 403


async def test_an_operator_deletes_no_trade(visitor: Visitor, bot: DemoBot) -> None:
    bot.open("BTC/USDT", 100.0)
    await visitor.log_in("", TOKENS[Role.OPERATOR])
    assert (await visitor.open("/trades/1/delete")).status == 403
    assert (await visitor.send("/dashboard/trades/1/delete")).status == 403


async def test_the_user_sees_no_role(trader: Visitor) -> None:
    page = await trader.page("/")
    assert 'data-role="admin"' in page
    assert 'class="who"' not in page


async def test_a_token_that_is_revoked_is_logged_out_and_its_stream_ends(
    visitor: Visitor, bot: DemoBot
) -> None:
    await visitor.log_in("", TOKENS[Role.VIEWER])
    stream = await visitor.open("/dashboard/live", Accept="text/event-stream")
    assert stream.status == 200
    server = msgspec.structs.replace(bot.settings.api_server, tokens=())
    bot.settings = msgspec.structs.replace(bot.settings, api_server=server)
    assert (await visitor.open("/")).status == 303
    async with asyncio.timeout(30):
        while await stream.content.readline():
            pass


async def test_a_wrong_token_is_a_wrong_password(visitor: Visitor) -> None:
    assert (await visitor.log_in("anybody", new_token())).status == 401
    assert (await visitor.log_in("anybody", PASSWORD)).status == 401
