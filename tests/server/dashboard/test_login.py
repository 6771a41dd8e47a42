"""Who is let in, who is not, and what nobody learns on the way."""

import msgspec
import pytest

from appliance.server.auth import session_tokens
from appliance.server.auth.credentials import Credentials
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.session import SESSION_SECONDS, cookie_name
from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import PASSWORD, USER, demo_settings

API = demo_settings().api_server
COOKIE = cookie_name(Credentials(API))


def cookie_of(visitor: Visitor) -> str:
    jar = {cookie.key: cookie.value for cookie in visitor.client.session.cookie_jar}
    return jar.get(COOKIE, "")


async def test_an_unauthenticated_client_is_led_to_the_login(visitor: Visitor) -> None:
    answer = await visitor.open("/")
    assert (answer.status, answer.headers["Location"]) == (303, "/login")


@pytest.mark.parametrize("path", ["/dashboard/live", "/dashboard/live?once", "/dashboard/starting"])
async def test_what_is_fetched_by_scripts_says_401(visitor: Visitor, path: str) -> None:
    assert (await visitor.open(path, Accept="*/*")).status == 401


async def test_htmx_is_redirected_to_the_login(visitor: Visitor) -> None:
    answer = await visitor.send("/dashboard/stop", {"HX-Request": "true"})
    assert (answer.status, answer.headers["HX-Redirect"]) == (401, "/login?refused")


@pytest.mark.parametrize(
    ("username", "password"),
    [(USER, "wrong"), ("nobody", PASSWORD), ("", ""), (USER, PASSWORD + " "), ("ü", "\0")],
)
async def test_wrong_name_or_password(visitor: Visitor, username: str, password: str) -> None:
    answer = await visitor.log_in(username, password)
    assert answer.status == 401
    assert "Username or password is wrong." in await answer.text()
    assert not cookie_of(visitor)


async def test_what_was_typed_comes_back_escaped(visitor: Visitor) -> None:
    page = await (await visitor.log_in('"><script>alert(1)</script>', "wrong")).text()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


async def test_guessing_ends_in_a_wait_even_with_the_right_password(visitor: Visitor) -> None:
    for number in range(6):
        assert (await visitor.log_in(USER, f"guess {number}")).status == 401
    answer = await visitor.log_in()
    assert answer.status == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 300
    assert "Too many failed attempts" in await answer.text()


async def test_the_address_that_a_trusted_proxy_names_is_the_one_that_waits(visit, make_app) -> None:
    api_server = msgspec.to_builtins(API) | {"trusted_proxies": ["127.0.0.1"]}
    visitor = await visit(make_app(api_server=api_server))
    guesser, other = {"X-Forwarded-For": "1.2.3.4, 203.0.113.9"}, {"X-Forwarded-For": "203.0.113.8"}
    for number in range(6):
        await visitor.page("/login")
        await visitor.send("/login", guesser, username=USER, password=f"guess {number}")
    await visitor.page("/login")
    assert (await visitor.send("/login", guesser, username=USER, password=PASSWORD)).status == 429
    await visitor.page("/login")
    assert (await visitor.send("/login", other, username=USER, password=PASSWORD)).status == 303


async def test_a_login_leads_to_the_dashboard_and_nowhere_else(visitor: Visitor) -> None:
    await visitor.page("/login?next=//evil.example/")
    answer = await visitor.send(
        "/login?next=//evil.example/", username=USER, password=PASSWORD, next="//evil.example"
    )
    assert (answer.status, answer.headers["Location"]) == (303, "/")


async def test_the_cookie_is_for_this_site_and_not_for_scripts(visitor: Visitor) -> None:
    answer = await visitor.log_in()
    cookie = answer.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == "/"
    assert int(cookie["max-age"]) == SESSION_SECONDS
    assert not cookie["secure"]


async def test_the_cookie_is_secure_behind_https(visitor: Visitor) -> None:
    answer = await visitor.open("/login", **{"X-Forwarded-Proto": "https"})
    assert all(cookie["secure"] for cookie in answer.cookies.values())


