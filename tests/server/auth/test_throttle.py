"""Whoever guesses has to wait: the arithmetic, then REST, websocket and sessions together."""

import asyncio

import pytest
from aiohttp import WSServerHandshakeError
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.api_tokens import hash_of, new_token
from appliance.config.sections.server import LoginThrottle
from appliance.server.auth import session_tokens
from appliance.server.auth.authenticator import AUTHENTICATOR
from appliance.server.auth.client_address import address_of, networks
from appliance.server.auth.throttle import MOST_ADDRESSES, Throttle, origin
from tests.support.serving import PASSWORD, SECRET, USER, WS_TOKENS, served, server_settings

RULES = LoginThrottle()
FREE = RULES.free_failures


def guess(number: int) -> bytes:
    return str(number).encode()


def failing(throttle: Throttle, times: int, at: float = 0.0, address: str = "a") -> None:
    for number in range(times):
        throttle.failed(address, guess(number), at)


# -- counting ------------------------------------------------------------------------------------------


def test_a_few_failures_cost_nothing():
    throttle = Throttle(RULES)
    failing(throttle, FREE)
    assert throttle.wait("a", 0) == 0


def test_each_further_failure_doubles_the_wait_up_to_the_longest():
    throttle = Throttle(RULES)
    waits = []
    for number in range(FREE + 9):
        throttle.failed("a", guess(number), 0)
        waits.append(throttle.wait("a", 0))
    assert waits == [0] * FREE + [2, 4, 8, 16, 32, 64, 128, 256, 300]


def test_thousands_of_failures_overflow_nothing():
    throttle = Throttle(RULES)
    failing(throttle, 5000)
    assert throttle.wait("a", 0) == RULES.longest_wait


def test_the_wait_is_over_when_it_is_over_and_others_never_had_it():
    throttle = Throttle(RULES)
    failing(throttle, FREE + 1, at=10)
    assert throttle.wait("a", 11) == 1
    assert throttle.wait("a", 12) == 0
    assert throttle.wait("b", 11) == 0


def test_the_same_wrong_login_again_counts_once():
    throttle = Throttle(RULES)
    for second in range(100):
        throttle.failed("a", b"an old password", second)
    assert throttle.wait("a", 100) == 0
    assert throttle.has_failed("a", b"an old password")
    assert not throttle.has_failed("b", b"an old password")


def test_long_silence_forgives():
    throttle = Throttle(RULES)
    failing(throttle, FREE, at=0)
    throttle.failed("a", b"last", RULES.forget_after + 1)
    assert throttle.wait("a", RULES.forget_after + 1) == 0


def test_a_success_forgives():
    throttle = Throttle(RULES)
    failing(throttle, FREE + 1)
    throttle.forgive("a")
    assert throttle.wait("a", 0) == 0
    throttle.forgive("nobody")


def test_it_can_be_switched_off():
    throttle = Throttle(LoginThrottle(enabled=False))
    failing(throttle, 100)
    assert throttle.wait("a", 0) == 0


def test_many_addresses_do_not_fill_the_memory():
    throttle = Throttle(RULES)
    for number in range(MOST_ADDRESSES + 100):
        failing(throttle, 1, address=str(number))
    assert len(throttle) == MOST_ADDRESSES


def test_an_address_that_keeps_guessing_is_not_forgotten():
    throttle = Throttle(RULES)
    failing(throttle, FREE + 1, address="guesser")
    for number in range(MOST_ADDRESSES):
        failing(throttle, 1, address=str(number))
        throttle.failed("guesser", guess(number), 0)
    assert throttle.wait("guesser", 0) > 0


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", ""),
        ("unix:socket", "unix:socket"),
    ],
)
def test_one_customers_addresses_count_as_one(address, counted_as):
    assert origin(address) == counted_as


