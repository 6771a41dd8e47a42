"""What moves money asks for the password again, fifteen minutes after it was last given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.api_tokens import hash_of, new_token
from appliance.queries.roles import Role
from appliance.server.auth.credentials import Caller
from appliance.server.dashboard.security.confirm import CONFIRMED_SECONDS, HEADER, is_fresh
from appliance.server.dashboard.session import Session
from appliance.server.logins.session_book import MOST_WRONG
from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import PASSWORD, USER, DemoBot, demo_settings
from tests.server.dashboard.security_steps import exit_all, pass_time
from tests.server.dashboard.test_login import API, COOKIE, cookie_of

LATER = CONFIRMED_SECONDS + 1


@given(st.integers(0, 2**40), st.integers(-(2**20), 2**20))
def test_only_the_last_fifteen_minutes_count(at: int, passed: int) -> None:
    session = Session("id", at + 10**6, "token", Caller("me", Role.ADMIN, "print"), at)
    assert is_fresh(session, at + passed) == (0 <= passed < CONFIRMED_SECONDS)


async def test_soon_after_the_login_nothing_is_asked(trader: Visitor, bot: DemoBot) -> None:
    pass_time(trader, CONFIRMED_SECONDS - 5)
    assert (await exit_all(trader)).status == 200
    assert bot.asked == [("force_exit", "all")]


@pytest.mark.parametrize(
    ("path", "fields"), [("force_exit", {"trade": "all"}), ("force_entry", {"pair": "BTC/USDT"})]
)
async def test_later_the_password_is_asked_for_and_nothing_is_done(
    trader: Visitor, bot: DemoBot, path: str, fields: dict[str, str]
) -> None:
    pass_time(trader, LATER)
    answer = await trader.send(f"/dashboard/{path}", {"HX-Request": "true"}, **fields)
    assert answer.status == 403
    assert answer.headers[HEADER]
    assert 'type="password"' in await answer.text()
    assert (bot.asked, bot.audited) == ([], [])


@pytest.mark.parametrize("path", ["pause", "stop", "start", "reload_config"])
async def test_what_takes_risk_away_never_asks(trader: Visitor, bot: DemoBot, path: str) -> None:
    pass_time(trader, LATER)
    assert (await trader.send(f"/dashboard/{path}")).status == 200
    assert bot.asked


async def test_with_the_password_the_command_is_carried_out_once(trader: Visitor, bot: DemoBot) -> None:
    pass_time(trader, LATER)
    assert (await exit_all(trader, PASSWORD)).status == 200
    assert bot.asked == [("force_exit", "all")]
    assert (await exit_all(trader)).status == 200, "the password was given just now"
    assert PASSWORD not in repr(bot.audited)


async def test_a_wrong_password_changes_nothing(trader: Visitor, bot: DemoBot) -> None:
    pass_time(trader, LATER)
    answer = await exit_all(trader, "wrong")
    assert answer.status == 403
    assert "Nothing was done" in await answer.text()
    assert not bot.asked
    assert (await exit_all(trader)).status == 403
    assert "wrong password in a session of trader" in bot.audited[-1].what


async def test_guessing_is_throttled_as_at_the_login(trader: Visitor, bot: DemoBot) -> None:
    pass_time(trader, LATER)
    for number in range(6):
        assert (await exit_all(trader, f"guess {number}")).status == 403
    answer = await exit_all(trader, PASSWORD)
    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert not bot.asked


async def test_guessing_from_many_addresses_ends_the_session(visit, make_app, bot: DemoBot) -> None:
    bot.settings = demo_settings(
        api_server={"username": USER, "password": PASSWORD, "jwt_secret_key": API.jwt_secret_key}
        | {"trusted_proxies": ["127.0.0.1"]}
    )
    trader = await visit(make_app(bot))
    await trader.log_in()
    pass_time(trader, LATER)
    for number in range(MOST_WRONG - 1):
        there = {"X-Forwarded-For": f"203.0.113.{number}"}
        assert (await exit_all(trader, f"guess {number}", **there)).status == 403
    answer = await exit_all(trader, "one more", **{"X-Forwarded-For": "203.0.113.99"})
    assert (answer.status, answer.headers["HX-Redirect"]) == (401, "/login?refused")
    assert (await exit_all(trader, PASSWORD)).status == 401
    assert not bot.asked


async def test_a_cookie_copied_before_gains_nothing(trader: Visitor, bot: DemoBot) -> None:
    pass_time(trader, LATER)
    stolen = cookie_of(trader)
    await exit_all(trader, PASSWORD)
    bot.asked.clear()
    trader.client.session.cookie_jar.clear()
    answer = await exit_all(trader, Cookie=f"{COOKIE}={stolen}")
    assert answer.status == 403
    assert not bot.asked


async def test_a_confirmed_cookie_is_worth_nothing_after_logging_out(trader: Visitor, bot: DemoBot) -> None:
    pass_time(trader, LATER)
    await exit_all(trader, PASSWORD)
    stolen = cookie_of(trader)
    await trader.send("/logout")
    trader.client.session.cookie_jar.clear()
    bot.asked.clear()
    assert (await exit_all(trader, PASSWORD, Cookie=f"{COOKIE}={stolen}")).status == 401
    assert not bot.asked


async def test_the_time_in_the_cookie_cannot_be_changed(trader: Visitor, bot: DemoBot) -> None:
    pass_time(trader, LATER)
    expires, session, credential, confirmed, seal = cookie_of(trader).split(".")
    forged = ".".join((expires, session, credential, str(int(confirmed) + LATER), seal))
    trader.client.session.cookie_jar.clear()
    assert (await exit_all(trader, Cookie=f"{COOKIE}={forged}")).status == 401
    assert not bot.asked


async def test_another_site_learns_and_confirms_nothing(trader: Visitor, bot: DemoBot) -> None:
    pass_time(trader, LATER)
    answer = await exit_all(trader, PASSWORD, Origin="https://evil.example")
    assert answer.status == 403
    assert HEADER not in answer.headers
    trader.token = "0" * 64
    assert HEADER not in (await exit_all(trader, PASSWORD)).headers
    assert not bot.asked


async def test_a_form_without_scripts_is_repeated_by_a_page(trader: Visitor, bot: DemoBot) -> None:
    pass_time(trader, LATER)
    html = {"Accept": "text/html"}
    answer = await trader.send("/dashboard/force_entry", html, pair='"><script>alert(1)</script>')
    page = await answer.text()
    assert answer.status == 403
    assert 'action="./dashboard/force_entry"' in page
    assert 'value="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in page
    assert f'name="token" value="{trader.token}"' in page
    assert "Content-Security-Policy" in answer.headers


async def test_an_api_token_is_the_password_of_its_own_session(visit, make_app, bot: DemoBot) -> None:
    mine, other = new_token(), new_token()
    tokens = [
        {"name": name, "hash": hash_of(token), "role": "operator"}
        for name, token in (("mine", mine), ("other", other))
    ]
    bot.settings = demo_settings(
        api_server={"username": USER, "password": PASSWORD, "jwt_secret_key": API.jwt_secret_key}
        | {"tokens": tokens}
    )
    holder = await visit(make_app(bot))
    assert (await holder.log_in("anybody", mine)).status == 303
    pass_time(holder, LATER)
    for wrong in (other, PASSWORD, mine[:-1]):
        assert (await exit_all(holder, wrong)).status == 403
    assert not bot.asked
    assert (await exit_all(holder, mine)).status == 200
    assert mine not in repr(bot.audited)


@pytest.mark.parametrize(
    "path", ["/settings/tokens", "/settings/backup/download", "/settings/file", "/dashboard/settle/x"]
)
async def test_what_is_about_logins_secrets_or_unknown_orders_asks_too(trader: Visitor, path: str) -> None:
    pass_time(trader, LATER)
    answer = await trader.send(path, name="x", role="admin")
    assert (answer.status, HEADER in answer.headers) == (403, True)
