"""Codes after the password: set up, asked for, used once, guessed in vain, removed."""

import asyncio
import re
import time
from base64 import b64encode
from pathlib import Path

import pyotp
import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient

from appliance.config.api_tokens import hash_of
from appliance.domain.errors import ConfigurationError
from appliance.server.app import create_app
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PASSWORD_FIELD
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.logins import factor_book
from appliance.server.logins.logins import LOGINS
from tests.server.dashboard.conftest import Visitor, token_in
from tests.server.dashboard.demo_bot import PASSWORD, USER, DemoBot, DemoLogs, demo_settings
from tests.server.dashboard.security_steps import pass_time
from tests.server.dashboard.test_login import API, COOKIE, cookie_of

HERE = "/settings/security"


class Phone:
    """An authenticator app, with a clock that follows the bot's."""

    def __init__(self, visitor: Visitor, secret: str) -> None:
        self._visitor = visitor
        self.secret = secret

    def code(self, later: float = 0) -> str:
        now = self._visitor.client.app[DASHBOARD].clock()
        return pyotp.TOTP(self.secret).at(int(now + later))


@pytest.fixture
async def owner(aiohttp_client, logs: DemoLogs, bot: DemoBot, tmp_path: Path) -> Visitor:
    token = hash_of("apl_" + "t" * 43)
    api = {"username": USER, "password": PASSWORD, "jwt_secret_key": API.jwt_secret_key}
    api["tokens"] = [{"name": "script", "hash": token, "role": "admin"}]
    bot.settings = demo_settings(api_server=api)
    app = create_app(bot.settings, log_buffer=logs, user_data=tmp_path)
    app[BOT_SLOT].bot = bot
    visitor = Visitor(await aiohttp_client(app))
    start = int(time.time()) // 30 * 30 + 5.0  # far from the next code
    app[DASHBOARD].clock = lambda: start
    await visitor.log_in()
    return visitor


async def set_up(visitor: Visitor) -> tuple[Phone, list[str]]:
    """Set up codes; return the phone and the recovery codes."""
    await visitor.page(HERE)
    shown = await (await visitor.send(f"{HERE}/codes/offer")).text()
    secret = re.search(r'class="key">([A-Z2-7 ]+)<', shown)[1].replace(" ", "")
    phone = Phone(visitor, secret)
    answer = await visitor.send(f"{HERE}/codes/set_up", code=phone.code())
    page = await answer.text()
    assert answer.status == 200, page
    pass_time(visitor, 60)
    return phone, re.findall(r"<li><code>([a-z0-9-]+)</code>", page)


async def with_password(visitor: Visitor) -> Visitor:
    """Return another browser that has given the right password and is asked for a code."""
    other = Visitor(TestClient(visitor.client.server, cookie_jar=CookieJar(unsafe=True)))
    await other.page("/login")
    answer = await other.send("/login", username=USER, password=PASSWORD)
    page = await answer.text()
    assert answer.status == 200
    assert "authenticator app" in page
    assert not cookie_of(other)
    other.token = token_in(page)
    return other


async def enter(other: Visitor, code: str, **headers: str) -> int:
    return (await other.send("/login/code", headers, code=code)).status


async def test_codes_are_asked_for_from_then_on(owner: Visitor, bot: DemoBot) -> None:
    phone, recovery = await set_up(owner)
    assert len(set(recovery)) == 10
    other = await with_password(owner)
    assert await enter(other, phone.code()) == 303
    assert "by password and code" in await other.page(HERE)
    lines = repr(bot.audited)
    assert "set up codes" in lines
    for secret in (phone.secret, *recovery):
        assert secret not in lines
        assert secret not in await other.page(HERE)
    await other.client.session.close()


async def test_nothing_is_asked_for_before_a_code_was_right(owner: Visitor) -> None:
    await owner.page(HERE)
    await owner.send(f"{HERE}/codes/offer")
    assert (await owner.send(f"{HERE}/codes/set_up", code="000000")).status == 422
    assert owner.client.app[LOGINS].known.codes is None


async def test_the_secret_is_private_and_recovery_codes_are_hashed(owner: Visitor, tmp_path: Path) -> None:
    _, recovery = await set_up(owner)
    file = tmp_path / "logins.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert not any(code in file.read_text() for code in recovery)


