"""Sessions are listed, last beyond a restart, and end at once when they are ended."""

import asyncio
import stat
from pathlib import Path

from aiohttp import CookieJar
from aiohttp.test_utils import TestClient
from yarl import URL

from appliance.config.api_tokens import hash_of, new_token
from appliance.server.app import create_app
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import address_of
from appliance.server.logins.logins import LOGINS
from appliance.server.logins.session_book import mark_of
from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import PASSWORD, USER, DemoBot, DemoLogs, demo_settings
from tests.server.dashboard.test_login import API, COOKIE, cookie_of

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
MARKUP = "Firefox<script>alert(1)</script>"


def another(visitor: Visitor) -> Visitor:
    """Return another browser before the same bot."""
    return Visitor(TestClient(visitor.client.server, cookie_jar=CookieJar(unsafe=True)))


def marks(visitor: Visitor) -> list[str]:
    return [one.mark for one in visitor.client.app[LOGINS].sessions.of(None, 0)]


def own_mark(visitor: Visitor) -> str:
    return mark_of(cookie_of(visitor).split(".")[1])


async def test_browsers_are_listed_in_plain_words(trader: Visitor) -> None:
    phone = another(trader)
    phone.client.session.headers["User-Agent"] = FIREFOX
    await phone.log_in()
    page = await trader.page("/settings/security")
    assert "Firefox on Linux" in page
    assert "by password · from 127.0.0.1" in page
    assert page.count(">this one<") == 1
    await phone.client.session.close()


async def test_a_browser_that_calls_itself_markup_is_text(trader: Visitor) -> None:
    trader.client.session.headers["User-Agent"] = MARKUP
    trader.client.session.cookie_jar.clear()
    await trader.log_in()
    assert "<script>alert" not in await trader.page("/settings/security")


async def test_ending_one_is_immediate_for_its_pages_and_streams(trader: Visitor, bot: DemoBot) -> None:
    thief = another(trader)
    await thief.log_in()
    stream = await thief.client.get("/dashboard/live?changes")
    assert await stream.content.readline()
    await trader.page("/settings/security")
    answer = await trader.send(f"/settings/security/sessions/{own_mark(thief)}/end")
    assert (answer.status, answer.headers["Location"]) == (303, "/settings/security")
    async with asyncio.timeout(5):
        await stream.content.read()
    assert (await thief.open("/")).status == 303
    assert (await thief.send("/dashboard/stop")).status in (303, 401)
    assert "stopped" not in repr(bot.asked)
    assert (await trader.open("/")).status == 200
    assert "ended the session of trader" in bot.audited[-1].what
    await thief.client.session.close()


async def test_all_others_are_ended_and_not_this_one(trader: Visitor) -> None:
    others = [another(trader) for _ in range(3)]
    for other in others:
        await other.log_in()
    await trader.send("/settings/security/sessions/end_others")
    assert marks(trader) == [own_mark(trader)]
    for other in others:
        assert (await other.open("/")).status == 303
        await other.client.session.close()


async def test_a_login_takes_over_no_session_that_was_there_before(visitor: Visitor) -> None:
    """Fixation: whoever has put a cookie into this browser knows nothing of the login that follows."""
    await visitor.page("/login")
    form_token = visitor.token
    await visitor.log_in()
    planted, planted_token = cookie_of(visitor), visitor.token
    victim = another(visitor)
    await victim.page("/login")
    victim.client.session.cookie_jar.update_cookies({COOKIE: planted}, URL(victim.origin))
    await victim.send("/login", username=USER, password=PASSWORD)
    await victim.page("/")
    assert cookie_of(victim).split(".")[1] != planted.split(".")[1]
    assert victim.token not in (planted_token, form_token)
    assert (await visitor.open("/")).status == 303, "the planted session has ended"
    await victim.client.session.close()


async def test_other_sites_end_nothing(trader: Visitor) -> None:
    path = f"/settings/security/sessions/{own_mark(trader)}/end"
    assert (await trader.send(path, {"Origin": "https://evil.example"})).status == 403
    assert (await trader.send(path, token="")).status == 403
    assert (await trader.open(path)).status == 405
    assert marks(trader) == [own_mark(trader)]


async def test_an_api_token_sees_and_ends_only_its_own(visit, make_app, bot: DemoBot) -> None:
    token = new_token()
    api = {"username": USER, "password": PASSWORD, "jwt_secret_key": API.jwt_secret_key}
    api["tokens"] = [{"name": "grafana", "hash": hash_of(token), "role": "viewer"}]
    bot.settings = demo_settings(api_server=api)
    owner = await visit(make_app(bot))
    await owner.log_in()
    viewer = another(owner)
    await viewer.log_in("x", token)
    page = await viewer.page("/settings/security")
    assert "grafana, by API token" in page
    assert "trader, by" not in page
    await viewer.send(f"/settings/security/sessions/{own_mark(owner)}/end")
    assert (await owner.open("/")).status == 200
    assert "grafana, by API token" in await owner.page("/settings/security")
    await viewer.client.session.close()


async def test_logins_and_failures_are_in_the_audit_log(visitor: Visitor, bot: DemoBot) -> None:
    await visitor.log_in(USER, "not the pässword")
    await visitor.log_in()
    await visitor.send("/logout")
    lines = [(record.who, record.what) for record in bot.audited]
    assert [who for who, _ in lines] == ["not logged in", "trader", "trader"]
    assert [what.split(":")[0] for _, what in lines] == [
        "login failed",
        "logged in by password",
        "logged out",
    ]
    assert "pässword" not in repr(bot.audited)


async def test_failed_logins_cannot_fill_the_audit_log(visitor: Visitor, bot: DemoBot) -> None:
    journal = visitor.client.app[LOGINS].journal
    for _ in range(500):
        await journal.failed("dashboard 203.0.113.1", "login failed", 1000.0)
    assert len(bot.audited) == 30
    await journal.failed("dashboard 203.0.113.1", "login failed", 9000.0)
    assert "470 more" in bot.audited[-1].what


async def test_sessions_last_beyond_a_restart_and_their_file_opens_nothing(
    aiohttp_client, logs: DemoLogs, tmp_path: Path
) -> None:
    async def started() -> Visitor:
        bot = DemoBot()
        app = create_app(bot.settings, log_buffer=logs, user_data=tmp_path)
        app[BOT_SLOT].bot = bot
        return Visitor(await aiohttp_client(app))

    first = await started()
    await first.log_in()
    kept, cookie = cookie_of(first), f"{COOKIE}={cookie_of(first)}"
    ended = another(first)
    await ended.log_in()
    revoked = f"{COOKIE}={cookie_of(ended)}"
    await first.send("/settings/security/sessions/end_others")
    await ended.client.session.close()
    await first.client.close()

    [file] = tmp_path.glob("sessions-*.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for secret in kept.split(".")[1], kept.split(".")[4], PASSWORD, API.jwt_secret_key:
        assert secret not in file.read_text()

    second = await started()
    assert (await second.open("/", Cookie=cookie)).status == 200
    second.client.session.cookie_jar.clear()
    assert (await second.open("/", Cookie=revoked)).status == 303


def test_the_address_is_that_of_the_throttle() -> None:
    """One reading of X-Forwarded-For, or an attacker could choose what is shown."""
    assert "AUTHENTICATOR" in address_of.__code__.co_names
