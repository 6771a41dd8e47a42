"""Whose page it is: what browsers say as Origin, against what they, or a proxy, say as Host."""

import re

import pytest

from appliance.domain.enums import State
from appliance.server.auth.origins import is_of
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.routing.routes import ROUTES
from tests.support.scripted import scene
from tests.support.serving import LOGIN, served, server_settings


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("", "bot.example"),
        ("null", "bot.example"),
        ("https://bot.example", ""),
        ("https://evil.example", "bot.example"),
        ("https://bot.example.evil.example", "bot.example"),
        ("https://bot.example@evil.example", "bot.example"),
        ("http://bot.example:3000", "bot.example:8080"),
        ("http://bot.example", "bot.example:8080"),
        ("https://bot.example:99999999", "bot.example"),
        ("https://[::1", "[::1"),
        ("bot.example", "bot.example"),
    ],
)
def test_an_unauthenticated_client(origin, host):
    assert not is_of(origin, host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://127.0.0.1:8080", "127.0.0.1:8080"),
        ("http://[::1]:8080", "[::1]:8080"),
        ("https://bot.example", "bot.example"),
        ("https://bot.example", "bot.example:443"),  # nginx: $host:$server_port
        ("https://bot.example:8443", "bot.example"),  # nginx: $host, which leaves the port out
        ("https://bot.example", "Bot.Example"),
    ],
)
def test_our_own(origin, host):
    assert is_of(origin, host)


# -- pages of other sites in a browser that knows the login --------------------------------------------------

ACTS = sorted((route.method, route.path) for route in ROUTES if route.method != "GET" and not route.public)
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:3000"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
]


@pytest.mark.parametrize("body", [None, b"{}", b"x=1"])
@pytest.mark.parametrize(("method", "path"), ACTS)
async def test_no_foreign_page_acts_with_a_login_that_the_browser_adds(api, stage, method, path, body):
    path = re.sub("{.*?}", "1", path)
    for headers in FOREIGN:
        answer = await api.ask(method, path, data=body, headers=headers)
        assert answer.status == 403, (headers, answer)
    assert stage.bot.state is State.RUNNING


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://behind.a.proxy"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://bot.example", "X-Forwarded-Host": "bot.example"},
        {"Origin": "https://bot.example", "X-Forwarded-Host": "bot.example, inner.example:8080"},
        {"Origin": "https://ui.example", "Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_programs_our_pages_and_those_that_are_named_act(tmp_path, headers):
    settings = LOGIN | {"api_server.CORS_origins": ["https://ui.example"]}
    async with (
        scene(tmp_path, **settings) as stage,
        served(server_settings(CORS_origins=["https://ui.example"])) as api,
    ):
        api.app[BOT_SLOT].bot = stage.bot
        assert (await api.post("/pause", headers=headers)).status == 200
        access = (await api.post("/token/login", headers=headers)).body["access_token"]
        assert (await api.post("/pause", headers=headers, login=access)).status == 200


async def test_who_knows_a_session_may_come_through_a_proxy_that_rewrites_the_host(api):
    """A browser says no more than this over plain HTTP; a foreign page does not know the session."""
    headers = {"Origin": "http://bot.lan", "Host": "127.0.0.1:8080"}
    login = await api.post("/token/login", headers=headers)
    assert login.status == 200
    assert (await api.post("/pause", headers=headers, login=login.body["access_token"])).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://ui.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://ui.example"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_where_every_page_may_call_it_logs_in_and_acts_by_its_session(tmp_path, headers):
    """By that alone: a name and a password the browser may have added by itself."""
    settings = LOGIN | {"api_server.CORS_origins": ["*"]}
    async with (
        scene(tmp_path, **settings) as stage,
        served(server_settings(CORS_origins=["*"])) as api,
    ):
        api.app[BOT_SLOT].bot = stage.bot
        login = await api.post("/token/login", headers=headers)
        assert login.status == 200
        assert (await api.post("/pause", headers=headers, login=login.body["access_token"])).status == 200
        assert (await api.post("/pause", headers=headers)).status == 403
