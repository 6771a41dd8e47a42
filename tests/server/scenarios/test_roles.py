"""API tokens: what each role may do, over REST and websocket; tokens that are wrong, expired, revoked."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from aiohttp import WSMsgType, WSServerHandshakeError

from appliance.config.api_tokens import PREFIX, hash_of, new_token
from appliance.domain.message import MessageType
from appliance.queries.roles import Role
from appliance.server.auth.authenticator import AUTHENTICATOR
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.routing.routes import ROUTES
from tests.support.scripted import scene
from tests.support.serving import LOGIN, USER, served, server_settings

TOKENS = {role: new_token() for role in Role}
ALL = [route for route in ROUTES if not route.public]


def setting(name: str, token: str, role: Role, **more: object) -> dict:
    return {"name": name, "hash": hash_of(token), "role": role.word} | more


def plain(path: str) -> str:
    """Return a path with the name of each parameter as its value."""
    return path.replace("{", "").replace("}", "")


@pytest.fixture
async def stage(tmp_path):
    tokens = [setting(f"the {role.word}", token, role) for role, token in TOKENS.items()]
    async with scene(tmp_path, **LOGIN, **{"api_server.tokens": tokens}) as stage:
        yield stage


def with_tokens(api, *tokens: dict) -> None:
    """Have the bot take over other tokens, as `reload_config` does."""
    bot = api.app[BOT_SLOT].bot
    server = msgspec.to_builtins(bot.settings.api_server) | {"tokens": tokens}
    server = msgspec.convert(server, type(bot.settings.api_server))
    bot._shared.setup.settings = msgspec.structs.replace(bot.settings, api_server=server)


# -- over REST -----------------------------------------------------------------------------------------


async def test_a_viewer_acts_nowhere(api):
    for route in ALL:
        if route.role > Role.VIEWER:
            answer = await api.ask(route.method, plain(route.path), login=TOKENS[Role.VIEWER])
            assert (answer.status, type(answer.body["detail"])) == (403, str), (route.method, route.path)
    assert api.app[BOT_SLOT].bot.state.value == "running"


async def test_a_viewer_reads_everything(api):
    for route in ALL:
        if route.method == "GET" and route.role is Role.VIEWER:
            answer = await api.get(plain(route.path), login=TOKENS[Role.VIEWER])
            assert answer.status not in (401, 403), route.path


async def test_an_operator_steers_and_does_not_reload(api):
    assert (await api.post("/pause", login=TOKENS[Role.OPERATOR])).status == 200
    assert (await api.post("/reload_config", login=TOKENS[Role.OPERATOR])).status == 403
    assert (await api.ask("DELETE", "/trades/1", login=TOKENS[Role.OPERATOR])).status == 403


async def test_an_admin_does_everything(api):
    assert (await api.post("/reload_config", login=TOKENS[Role.ADMIN])).status == 200


async def test_what_is_refused_is_refused_before_the_body_is_looked_at(api):
    answer = await api.post("/forceexit", {"nonsense": 1}, login=TOKENS[Role.VIEWER])
    assert answer.status == 403
    assert (
        answer.body["detail"]
        == 'Not allowed: this needs the role operator, and "the viewer" has the role viewer'
    )


@pytest.mark.parametrize("name", [USER, "the viewer", "", "anything"])
async def test_a_token_does_for_the_password_with_any_name(api, name):
    """That is what FreqUI and freqtrade's client can send."""
    login = (name, TOKENS[Role.VIEWER])
    assert (await api.get("/count", login=login)).status == 200
    assert (await api.post("/stop", login=login)).status == 403
    session = (await api.post("/token/login", login=login)).body
    assert (await api.get("/count", login=session["access_token"])).status == 200
    assert (await api.post("/stop", login=session["access_token"])).status == 403
    renewed = (await api.post("/token/refresh", login=session["refresh_token"])).body["access_token"]
    assert (await api.get("/count", login=renewed)).status == 200
    assert (await api.post("/stop", login=renewed)).status == 403


async def test_a_foreign_token_opens_nothing(api):
    known = TOKENS[Role.ADMIN]
    for token in (new_token(), known[:-1], known + "x", known.lower(), PREFIX, hash_of(known)):
        assert (await api.get("/count", login=token)).status in (401, 429)
    assert (await api.get("/count", login=known)).status == 200


