"""What a browser answers with a passkey is believed only if everything about it is right."""

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient

from appliance.server.app import create_app
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PASSKEY_FIELD
from appliance.server.logins import codes
from appliance.server.logins.logins import LOGINS
from appliance.server.logins.passkeys import host_of
from tests.server.dashboard.conftest import Visitor
from tests.server.dashboard.demo_bot import PASSWORD, USER, DemoBot, DemoLogs
from tests.server.dashboard.security_steps import exit_all, pass_time
from tests.server.dashboard.soft_passkey import SoftPasskey
from tests.server.dashboard.test_login import cookie_of

HERE = "/settings/security"
OWN = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost:8080"}


@pytest.fixture
async def owner(aiohttp_client, logs: DemoLogs, bot: DemoBot, tmp_path: Path) -> Visitor:
    app = create_app(bot.settings, log_buffer=logs, user_data=tmp_path)
    app[BOT_SLOT].bot = bot
    visitor = Visitor(await aiohttp_client(app))
    await visitor.log_in()
    await visitor.page(HERE)
    return visitor


@pytest.fixture
async def stranger(owner: Visitor):
    visitor = Visitor(TestClient(owner.client.server, cookie_jar=CookieJar(unsafe=True)))
    yield visitor
    await visitor.client.session.close()


async def challenge(visitor: Visitor, path: str) -> str:
    answer = await visitor.send(path, OWN)
    assert answer.status == 200, await answer.text()
    options = await answer.json(content_type=None)
    assert "required" in json.dumps(options), "the device must verify its user"
    return str(options["challenge"])


async def registered(owner: Visitor, key: SoftPasskey, name: str = "Laptop") -> int:
    asked = await challenge(owner, f"{HERE}/passkeys/options")
    return (await owner.send(f"{HERE}/passkeys/add", OWN, name=name, answer=key.made(asked))).status


async def asked_at_login(stranger: Visitor) -> str:
    await stranger.page("/login")
    return await challenge(stranger, "/login/passkey/options")


async def came_in(stranger: Visitor, answer: str) -> bool:
    await stranger.send("/login/passkey", OWN, answer=answer)
    return bool(cookie_of(stranger))


async def test_it_lets_in_and_is_strong(owner: Visitor, stranger: Visitor, bot: DemoBot) -> None:
    key = SoftPasskey()
    assert await registered(owner, key) == 303
    assert await came_in(stranger, key.used(await asked_at_login(stranger)))
    assert "Laptop" in await stranger.page(HERE)
    assert (await exit_all(stranger)).status == 200
    assert any("add passkey" in record.what for record in bot.audited)


def unverified(key: SoftPasskey) -> None:
    key.verified = 0


def of_another_site(key: SoftPasskey) -> None:
    key.origin = "https://evil.example"


def for_another_host(key: SoftPasskey) -> None:
    key.host = "evil.example"


def over_plain_http(key: SoftPasskey) -> None:
    key.origin = "http://bot.example"


def within_another_page(key: SoftPasskey) -> None:
    key.cross_origin = True


def copied(key: SoftPasskey) -> None:
    key.counter = 1


WRONG = [unverified, of_another_site, for_another_host, over_plain_http, within_another_page]


@pytest.mark.parametrize("spoil", [*WRONG, copied])
async def test_an_answer_that_is_wrong_in_one_way(owner: Visitor, stranger: Visitor, spoil) -> None:
    key = SoftPasskey()
    key.counter = 5
    await registered(owner, key)
    spoil(key)
    assert not await came_in(stranger, key.used(await asked_at_login(stranger)))


@pytest.mark.parametrize("spoil", WRONG)
async def test_no_passkey_is_made_in_a_wrong_way(owner: Visitor, spoil) -> None:
    key = SoftPasskey()
    spoil(key)
    assert await registered(owner, key) == 422
    assert not owner.client.app[LOGINS].known.passkeys


async def test_an_answer_counts_once_also_in_a_race(owner: Visitor, stranger: Visitor) -> None:
    key = SoftPasskey()
    await registered(owner, key)
    answer = key.used(await asked_at_login(stranger))
    sent = [stranger.send("/login/passkey", OWN, answer=answer) for _ in range(4)]
    places = [one.headers["Location"] for one in await asyncio.gather(*sent)]
    assert sorted(places) == ["/", *["/login?passkey"] * 3]


