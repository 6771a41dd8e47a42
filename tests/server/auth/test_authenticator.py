"""Who is let in, by password and by session. Of API tokens tells test_roles.py, of waits test_throttle.py."""

import asyncio

import msgspec
import pytest
from aiohttp.test_utils import make_mocked_request

from appliance.config import passwords
from appliance.server.auth import authenticator as authenticator_module
from appliance.server.auth import session_tokens
from appliance.server.auth.authenticator import Authenticator
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.errors import Forbidden, TooManyAttempts, Unauthorized
from tests.support.serving import PASSWORD, SECRET, USER, WS_TOKENS, served, server_settings


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
async def test_invalid_credentials(api, header):
    answer = await api.get("/version", login=None, headers={"Authorization": header})
    assert answer.status == 401


async def test_wrong_user_or_password(api):
    for login in ((USER, "wrong"), ("wrong", PASSWORD), ("", ""), (USER, ""), (USER, PASSWORD + "x")):
        assert (await api.get("/version", login=login)).status == 401


async def test_no_login_without_a_configured_password():
    settings = server_settings(username="", password="", jwt_secret_key="", ws_token="").api_server
    authenticator = Authenticator(lambda: settings)
    request = make_mocked_request("GET", "/?token=")
    with pytest.raises(Unauthorized):
        await authenticator.check_login(request, "", "")
    with pytest.raises(Forbidden):
        await authenticator.authenticate_websocket(request)
    forged = session_tokens.issue("x", "", "access", 2e9)
    with pytest.raises(Unauthorized):
        await authenticator.authenticate(
            make_mocked_request("GET", "/", {"Authorization": f"Bearer {forged}"})
        )


@pytest.mark.parametrize("left_out", ["", [], [""]])
async def test_without_a_websocket_token_an_access_token_opens_the_websocket_and_nothing_else(left_out):
    settings = server_settings(ws_token=left_out).api_server
    authenticator = Authenticator(lambda: settings)
    for token in ("", *WS_TOKENS, "secret_ws_t0ken."):  # the last is what freqtrade takes without one
        with pytest.raises(Forbidden):
            await authenticator.authenticate_websocket(make_mocked_request("GET", f"/?token={token}"))
    access = session_tokens.issue(SECRET, USER, "access", 2e9)
    listener = await authenticator.authenticate_websocket(make_mocked_request("GET", f"/?token={access}"))
    assert listener.name == USER


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
    token = session_tokens.issue(SECRET, "somebody", "access", 2e9)
    assert (await api.get("/count", login=token)).status == 401


async def test_sessions_that_freqtrade_gave_stay_good(api):
    """It signs with the same secret, and names no credential: who moves in stays logged in."""
    token = session_tokens.issue(SECRET, USER, "access", 2e9)
    assert (await api.get("/count", login=token)).status == 200


async def test_a_token_that_is_known_still_expires():
    now = [1000.0]
    settings = server_settings().api_server
    authenticator = Authenticator(lambda: settings, clock=lambda: now[0])
    access = authenticator.issue("access", authenticator.credentials.owner)
    request = make_mocked_request("GET", "/", {"Authorization": f"Bearer {access}"})
    await authenticator.authenticate(request)
    await authenticator.authenticate(request)
    now[0] += 15 * 60
    with pytest.raises(Unauthorized):
        await authenticator.authenticate(request)


async def test_tokens_are_remembered_without_end_to_memory():
    settings = server_settings().api_server
    authenticator = Authenticator(lambda: settings)
    for at in range(authenticator_module._MOST_CACHED + 50):
        token = session_tokens.issue(SECRET, USER, "access", 2e9 + at)
        await authenticator.authenticate(
            make_mocked_request("GET", "/", {"Authorization": f"Bearer {token}"})
        )
    assert len(authenticator._cached) <= authenticator_module._MOST_CACHED


# -- after a reload ------------------------------------------------------------------------------------


def reloaded(api, **changed):
    """Have the bot take over other server settings, as `reload_config` does."""
    bot = api.app[BOT_SLOT].bot
    server = msgspec.structs.replace(bot.settings.api_server, **changed)
    bot._shared.setup.settings = msgspec.structs.replace(bot.settings, api_server=server)


async def test_a_new_password_counts_after_a_reload_and_ends_sessions_of_the_old(api):
    session = (await api.post("/token/login")).body
    assert (await api.get("/count")).status == 200
    reloaded(api, password="another one entirely")
    for answer in (
        await api.get("/count"),
        await api.get("/count", login=session["access_token"]),
        await api.post("/token/refresh", login=session["refresh_token"]),
    ):
        assert answer.status == 401
    assert (await api.get("/count", login=(USER, "another one entirely"))).status == 200


async def test_a_new_secret_counts_after_a_reload(api):
    access = (await api.post("/token/login")).body["access_token"]
    assert (await api.get("/count", login=access)).status == 200
    reloaded(api, jwt_secret_key="n" * 40)
    assert (await api.get("/count", login=access)).status == 401
    access = (await api.post("/token/login")).body["access_token"]
    assert (await api.get("/count", login=access)).status == 200


async def test_a_reload_that_changes_nothing_here_ends_no_session(api):
    access = (await api.post("/token/login")).body["access_token"]
    reloaded(api)
    assert (await api.get("/count", login=access)).status == 200


# -- hashed passwords ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hashed():
    return passwords.hash_password(PASSWORD)


async def test_a_hashed_password_lets_in_whoever_knows_it(hashed):
    async with served(server_settings(password=hashed)) as api:
        for login in ((USER, "wrong"), ("wrong", PASSWORD), (USER, hashed), (USER, "")):
            assert (await api.get("/version", login=login)).status == 401
        assert (await api.get("/version")).status == 200
        access = (await api.post("/token/login")).body["access_token"]
        assert (await api.get("/version", login=access)).status == 200


async def test_a_hashed_password_is_proved_once_and_known_from_then_on(hashed, monkeypatch):
    asked = []
    matches = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda *given: asked.append(given) or matches(*given))
    async with served(server_settings(password=hashed)) as api:
        for _ in range(3):
            assert (await api.get("/version")).status == 200
        assert (await api.get("/version", login=(USER, "wrong"))).status == 401
        assert len(asked) == 1


async def test_guesses_sent_at_once_are_checked_one_by_one_and_wait_like_others(hashed, monkeypatch):
    checked = []
    matches = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda *given: checked.append(given) or matches(*given))
    async with served(server_settings(password=hashed)) as api:
        guesses = (api.get("/version", login=(USER, f"guess {number}")) for number in range(30))
        answers = await asyncio.gather(*guesses)
    assert {answer.status for answer in answers} == {401, 429}
    assert len(checked) == 6


async def test_a_crowd_is_sent_away_before_it_takes_the_memory(hashed, monkeypatch):
    monkeypatch.setattr(authenticator_module, "_MOST_CHECKS", 0)
    settings = server_settings(password=hashed).api_server
    authenticator = Authenticator(lambda: settings)
    with pytest.raises(TooManyAttempts):
        await authenticator.check_login(make_mocked_request("GET", "/"), USER, PASSWORD)
