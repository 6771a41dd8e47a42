"""Who is let in."""

import pytest
from aiohttp.test_utils import make_mocked_request

from appliance.server import tokens
from appliance.server.auth import DOORKEEPER, Doorkeeper
from appliance.server.errors import Unauthorized
from tests.server.serving import PASSWORD, SECRET, USER, server_settings


async def test_without_credentials_nothing_but_ping_answers(api):
    assert (await api.get("/ping", login=None)).status == 200
    for path in ("/version", "/show_config", "/status", "/count", "/balance", "/logs"):
        answer = await api.get(path, login=None)
        assert answer.status == 401
        assert answer.body["detail"]
        assert "WWW-Authenticate" not in answer.headers  # browsers would open a dialog of their own
    assert (await api.post("/start", login=None)).status == 401


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic dHJhZGVy",
        "Basic /w==",
        "Digest x",
        "Bearer",
        "bearer x",
        "\xff",
        ":",
    ],
)
async def test_credentials_that_are_none(api, header):
    answer = await api.get("/version", login=None, headers={"Authorization": header})
    assert answer.status == 401


async def test_wrong_user_or_password(api):
    for login in ((USER, "wrong"), ("wrong", PASSWORD), ("", ""), (USER, ""), (USER, PASSWORD + "x")):
        assert (await api.get("/version", login=login)).status == 401


async def test_nobody_gets_in_where_no_password_is_set():
    door = Doorkeeper(server_settings(username="", password="", jwt_secret_key="", ws_token="").api_server)
    assert not door.knows("", "")
    assert not door.admits_listener("")
    assert not door.is_valid(tokens.issue("", "", "access", 0))


async def test_login_without_credentials_asks_for_them(api):
    answer = await api.post("/token/login", login=None)
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Basic")
    wrong = await api.post("/token/login", login=(USER, "wrong"))
    assert wrong.status == 401
    assert "WWW-Authenticate" not in wrong.headers


async def test_a_session_from_login_to_refresh(api):
    session = (await api.post("/token/login", {})).body
    assert set(session) == {"access_token", "refresh_token"}
    assert (await api.get("/count", login=session["access_token"])).status == 200
    renewed = (await api.post("/token/refresh", {}, login=session["refresh_token"])).body
    assert set(renewed) == {"access_token"}
    assert (await api.get("/count", login=renewed["access_token"])).status == 200


async def test_tokens_are_of_use_only_for_their_kind(api):
    session = (await api.post("/token/login")).body
    for answer in (
        await api.get("/count", login=session["refresh_token"]),
        await api.post("/token/refresh", login=session["access_token"]),
        await api.post("/token/refresh", login=None),
        await api.get("/count", login="garbage"),
    ):
        assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


async def test_a_token_for_another_user_is_refused(api):
    token = tokens.issue(SECRET, "somebody", "access", 2e9)
    assert (await api.get("/count", login=token)).status == 401


async def test_a_token_that_is_known_still_expires():
    now = [1000.0]
    door = Doorkeeper(server_settings().api_server, clock=lambda: now[0])

    request = make_mocked_request("GET", "/", {"Authorization": f"Bearer {door.issue('access')}"})
    door.admit(request)
    door.admit(request)
    now[0] += 15 * 60
    with pytest.raises(Unauthorized):
        door.admit(request)


async def test_tokens_are_remembered_without_end_to_memory(api):
    door = api.app[DOORKEEPER]
    for at in range(1100):
        token = tokens.issue(SECRET, USER, "access", 2e9 + at)
        door._admit_token(token)
    assert len(door._known) <= 1024
