"""Large answers: compressed for whoever can read that, and not sent again to whoever has them."""

import gzip
import json

import aiohttp
import pytest

from appliance.server.middleware import compression
from tests.support.serving import PASSWORD, USER

PLAIN = {"Accept-Encoding": "identity"}
ZIPPED = {"Accept-Encoding": "gzip"}
CANDLES = "/pair_candles?pair=ETH/USDT&timeframe=5m"


@pytest.fixture(params=[10**9, 1], ids=["in the loop", "in a thread"])
def _either_way(request, monkeypatch):
    monkeypatch.setattr(compression, "SLOW", request.param)


@pytest.fixture
async def api(api, stage, monkeypatch):
    monkeypatch.setattr(compression, "LARGE", 500)  # so that a few candles are large
    await stage.cycle()
    return api


async def sent(api, path, method="GET", **headers):
    """Return the answer as it came over the line."""
    headers["Authorization"] = aiohttp.encode_basic_auth(USER, PASSWORD)
    async with (
        aiohttp.ClientSession(auto_decompress=False) as session,
        session.request(method, f"{api.url}/api/v1{path}", headers=headers) as answer,
    ):
        return answer.status, answer.headers, await answer.read()


@pytest.mark.parametrize(
    "accepted", ["", "identity", "br, zstd", "gzip;q=0", "gzip; q=0.000, *", "gzipped", "x-gzip"]
)
async def test_plain_for_who_cannot_read_gzip(api, accepted):
    _, headers, body = await sent(api, CANDLES, **{"Accept-Encoding": accepted})
    assert "Content-Encoding" not in headers
    assert headers["Vary"] == "Accept-Encoding"
    assert json.loads(body)["length"] > 5


@pytest.mark.usefixtures("_either_way")
@pytest.mark.parametrize("accepted", ["gzip", "br;q=1.0, GZIP;q=0.5", "deflate,gzip , *;q=0"])
async def test_large_answers_are_compressed(api, accepted):
    _, plain_headers, plain = await sent(api, CANDLES, **PLAIN)
    status, headers, body = await sent(api, CANDLES, **{"Accept-Encoding": accepted})
    assert (status, headers["Content-Encoding"], headers["Vary"]) == (200, "gzip", "Accept-Encoding")
    assert len(body) < len(plain) / 2
    assert int(headers["Content-Length"]) == len(body)
    assert gzip.decompress(body) == plain
    assert headers["ETag"] == plain_headers["ETag"]


async def test_small_answers_are_left_alone(api):
    _, headers, body = await sent(api, "/count", **ZIPPED)
    assert json.loads(body)["current"] == 0
    assert not {"Content-Encoding", "ETag", "Vary"} & set(headers)
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("_either_way")
async def test_what_somebody_has_is_not_sent_again(api, stage):
    _, headers, _ = await sent(api, CANDLES, **ZIPPED)
    for known in (headers["ETag"], headers["ETag"].removeprefix("W/"), f'"x", {headers["ETag"]}', "*"):
        status, again, body = await sent(api, CANDLES, **ZIPPED, **{"If-None-Match": known})
        assert (status, body) == (304, b"")
        assert again["ETag"] == headers["ETag"]
        assert (again["Cache-Control"], again["Vary"]) == ("private, no-cache", "Accept-Encoding")
    for other in ('"x"', "garbage", '"'):
        assert (await sent(api, CANDLES, **ZIPPED, **{"If-None-Match": other}))[0] == 200
    stage.market.wait(minutes=5)
    await stage.cycle(ETH=101.0)
    status, fresh, _ = await sent(api, CANDLES, **ZIPPED, **{"If-None-Match": headers["ETag"]})
    assert status == 200
    assert fresh["ETag"] != headers["ETag"]


async def test_failures_are_never_named_or_compressed(api):
    long = "x" * 7900  # told back as the input that was wrong
    status, headers, _ = await sent(api, f"/logs?limit={long}", **ZIPPED)
    assert status == 422
    assert not {"Content-Encoding", "ETag"} & set(headers)


async def test_head_returns_the_headers_of_get(api):
    _, got, _ = await sent(api, CANDLES, **ZIPPED)
    status, headers, body = await sent(api, CANDLES, "HEAD", **ZIPPED)
    assert (status, body) == (200, b"")
    assert headers["Content-Length"] == got["Content-Length"]
    assert headers["ETag"] == got["ETag"]


async def test_the_open_trades_are_named_until_one_changes(api, stage):
    for pair in ("ETH/USDT", "BTC/USDT"):
        await stage.enter(pair)
    _, headers, _ = await sent(api, "/status", **PLAIN)
    known = {"If-None-Match": headers["ETag"]}
    assert (await sent(api, "/status", **known))[0] == 304
    await stage.cycle(ETH=101.0)
    assert (await sent(api, "/status", **known))[0] == 200
