"""Only the owner of a key is answered, and only in time."""

import aiohttp
import pytest

from tests.exchange_server.endpoints import signing
from tests.exchange_server.fixture import BinanceServer
from tests.exchange_server.settings import KEY, SECRET


@pytest.fixture
async def ask(binance_server: BinanceServer):
    async with aiohttp.ClientSession(binance_server.root) as session:

        async def ask(query: str, *, key: str | None = KEY, secret: str = SECRET, sign: bool = True):
            signed = f"{query}&signature={signing.signature(secret, query)}" if sign else query
            headers = {"X-MBX-APIKEY": key} if key else {}
            async with session.get(f"/api/v3/account?{signed}", headers=headers) as response:
                return response.status, await response.json()

        yield ask


@pytest.fixture
def now(binance_server: BinanceServer) -> int:
    return binance_server.clock()


async def test_a_good_signature_is_accepted(ask, now: int):
    status, account = await ask(f"timestamp={now}")
    assert status == 200
    assert {"asset": "USDT", "free": "10000.00000000", "locked": "0.00000000"} in account["balances"]


async def test_time_may_be_reported_in_microseconds(ask, now: int):
    assert (await ask(f"timestamp={now * 1000}&recvWindow=5000.5"))[0] == 200


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ({"key": None}, 401, -2014),
        ({"key": "not a key!"}, 401, -2014),
        ({"key": "unknown"}, 401, -2015),
        ({"secret": "wrong"}, 400, -1022),
        ({"sign": False}, 400, -1102),
    ],
)
async def test_who_is_not_the_owner_is_refused(ask, now: int, how: dict, status: int, code: int):
    answered, told = await ask(f"timestamp={now}", **how)
    assert (answered, told["code"]) == (status, code)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("timestamp={early}", -1021),
        ("timestamp={late}", -1021),
        ("timestamp={late}&recvWindow=70000", -1131),
        ("recvWindow=5000", -1102),
        ("timestamp=yesterday", -1100),
        ("timestamp={now}&timestamp={now}", -1101),
        ("timestamp={now}&colour=red", -1104),
    ],
)
async def test_what_is_not_in_time_or_form_is_refused(ask, now: int, query: str, code: int):
    times = {"now": now, "early": now + 3_000, "late": now - 6_000}
    _, told = await ask(query.format(**times))
    assert told["code"] == code


async def test_a_longer_window_lets_the_late_through(ask, now: int):
    assert (await ask(f"timestamp={now - 6_000}&recvWindow=10000"))[0] == 200


def test_what_is_signed_is_query_and_body_as_they_were_sent():
    assert signing.signed_text("a=1&signature=x", "b=%2C") == "a=1b=%2C"
    assert signing.signed_text("signature=x&a=1", "") == "a=1"
