"""Requests that nobody would send on purpose: each is answered, and none is taken for a mistake of ours."""

import asyncio
import logging

import aiohttp
import pytest
import yarl

from appliance.server.connection import LINGER_SECONDS
from tests.fuzzing.judging import INNER_ERROR
from tests.server.raw import line
from tests.support.serving import PASSWORD, USER, WS_TOKENS

ODD = (
    "%ff%fe",
    "%ED%A0%80",
    "%00",
    "..%2f..%2fetc%2fpasswd",
    "%F0%9F%98%80",
    "'; DROP TABLE trades",
    "x" * 4000,
)


@pytest.mark.parametrize("text", ODD)
async def test_odd_texts_in_the_address(api, text, caplog):
    for path in (
        f"/{text}",
        f"/trade/{text}",
        f"/logs?limit={text}",
        f"/trades?{text}={text}",
        f"/pair_candles?pair={text}&timeframe={text}",
        f"/message/ws?token={text}",
    ):
        answer = await api.get(path)
        assert answer.status in (200, 403, 404, 422), (path, answer)
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 0, -1])
async def test_odd_numbers(api, stage, number, caplog):
    await stage.cycle()
    for answer in (
        await api.get(f"/trade/{number}"),
        await api.get(f"/trades?limit={number}"),
        await api.get(f"/trades?limit=1&offset={number}"),
        await api.get(f"/pair_candles?pair=ETH/USDT&timeframe=5m&limit={number}"),
        await api.get(f"/logs?limit={number}"),
    ):
        assert answer.status in (200, 404, 422), answer
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("trade_id", ["²", "٣", "9" * 5000, "", "all ", "-1", "1e3", "\x00", 2**63 - 1])
async def test_odd_trades_to_exit(api, trade_id, caplog):
    answer = await api.post("/forceexit", {"tradeid": trade_id})
    assert answer.status == 502
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    "changed",
    [
        {"pair": ""},
        {"pair": "x" * 10_000},
        {"pair": "ETH/USDT", "price": 0},
        {"pair": "ETH/USDT", "price": -1},
        {"pair": "ETH/USDT", "price": 1e300},
        {"pair": "ETH/USDT", "price": 1e-300},
        {"pair": "ETH/USDT", "stakeamount": 0},
        {"pair": "ETH/USDT", "stakeamount": -5},
        {"pair": "ETH/USDT", "stakeamount": 1e300},
        {"pair": "ETH/USDT", "stakeamount": 1e-9},
        {"pair": "ETH/USDT", "leverage": 0},
        {"pair": "ETH/USDT", "leverage": -3},
        {"pair": "ETH/USDT", "leverage": 1e9},
        {"pair": "ETH/USDT", "entry_tag": "x" * 100_000},
    ],
)
async def test_odd_entries(api, changed, caplog):
    answer = await api.post("/forceenter", changed)
    assert answer.status in (200, 502), answer
    assert "Traceback" not in caplog.text
    assert (await api.get("/status")).status == 200
    assert (await api.get("/balance")).status == 200
    assert (await api.get("/profit")).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\nnonsense\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}",
        b"Content-Length: 50\r\n\r\n{}",
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/forceexit", "/api/v1/ping", "/login", "/dashboard/pause"])
async def test_a_body_that_is_not_as_its_head_says_is_no_mistake_of_ours(api, body, path, caplog):
    """Nor is a caller who leaves in the middle of one."""
    host, port = yarl.URL(api.url).host, yarl.URL(api.url).port
    reader, writer = await asyncio.open_connection(host, port)
    login = aiohttp.encode_basic_auth(USER, PASSWORD).encode()
    head = (
        b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
        % path.encode()
    )
    writer.write(head + b"Connection: close\r\nAuthorization: " + login + b"\r\n" + body)
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    status = [line.split()[1] for line in answer.splitlines() if line.startswith(b"HTTP/1.1 ")][-1:]
    assert status in ([], [b"100"], [b"400"], [b"401"], [b"403"], [b"405"])
    assert INNER_ERROR.encode() not in answer
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR], caplog.text


async def test_no_token_is_recorded_that_came_as_a_subprotocol(api, caplog):
    protocols = ("apl_a-token-of-somebody", "v1.token")
    async with api.session.ws_connect(
        f"{api.url}/api/v1/message/ws?token={WS_TOKENS[0]}", protocols=protocols
    ) as socket:
        await socket.send_json({"type": "whitelist"})
        assert (await socket.receive_json())["type"] == "whitelist"
    assert "apl_" not in caplog.text


@pytest.mark.parametrize("path", ["/pair_candles", "/locks", "/blacklist", "/forceexit"])
@pytest.mark.parametrize("size", [100, 40_000, 150_000, 900_000])
async def test_a_large_body_gets_a_short_answer(api, path, size):
    """However much is wrong with it, over however many packets it comes."""
    for body in (
        b"[" + b"0," * (size // 2) + b"0]",
        b'{"pair": "A", "timeframe": "5m", "blacklist": ["' + b"x" * size + b'"], "columns": ["a"]}',
        b'{"pair": "A", "timeframe": "5m", "columns": [' + b"0," * (size // 2) + b"0], "
        b'"blacklist": [' + b"{}," * (size // 3) + b"1]}",
        b"[" + b'{"pair": 1},' * (size // 12) + b"{}]",
        b'[{"reason": "' + b"x" * size + b'"}]',
    ):
        body = body[:1_000_000].ljust(size)
        answer = await api.ask("POST", path, data=body, headers={"Content-Type": "application/json"})
        assert answer.status in (200, 413, 422, 502)
        assert answer.status != 413 or len(body) > 2**20
        assert int(answer.headers.get("Content-Length", 0)) < 500_000


async def test_no_more_than_fifty_problems_are_reported(api):
    answer = await api.post("/locks", [{} for _ in range(1000)])
    assert answer.status == 422
    assert 50 <= len(answer.body["detail"]) < 60


@pytest.mark.parametrize("path", ["/api/v1/forceexit", "/login", "/dashboard/stop", "/api/v1/ping", "/nope"])
@pytest.mark.parametrize("size", [5_000, 17_000, 40_000, 300_000, 3_000_000])
async def test_an_unauthenticated_clients_large_body_is_refused_without_a_log_line(api, path, size, caplog):
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    try:
        async with api.session.post(api.url + path, data=b"x" * size, headers=headers) as answer:
            assert 400 <= answer.status < 500
            await answer.read()
    except aiohttp.ClientError:  # hung up on while it was still sending
        assert size > 16_000
    await asyncio.sleep(0.35)  # what goes wrong while the line is parted with
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR], caplog.text


@pytest.mark.parametrize("request_line", ["GET /api/v1/ping", "GET /login"])
async def test_nothing_is_answered_behind_a_body_that_nobody_reads(api, caplog, request_line):
    """The connection is half closed by then: an answer to the next request could not be written."""
    ping = b"GET /api/v1/ping HTTP/1.1\r\nHost: t\r\n\r\n"
    async with line(api) as caller:
        head = (f"{request_line} HTTP/1.1", "Host: t", "Content-Length: 100000")
        caller.send(*head, body=b"x" * 100_000 + ping * 3)
        assert await caller.status() == 200
        assert (await caller.reader.read()) == b""
        await asyncio.sleep(LINGER_SECONDS + 0.1)  # a client that does not close its half either
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR], caplog.text