async def test_a_challenge_is_of_one_browser_one_purpose_and_some_minutes(
    owner: Visitor, stranger: Visitor
) -> None:
    key = SoftPasskey()
    await registered(owner, key)
    for path in (f"{HERE}/passkeys/options", "/dashboard/confirm/passkey_options"):
        asked = await challenge(owner, path)
        await stranger.page("/login")
        assert not await came_in(stranger, key.used(asked))
    asked = await asked_at_login(stranger)
    await stranger.page("/login")  # another form, another cookie
    assert not await came_in(stranger, key.used(asked))
    asked = await asked_at_login(stranger)
    pass_time(owner, 301)
    assert not await came_in(stranger, key.used(asked))


async def test_an_unknown_or_removed_key_opens_nothing(owner: Visitor, stranger: Visitor) -> None:
    key, other = SoftPasskey(), SoftPasskey()
    await registered(owner, key)
    assert not await came_in(stranger, other.used(await asked_at_login(stranger)))
    other.id = key.id
    assert not await came_in(stranger, other.used(await asked_at_login(stranger)))
    [known] = owner.client.app[LOGINS].known.passkeys
    assert (await owner.send(f"{HERE}/passkeys/remove", id=known.id)).status == 303
    assert not await came_in(stranger, key.used(await asked_at_login(stranger)))


@pytest.mark.parametrize("answer", ["", "{", "[]", '{"id": 1}', "x" * 3_000, "[" * 1_200, "null", "é"])
async def test_an_answer_of_nonsense(owner: Visitor, stranger: Visitor, answer: str) -> None:
    await registered(owner, SoftPasskey())
    await stranger.page("/login")
    response = await stranger.send("/login/passkey", OWN, answer=answer)
    assert (response.status, response.headers["Location"]) == (303, "/login?passkey")


async def test_other_sites_and_visitors_without_a_form_get_no_challenge(
    owner: Visitor, stranger: Visitor
) -> None:
    await stranger.page("/login")
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert (await stranger.send("/login/passkey/options", foreign)).status == 403
    stranger.token = "0" * 64
    assert (await stranger.send("/login/passkey/options", OWN)).status == 403


async def test_names_are_text_and_taken_once(owner: Visitor) -> None:
    assert await registered(owner, SoftPasskey(), "<b>bold</b>") == 303
    assert "<b>bold" not in await owner.page(HERE)
    assert await registered(owner, SoftPasskey(), "<b>bold</b>") == 409


async def test_codes_are_not_asked_after_a_passkey_but_still_after_the_password(
    owner: Visitor, stranger: Visitor
) -> None:
    logins, key, secret = owner.client.app[LOGINS], SoftPasskey(), codes.new_secret()
    await registered(owner, key)
    await logins.change(logins.book.set_up_codes, secret, codes.code_at(secret, 10), 300.0)
    await stranger.page("/login")
    answer = await stranger.send("/login", username=USER, password=PASSWORD)
    assert (answer.status, cookie_of(stranger)) == (200, "")
    assert await came_in(stranger, key.used(await asked_at_login(stranger)))


async def test_it_confirms_what_moves_money(owner: Visitor, bot: DemoBot) -> None:
    key = SoftPasskey()
    await registered(owner, key)
    pass_time(owner, 1000)
    asked = await challenge(owner, "/dashboard/confirm/passkey_options")
    wrong = SoftPasskey().used(asked)
    fields = {"trade": "all", PASSKEY_FIELD: wrong}
    assert (await owner.send("/dashboard/force_exit", {"HX-Request": "true"}, **fields)).status == 403
    assert not bot.asked
    fields[PASSKEY_FIELD] = key.used(asked)
    assert (await owner.send("/dashboard/force_exit", {"HX-Request": "true"}, **fields)).status == 200
    assert bot.asked == [("force_exit", "all")]
    pass_time(owner, 1000)
    assert (await owner.send("/dashboard/force_exit", {"HX-Request": "true"}, **fields)).status == 403


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://bot.example", "bot.example"),
        ("https://bot.example:8443", "bot.example"),
        ("http://localhost:8080", "localhost"),
        ("http://bot.example", None),
        ("https://192.168.1.5", None),
        ("https://[::1]:8080", None),
        ("https://", None),
        ("null", None),
        ("", None),
        ("https://[", None),
    ],
)
def test_where_passkeys_work(origin: str, host: str | None) -> None:
    assert host_of(origin) == host