async def test_a_token_is_no_refresh_token(api):
    assert (await api.post("/token/refresh", login=TOKENS[Role.ADMIN])).status == 401


# -- revoked, expired, changed -------------------------------------------------------------------------


async def test_a_revoked_token_opens_nothing_after_a_reload_nor_do_its_sessions(api):
    token = TOKENS[Role.ADMIN]
    session = (await api.post("/token/login", login=("x", token))).body
    logins = (token, ("x", token), session["access_token"])
    for login in logins:
        assert (await api.get("/count", login=login)).status == 200
    with_tokens(api)
    for login in logins:
        assert (await api.get("/count", login=login)).status == 401
    assert (await api.post("/token/refresh", login=session["refresh_token"])).status == 401
    assert (await api.get("/count")).status == 200


async def test_a_token_expires_and_its_sessions_with_it(api):
    token, now = new_token(), datetime.now(UTC)
    with_tokens(api, setting("short", token, Role.ADMIN, expires=now + timedelta(minutes=1)))
    access = (await api.post("/token/login", login=("", token))).body["access_token"]
    assert (await api.get("/count", login=token)).status == 200
    api.app[AUTHENTICATOR]._clock = lambda: now.timestamp() + 61
    for login in (token, ("", token), access):
        assert (await api.get("/count", login=login)).status == 401


async def test_a_role_that_is_taken_away_is_gone_for_open_sessions_too(api):
    token = TOKENS[Role.ADMIN]
    access = (await api.post("/token/login", login=("", token))).body["access_token"]
    assert (await api.post("/pause", login=access)).status == 200
    with_tokens(api, setting("the admin", token, Role.VIEWER))
    assert (await api.post("/pause", login=access)).status == 403
    assert (await api.get("/count", login=access)).status == 200


async def test_a_token_of_the_users_name_is_not_the_user(api):
    token = new_token()
    with_tokens(api, setting(USER, token, Role.VIEWER))
    access = (await api.post("/token/login", login=(USER, token))).body["access_token"]
    assert (await api.post("/stop", login=access)).status == 403


async def test_tokens_work_while_the_bot_starts():
    tokens = [setting("early", TOKENS[Role.VIEWER], Role.VIEWER)]
    async with served(server_settings(tokens=tokens)) as api:
        assert (await api.get("/version", login=TOKENS[Role.VIEWER])).status == 200
        assert (await api.post("/start", login=TOKENS[Role.VIEWER])).status == 403


# -- over the websocket --------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
async def test_every_role_may_listen(api, role):
    async with api.listen(TOKENS[role]) as socket:
        await socket.send_json({"type": "whitelist"})
        assert (await socket.receive_json())["type"] == "whitelist"


async def test_an_unknown_token_may_not_listen(api):
    with pytest.raises(WSServerHandshakeError) as refused:
        await api.listen(new_token())
    assert refused.value.status == 403


@pytest.mark.parametrize("asks", [True, False])
async def test_a_socket_whose_token_is_revoked_gets_no_more_messages(api, stage, asks):
    async with api.listen(TOKENS[Role.VIEWER]) as socket, api.listen(TOKENS[Role.ADMIN]) as other:
        for one in (socket, other):
            await one.send_json({"type": "subscribe", "data": ["status"]})
            await one.send_json({"type": "whitelist"})
            await one.receive_json()
        with_tokens(api, setting("the admin", TOKENS[Role.ADMIN], Role.ADMIN))
        if asks:
            await socket.send_json({"type": "whitelist"})
        else:
            stage.bot.events.emit(MessageType.STATUS, status="running")
        assert (await socket.receive()).type is WSMsgType.CLOSE
        assert socket.close_code == 1008
        await other.send_json({"type": "whitelist"})
        assert (await other.receive_json())["type"] in ("status", "whitelist")


async def test_a_socket_outlives_the_access_token_that_opened_it(api, stage):
    """FreqUI opens one with a token of 15 minutes and keeps it for days."""
    access = (await api.post("/token/login")).body["access_token"]
    async with api.listen(access) as socket:
        await socket.send_json({"type": "subscribe", "data": ["status"]})
        authenticator = api.app[AUTHENTICATOR]
        now = authenticator._clock()
        authenticator._clock = lambda: now + 3600
        stage.bot.events.emit(MessageType.STATUS, status="running")
        await socket.send_json({"type": "whitelist"})
        assert (await socket.receive_json())["type"] in ("status", "whitelist")