async def test_other_sessions_end_when_codes_are_set_up(owner: Visitor) -> None:
    earlier = Visitor(TestClient(owner.client.server, cookie_jar=CookieJar(unsafe=True)))
    await earlier.log_in()
    await set_up(owner)
    assert (await earlier.open("/")).status == 303
    assert (await owner.open("/")).status == 200
    await earlier.client.session.close()


async def test_a_code_counts_once_also_in_a_race(owner: Visitor) -> None:
    phone, _ = await set_up(owner)
    others = [await with_password(owner) for _ in range(4)]
    code = phone.code()
    answers = await asyncio.gather(*(enter(other, code) for other in others))
    assert sorted(answers) == [303, 401, 401, 401]
    assert await enter(others[0] if answers[0] != 303 else others[1], code) == 401
    for other in others:
        await other.client.session.close()


async def test_a_recovery_code_counts_once_also_in_a_race(owner: Visitor) -> None:
    _, recovery = await set_up(owner)
    others = [await with_password(owner) for _ in range(4)]
    answers = await asyncio.gather(*(enter(other, recovery[3].upper()) for other in others))
    assert sorted(answers) == [303, 401, 401, 401]
    assert len(owner.client.app[LOGINS].known.recovery) == 9
    for other in others:
        await other.client.session.close()


@pytest.mark.parametrize(("off", "status"), [(-60, 401), (-30, 303), (0, 303), (30, 303), (60, 401)])
async def test_the_clock_of_the_phone_may_be_off_by_one_code(owner: Visitor, off: int, status: int) -> None:
    phone, _ = await set_up(owner)
    pass_time(owner, 300)
    other = await with_password(owner)
    assert await enter(other, phone.code(off)) == status
    await other.client.session.close()


async def test_guessing_waits_however_often_the_password_is_given(
    owner: Visitor,
) -> None:
    phone, _ = await set_up(owner)
    for number in range(6):
        other = await with_password(owner)  # the right password resets no count of wrong codes
        assert await enter(other, f"{number:06}") == 401
        await other.client.session.close()
    other = await with_password(owner)
    assert await enter(other, phone.code()) == 429
    await other.client.session.close()


async def test_concurrent_guesses_are_counted_one_by_one(owner: Visitor) -> None:
    await set_up(owner)
    other = await with_password(owner)
    answers = await asyncio.gather(*(enter(other, f"{number:06}") for number in range(20)))
    assert sorted(answers) == [401] * 6 + [429] * 14
    await other.client.session.close()


async def test_the_password_alone_opens_no_page_and_commands_nothing(owner: Visitor, bot: DemoBot) -> None:
    await set_up(owner)
    other = await with_password(owner)
    assert (await other.open("/")).status == 303
    assert (await other.send("/dashboard/stop")).status in (303, 401)
    step = next(c for c in other.client.session.cookie_jar if c.key.endswith("_step"))
    assert (await other.open("/", Cookie=f"{COOKIE}={step.value}")).status == 303
    assert not bot.asked
    await other.client.session.close()


async def test_the_code_must_follow_within_minutes(owner: Visitor) -> None:
    phone, _ = await set_up(owner)
    other = await with_password(owner)
    pass_time(owner, 301)
    answer = await other.send("/login/code", code=phone.code())
    assert answer.headers["Location"] == "/login?ended"
    assert not cookie_of(other)
    await other.client.session.close()


async def test_other_sites_and_visitors_without_the_password_get_nowhere(owner: Visitor) -> None:
    phone, _ = await set_up(owner)
    other = await with_password(owner)
    assert await enter(other, phone.code(), Origin="https://evil.example") == 403
    other.token = "0" * 64
    assert await enter(other, phone.code()) == 403
    other.client.session.cookie_jar.clear()
    assert (await other.send("/login/code", code=phone.code())).headers["Location"] == "/login?ended"
    await other.client.session.close()