# -- whose address -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        ([], "203.0.113.9", "127.0.0.1"),
        (["10.0.0.0/8"], "203.0.113.9", "127.0.0.1"),
        (["127.0.0.1"], "203.0.113.9", "203.0.113.9"),
        (["127.0.0.0/8"], "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        (["127.0.0.1", "10.0.0.0/8"], "1.2.3.4, 203.0.113.9, 10.1.1.1", "203.0.113.9"),
        (["127.0.0.1"], "", "127.0.0.1"),
        (["127.0.0.1"], "rubbish", "127.0.0.1"),
        (["127.0.0.1"], "203.0.113.9, <script>", "127.0.0.1"),
        (["127.0.0.1"], "2001:db8::1", "2001:db8::1"),
    ],
)
async def test_only_trusted_proxies_say_for_whom_they_ask(trusted, forwarded, address):
    async with served(server_settings(trusted_proxies=trusted)) as api:
        throttle = api.app[AUTHENTICATOR]._throttle
        headers = {"X-Forwarded-For": forwarded}
        await api.get("/version", login=(USER, "wrong"), headers=headers)
        assert list(throttle._failures) == [origin(address)]


@given(st.text(alphabet="0123456789abcdef.:, x", max_size=60))
def test_no_header_is_too_odd(text):
    request = make_mocked_request("GET", "/", {"X-Forwarded-For": text})
    address_of(request, networks(["0.0.0.0/0", "::/0"]))


# -- over the wire -------------------------------------------------------------------------------------


@pytest.fixture
async def api():
    async with served(server_settings()) as api:
        await session_tokens.load()
        yield api


async def guess_by(api, how: str, number: int) -> int:
    """Try a wrong login of one kind; return the status."""
    text = f"{how} {number}"
    if how == "basic":
        return (await api.get("/version", login=(USER, text))).status
    if how == "bearer":
        return (await api.get("/version", login=f"{text}.x.y")).status
    if how == "api token":
        return (await api.get("/version", login=new_token())).status
    if how == "login":
        return (await api.post("/token/login", login=(USER, text))).status
    if how == "refresh":
        return (await api.post("/token/refresh", login=text)).status
    try:
        await api.listen(text)
    except WSServerHandshakeError as refused:
        return refused.status
    raise AssertionError


KINDS = ["basic", "bearer", "api token", "login", "refresh", "websocket"]


@pytest.mark.parametrize("how", KINDS)
async def test_every_way_in_ends_in_a_wait(api, how):
    statuses = [await guess_by(api, how, number) for number in range(FREE + 3)]
    refused = 403 if how == "websocket" else 401
    assert statuses == [refused] * (FREE + 1) + [429] * 2


async def test_all_ways_count_together_and_the_answer_says_how_long(api):
    for number, how in enumerate(KINDS):
        assert await guess_by(api, how, number) in (401, 403)
    answer = await api.get("/version", login=(USER, "one more"))
    assert answer.status == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 2
    assert answer.body["detail"]


async def blocked(api):
    for number in range(FREE + 1):
        await guess_by(api, "basic", number)


async def test_in_a_wait_what_could_be_guessed_is_refused_though_right(api):
    assert (await api.get("/version")).status == 200
    await blocked(api)
    assert (await api.get("/version")).status == 429
    assert (await api.post("/token/login")).status == 429
    with pytest.raises(WSServerHandshakeError) as refused:
        await api.listen(WS_TOKENS[0])
    assert refused.value.status == 429


async def test_in_a_wait_sessions_and_api_tokens_open_as_ever():
    token = new_token()
    setting = {"name": "script", "hash": hash_of(token), "role": "admin"}
    async with served(server_settings(tokens=[setting])) as api:
        session = (await api.post("/token/login")).body
        await blocked(api)
        for login in (session["access_token"], token, ("anybody", token)):
            assert (await api.get("/version", login=login)).status == 200
        assert (await api.post("/token/refresh", login=session["refresh_token"])).status == 200
        assert (await api.post("/token/login", login=("anybody", token))).status == 200


async def test_after_the_wait_the_password_opens_and_logging_in_forgives(api):
    await blocked(api)
    authenticator = api.app[AUTHENTICATOR]
    now = authenticator._monotonic()
    authenticator._monotonic = lambda: now + 3
    assert (await api.get("/version")).status == 200
    assert await guess_by(api, "basic", 100) == 401  # which doubles the wait
    authenticator._monotonic = lambda: now + 8
    assert (await api.post("/token/login")).status == 200
    assert [await guess_by(api, "basic", number) for number in range(200, 200 + FREE)] == [401] * FREE
    assert (await api.get("/version")).status == 200