async def test_a_form_of_another_site_is_refused(visitor: Visitor) -> None:
    await visitor.page("/login")
    login = {"username": USER, "password": PASSWORD}
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert (await visitor.send("/login", headers, **login)).status == 403
    assert not cookie_of(visitor)


async def test_a_form_without_our_token_or_cookie_is_refused(visitor: Visitor) -> None:
    await visitor.page("/login")
    assert (await visitor.send("/login", token="", username=USER, password=PASSWORD)).status == 403
    await visitor.page("/login")
    visitor.client.session.cookie_jar.clear()
    answer = await visitor.send("/login", username=USER, password=PASSWORD)
    assert answer.status == 403
    assert "has expired" in await answer.text()


async def test_a_proxy_may_be_in_between(visitor: Visitor) -> None:
    await visitor.page("/login")
    proxied = {"Origin": "https://bot.example", "X-Forwarded-Host": "bot.example"}
    answer = await visitor.send("/login", proxied, username=USER, password=PASSWORD)
    assert answer.status == 303


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"username": "trader"}'),
        ("application/x-www-form-urlencoded", b"\xff\xfe=%zz&&&=&token=%00"),
        ("application/x-www-form-urlencoded", b"a=1&" * 200),
        ("application/x-www-form-urlencoded; charset=klingon", b"username=trader"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
    ],
)
async def test_a_body_that_is_no_form_is_refused(visitor: Visitor, kind: str, body: bytes) -> None:
    headers = {"Content-Type": kind, "Origin": visitor.origin}
    answer = await visitor.client.post("/login", data=body, headers=headers)
    assert answer.status == 403


async def test_a_huge_body_is_refused(visitor: Visitor) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": visitor.origin}
    assert (await visitor.client.post("/login", data=b"a" * 2_000_000, headers=headers)).status == 413


async def test_who_is_logged_in_needs_no_login_page(trader: Visitor) -> None:
    answer = await trader.open("/login")
    assert (answer.status, answer.headers["Location"]) == (303, "/")


async def test_an_api_token_is_no_cookie_and_a_cookie_no_api_token(visitor: Visitor) -> None:
    for kind in ("access", "refresh"):
        token = session_tokens.issue(API.jwt_secret_key, API.username, kind, 2e9)
        visitor.client.session.cookie_jar.update_cookies({COOKIE: token})
        assert (await visitor.open("/")).status == 303
    await visitor.log_in()
    bearer = {"Authorization": f"Bearer {cookie_of(visitor)}"}
    assert (await visitor.client.get("/api/v1/version", headers=bearer)).status == 401


@pytest.mark.parametrize("cookie", ["", ".", "..", "9999999999.x.0", "x" * 5000, "1.2.3.4", "é.é"])
async def test_a_forged_cookie_opens_nothing(visitor: Visitor, cookie: str) -> None:
    header = {"Cookie": f"{COOKIE}={cookie}"}
    assert (await visitor.open("/", **header)).status == 303


async def test_an_unused_session_expires(trader: Visitor) -> None:
    dashboard = trader.client.app[DASHBOARD]
    began = dashboard.clock()
    dashboard.clock = lambda: began + SESSION_SECONDS - 60
    assert (await trader.open("/")).status == 200  # which lets it last anew
    dashboard.clock = lambda: began + 2 * SESSION_SECONDS - 120
    assert (await trader.open("/")).status == 200
    dashboard.clock = lambda: began + 4 * SESSION_SECONDS
    assert (await trader.open("/")).status == 303


async def test_logging_out_ends_the_session_for_any_copy_of_its_cookie(trader: Visitor) -> None:
    copy = cookie_of(trader)
    answer = await trader.send("/logout")
    assert (answer.status, answer.headers["Location"]) == (303, "/login")
    assert not cookie_of(trader)
    assert (await trader.open("/", Cookie=f"{COOKIE}={copy}")).status == 303


async def test_logging_out_is_ours_to_ask(trader: Visitor) -> None:
    assert (await trader.send("/logout", token="")).status == 403
    assert (await trader.send("/logout", {"Origin": "https://evil.example"})).status == 403
    assert (await trader.open("/")).status == 200