async def test_removing_needs_password_and_code(owner: Visitor) -> None:
    phone, _ = await set_up(owner)
    await owner.page(HERE)
    for password, code in ((PASSWORD, "000000"), ("wrong", phone.code()), ("", ""), (PASSWORD, "")):
        answer = await owner.send(f"{HERE}/codes/remove", password=password, code=code)
        assert answer.status == 422
    assert owner.client.app[LOGINS].known.codes
    assert (await owner.send(f"{HERE}/codes/remove", password=PASSWORD, code=phone.code(30))).status == 200
    assert owner.client.app[LOGINS].known.codes is None
    assert owner.client.app[LOGINS].known.recovery == ()


async def test_changes_ask_for_the_password_again(owner: Visitor) -> None:
    pass_time(owner, 1000)
    await owner.page(HERE)
    answer = await owner.send(f"{HERE}/codes/offer")
    assert answer.status == 403
    assert PASSWORD_FIELD in await answer.text()
    answer = await owner.send(f"{HERE}/codes/offer", **{PASSWORD_FIELD: PASSWORD})
    assert 'class="qr"' in await answer.text()


async def test_an_api_token_changes_nothing_and_is_not_asked(owner: Visitor) -> None:
    await set_up(owner)
    script = Visitor(TestClient(owner.client.server, cookie_jar=CookieJar(unsafe=True)))
    assert (await script.log_in("any", "apl_" + "t" * 43)).status == 303
    await script.page(HERE)
    for action in ("offer", "set_up", "recovery", "remove", "programs"):
        assert (await script.send(f"{HERE}/codes/{action}")).status == 403
    await script.client.session.close()


def basic(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{USER}:{password}".encode()).decode()}


async def test_programs_go_on_unless_they_are_asked_as_well(owner: Visitor) -> None:
    phone, _ = await set_up(owner)
    call, login = "/api/v1/version", "/api/v1/token/login"
    answer = await owner.client.post(login, headers=basic(PASSWORD))
    bearer = {"Authorization": f"Bearer {(await answer.json())['access_token']}"}
    assert (await owner.client.get(call, headers=basic(PASSWORD))).status == 200
    assert (await owner.client.get(call, headers=bearer)).status == 200

    await owner.page(HERE)
    assert (await owner.send(f"{HERE}/codes/programs", asks="1")).status == 303
    assert (await owner.client.get(call, headers=basic(PASSWORD))).status == 401
    assert (await owner.client.get(call, headers=basic("apl_" + "t" * 43))).status == 200
    assert (await owner.client.get(call, headers=bearer)).status == 401, "issued before"
    assert (await owner.client.post(login, headers=basic(PASSWORD))).status == 401
    assert (await owner.client.post(login, headers=basic(PASSWORD + "000000"))).status == 401
    code = pyotp.TOTP(phone.secret).at(int(time.time()) + 30)  # REST has the machine's clock
    assert (await owner.client.get(call, headers=basic(PASSWORD + code))).status == 401
    await asyncio.sleep(1)  # sessions have whole seconds
    answer = await owner.client.post(login, headers=basic(PASSWORD + code))
    assert answer.status == 200
    bearer = {"Authorization": f"Bearer {(await answer.json())['access_token']}"}
    assert (await owner.client.get(call, headers=bearer)).status == 200
    assert (await owner.client.post(login, headers=basic(PASSWORD + code))).status == 401


async def test_a_damaged_file_is_no_way_around_codes(owner: Visitor, tmp_path: Path) -> None:
    await set_up(owner)
    (tmp_path / "logins.json").write_text('{"codes": nul')
    other = Visitor(TestClient(owner.client.server, cookie_jar=CookieJar(unsafe=True)))
    await other.page("/login")
    answer = await other.send("/login", username=USER, password=PASSWORD)
    assert answer.status == 503
    assert "cannot be read" in await answer.text()
    assert not cookie_of(other)
    await other.client.session.close()


async def test_a_full_disk_keeps_nobody_out_who_has_the_phone(
    owner: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk the app's code still lets somebody in who can stop the bot; a recovery code does not."""
    phone, recovery = await set_up(owner)
    monkeypatch.setattr(factor_book, "write_private", failing)
    other, again = await with_password(owner), await with_password(owner)
    assert await enter(other, recovery[0]) == 503
    code = phone.code()
    assert await enter(other, code) == 303
    assert await enter(again, code) == 401
    await again.client.session.close()
    await other.client.session.close()


def failing(*_: object, **__: object) -> None:
    raise ConfigurationError("logins.json: cannot be written: No space left on device")
