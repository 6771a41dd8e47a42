"""Pages of other origins: only those that are configured, and with exactly what FreqUI needs."""

import pytest

from tests.support.serving import served, server_settings

PAGE = "https://ui.example.com"
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


@pytest.fixture
async def api():
    async with served(server_settings(CORS_origins=[PAGE, "http://127.0.0.1:3000"])) as api:
        yield api


def asking(origin=PAGE, method="POST"):
    return {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type",
    }


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example.com",
        "https://ui.example.com.evil.example",
        "http://ui.example.com",
        "https://ui.example.com:8443",
        "https://UI.example.com/",
        "null",
        "",
        "*",
    ],
)
async def test_a_page_of_another_origin_is_permitted_nothing(api, origin):
    for answer in (
        await api.ask("OPTIONS", "/forceenter", login=None, headers=asking(origin)),
        await api.get("/ping", login=None, headers={"Origin": origin}),
    ):
        assert not [name for name in answer.headers if name.startswith("Access-Control-")]
        assert answer.headers["Vary"] == "Origin"


async def test_nothing_is_permitted_without_configuration(starting):
    answer = await starting.get("/ping", login=None, headers={"Origin": PAGE})
    assert not [name for name in answer.headers if name.startswith("Access-Control-")]
    assert (await starting.ask("OPTIONS", "/ping", login=None, headers=asking())).status == 405


async def test_a_browser_may_ask_beforehand_without_credentials(api):
    for path in ("/status", "/forceenter", "/locks/1", "/nope"):
        answer = await api.ask("OPTIONS", path, login=None, headers=asking())
        assert answer.status == 204
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"
        assert set(answer.headers["Access-Control-Allow-Methods"].split(", ")) == METHODS
        assert answer.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
        assert int(answer.headers["Access-Control-Max-Age"]) > 0


async def test_options_that_ask_nothing_are_no_method_of_ours(api):
    for headers in ({}, {"Origin": PAGE}, {"Access-Control-Request-Method": "GET"}):
        answer = await api.ask("OPTIONS", "/ping", headers=headers)
        assert (answer.status, answer.body) == (405, {"detail": "Method Not Allowed"})


async def test_every_answer_can_be_read_also_a_failure(api):
    """A page that may not read a failure sees a broken network, and takes the bot for dead."""
    for path, status, login in (
        ("/ping", 200, None),
        ("/status", 401, None),
        ("/status", 401, "garbage"),
        ("/nope", 404, None),
        ("/forceenter", 405, None),
        ("/logs?limit=x", 422, ("trader", "correct horse battery")),
        ("/status", 503, ("trader", "correct horse battery")),
    ):
        answer = await api.get(path, login=login, headers={"Origin": PAGE})
        assert answer.status == status
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"


async def test_a_page_logs_in(api):
    answer = await api.post("/token/login", {}, headers={"Origin": "http://127.0.0.1:3000"})
    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "http://127.0.0.1:3000"


async def test_the_dashboard_which_trusts_a_cookie_stays_closed(api):
    for path in ("/", "/login", "/static/dashboard.css"):
        async with api.session.get(api.url + path, headers={"Origin": PAGE}) as answer:
            assert "Access-Control-Allow-Origin" not in answer.headers
        async with api.session.options(api.url + path, headers=asking()) as answer:
            assert answer.status == 405


async def test_any_page_may_call_with_a_star_but_not_with_what_the_browser_adds():
    async with served(server_settings(CORS_origins=["*"])) as api:
        for answer in (
            await api.ask("OPTIONS", "/status", login=None, headers=asking("https://anybody.example")),
            await api.get("/ping", login=None, headers={"Origin": "https://anybody.example"}),
        ):
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert "Access-Control-Allow-Credentials" not in answer.headers