async def test_calls_with_the_right_password_do_not_cover_for_guesses_between_them(api):
    statuses = []
    for number in range(FREE + 2):
        statuses.append(await guess_by(api, "basic", number))
        await api.get("/version")
    assert statuses[-1] == 429


async def test_an_api_token_does_not_cover_for_guesses_of_the_password():
    token = new_token()
    setting = {"name": "guest", "hash": hash_of(token), "role": "viewer"}
    async with served(server_settings(tokens=[setting])) as api:
        statuses = []
        for number in range(FREE + 2):
            statuses.append(await guess_by(api, "basic", number))
            assert (await api.post("/token/login", login=("guest", token))).status == 200
        assert statuses[-1] == 429


async def test_expired_sessions_are_no_guesses(api):
    """FreqUI sends several calls at once with an expired token, then renews it for each of them."""
    for at in range(3 * FREE):
        expired = session_tokens.issue(SECRET, USER, "access", 1000.0 + at)
        answers = await asyncio.gather(*(api.get("/version", login=expired) for _ in range(7)))
        assert {answer.status for answer in answers} == {401}
    assert (await api.get("/version")).status == 200


async def test_a_browser_whose_session_another_secret_signed_is_not_shut_out(api):
    """It asks seven times with the same old token, gives up, and shows its login."""
    old = {kind: session_tokens.issue("o" * 40, USER, kind, 2e9) for kind in ("access", "refresh")}
    for _ in range(7):
        assert (await api.get("/version", login=old["access"])).status == 401
        assert (await api.post("/token/refresh", login=old["refresh"])).status == 401
    assert (await api.post("/token/login")).status == 200


async def test_requests_without_credentials_are_no_guesses(api):
    for _ in range(3 * FREE):
        assert (await api.get("/version", login=None)).status == 401
    assert (await api.get("/version")).status == 200


async def test_the_rules_are_those_of_the_settings():
    rules = {"free_failures": 1, "first_wait": 40, "longest_wait": 40}
    async with served(server_settings(login_throttle=rules)) as api:
        assert [await guess_by(api, "basic", number) for number in range(3)] == [401, 401, 429]
    async with served(server_settings(login_throttle={"enabled": False})) as api:
        assert {await guess_by(api, "basic", number) for number in range(20)} == {401}


async def test_a_wait_is_logged_without_the_guess(api, caplog):
    await blocked(api)
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert any("Login from 127.0.0.1 failed" in line for line in told)
    assert not any("basic" in line or PASSWORD in line for line in told)


# -- what others do to the operator's address ------------------------------------------------------------

FOREIGN = [
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:3000"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
]


async def guess_as(api, headers, number, method="POST", path="/token/login"):
    return (await api.ask(method, path, login=(USER, f"guess {number}"), headers=headers)).status


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("asked", ["POST /token/login", "GET /status", "POST /stop"])
async def test_a_foreign_page_does_not_use_up_the_operators_attempts(api, headers, asked):
    method, path = asked.split()
    for number in range(2 * FREE):
        assert await guess_as(api, headers, number, method, path) in (401, 403, 429)
    assert (await api.get("/version")).status == 200
    assert (await api.post("/token/login")).status == 200
    assert await guess_as(api, {}, 0) == 401


@pytest.mark.parametrize("headers", FOREIGN)
async def test_guesses_of_a_foreign_page_are_throttled_anyway(api, headers):
    statuses = {await guess_as(api, headers, number, "GET", "/status") for number in range(2 * FREE)}
    assert statuses == {401, 429}


async def test_setting_the_clock_shortens_no_wait(api):
    await blocked(api)
    authenticator = api.app[AUTHENTICATOR]
    now = authenticator._clock()
    for hours in (-24, 24):
        authenticator._clock = lambda at=now + hours * 3600: at
        assert (await api.get("/version")).status == 429
