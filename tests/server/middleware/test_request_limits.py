"""What is done for whom: nothing is inflated, taken in or kept for strangers, and nobody waits for them."""

import asyncio
import gzip
import logging
import zlib

import aiohttp
import pytest

from appliance.server import connection
from appliance.server.listening.connection_slots import CONNECTION_SLOTS
from appliance.server.middleware import access_log, request_limits
from appliance.server.middleware.request_limits import LARGEST_BODY, LARGEST_UNAUTHENTICATED
from tests.server.raw import line
from tests.support.serving import PASSWORD, USER, served, server_settings

LOGIN = f"Authorization: {aiohttp.encode_basic_auth(USER, PASSWORD)}"
ENCODINGS = {
    "gzip": gzip.compress(b"{}"),
    "deflate": zlib.compress(b"{}"),
    "br": b"{}",
    "GZIP ": gzip.compress(b"{}"),
    "identity, gzip": gzip.compress(b"{}"),
    "identity\r\nContent-Encoding: gzip": gzip.compress(b"{}"),
}


@pytest.mark.parametrize("encoding", sorted(ENCODINGS))
@pytest.mark.parametrize(
    "path", ["/api/v1/token/login", "/api/v1/forceexit", "/login", "/nothing", "/dashboard/stop"]
)
async def test_an_encoded_body_is_refused(api, path, encoding):
    async with line(api) as stranger:
        body = ENCODINGS[encoding]
        head = (f"POST {path} HTTP/1.1", "Host: x", LOGIN, f"Content-Encoding: {encoding}")
        stranger.send(*head, f"Content-Length: {len(body)}", body=body)
        assert await stranger.status() == 415
        assert await stranger.ends()


async def test_nothing_of_an_encoded_body_is_inflated(api, monkeypatch):
    """Neither by us nor by the library: what inflates would have to be made first."""
    made = []
    monkeypatch.setattr(aiohttp.http_parser.ZLibDecompressor, "__init__", lambda *_, **__: made.append(1))
    async with line(api) as stranger:
        body = gzip.compress(bytes(1 << 20))
        head = ("POST /api/v1/token/login HTTP/1.1", "Host: x", "Content-Encoding: gzip")
        stranger.send(*head, f"Content-Length: {len(body)}", body=body)
        assert await stranger.status() == 415
    assert not made


async def test_identity_is_no_encoding(api):
    answer = await api.post("/pause", headers={"Content-Encoding": "identity"})
    assert answer.status == 200


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("POST /api/v1/forceexit HTTP/1.1", 401),
        ("POST /api/v1/token/login HTTP/1.1", 401),
        ("POST /login HTTP/1.1", 413),
        ("POST /nothing HTTP/1.1", 404),
        ("PUT /api/v1/ping HTTP/1.1", 405),
        ("POST /dashboard/stop HTTP/1.1", 401),
    ],
)
async def test_an_unauthenticated_client_is_answered_before_the_body_came_and_parted_with(
    api, request_line, status
):
    async with line(api) as stranger:
        form = "Content-Type: application/x-www-form-urlencoded"
        stranger.send(request_line, "Host: x", form, "Content-Length: 1000000", body=b"a" * 100)
        assert await stranger.status() == status
        assert await stranger.ends()


async def test_a_known_caller_keeps_the_connection_after_a_refusal(api):
    async with line(api) as known:
        for _ in range(2):
            known.send("GET /api/v1/trade/77 HTTP/1.1", "Host: x", LOGIN)
            assert await known.status() == 404


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_login_form_has_little_room(api, chunked):
    async with line(api) as stranger:
        body = b"a" * (LARGEST_UNAUTHENTICATED + 1)
        told = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"
        sent = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if chunked else body
        form = "Content-Type: application/x-www-form-urlencoded"
        stranger.send("POST /login HTTP/1.1", "Host: x", form, told, body=sent)
        assert await stranger.status() == 413


async def test_a_chunked_body_of_a_known_caller_is_bounded_too(api):
    async with line(api) as known:
        piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        head = ("POST /api/v1/forceexit HTTP/1.1", "Host: x", LOGIN, "Transfer-Encoding: chunked")
        known.send(*head, "Content-Type: application/json", body=piece * (LARGEST_BODY // 0x10000 + 2))
        assert await known.status() == 413


async def test_a_form_of_an_unauthenticated_client_that_trickles_is_refused(api, monkeypatch):
    monkeypatch.setattr(request_limits, "UNAUTHENTICATED_SECONDS", 0.1)
    async with line(api) as stranger:
        form = "Content-Type: application/x-www-form-urlencoded"
        stranger.send("POST /login HTTP/1.1", "Host: x", form, "Content-Length: 100", body=b"a")
        assert await stranger.status() == 408


@pytest.mark.parametrize("headers", [1, 60])
async def test_a_head_without_end_is_cut_off(api, headers):
    async with line(api) as stranger:
        stranger.writer.write(b"GET /api/v1/ping HTTP/1.1\r\n")
        for number in range(20):
            stranger.writer.write(b"X-%d: %s\r\n" % (number, b"a" * 4000) * headers)
            await asyncio.sleep(0.005)
        assert await stranger.ends()
    assert not len(api.app[CONNECTION_SLOTS].unauthenticated)


async def test_a_first_request_has_less_time_than_the_next(api, monkeypatch):
    monkeypatch.setattr(connection, "FIRST_SECONDS", 0.1)
    async with line(api) as stranger:
        stranger.writer.write(b"GET /api/v1/p")
        assert await stranger.ends()
    async with line(api) as known:
        known.send("GET /api/v1/version HTTP/1.1", "Host: x", LOGIN)
        assert await known.status() == 200
        await asyncio.sleep(0.3)
        known.send("GET /api/v1/version HTTP/1.1", "Host: x", LOGIN)
        assert await known.status() == 200


async def test_a_row_of_requests_is_answered_in_order(api):
    """However many of them a stranger sends without waiting: they are not parsed all at once."""
    async with line(api) as stranger:
        stranger.writer.write(b"GET /api/v1/ping HTTP/1.1\r\nHost: x\r\n\r\n" * 500)
        assert [await stranger.status() for _ in range(500)] == [200] * 500


@pytest.mark.parametrize("token", ["", "?token=wrong"])
async def test_an_unauthenticated_clients_websocket_cannot_send_a_frame(api, token):
    async with line(api) as stranger:
        wish = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13")
        key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
        extension = "Sec-WebSocket-Extensions: permessage-deflate"
        path = f"GET /api/v1/message/ws{token} HTTP/1.1"
        stranger.send(path, "Host: x", *wish, key, extension, body=b"\xc1\xff" + bytes(100_000))
        assert await stranger.status() == 403
        assert await stranger.ends()


async def test_a_deflated_frame_that_grows_too_large_is_refused(api):
    token = (await api.post("/token/login")).body["access_token"]
    address = f"{api.url}/api/v1/message/ws?token={token}"
    async with api.session.ws_connect(address, compress=15) as listening:
        await listening.send_str("[" + " " * 200_000 + "]", compress=15)
        answer = await asyncio.wait_for(listening.receive(), 10)
        assert answer.type is aiohttp.WSMsgType.CLOSE
        assert answer.data == aiohttp.WSCloseCode.MESSAGE_TOO_BIG


async def test_a_reader_that_reads_nothing_is_dropped(api, monkeypatch):
    monkeypatch.setattr(connection, "STUCK_SECONDS", 0.2)
    async with line(api) as known:
        known.writer.transport.pause_reading()
        asked = f"GET /static/vendor/htmx.min.js HTTP/1.1\r\nHost: x\r\n{LOGIN}\r\n\r\n".encode()
        known.writer.write(asked * 2000)
        slots = api.app[CONNECTION_SLOTS]
        async with asyncio.timeout(20):
            while len(slots) == 0:
                await asyncio.sleep(0.01)
            while len(slots):
                await asyncio.sleep(0.05)


async def test_a_small_body_that_comes_after_its_answer_is_no_reason_to_part(api):
    """Clients send head and body one after the other, and a login is answered by its head."""
    async with line(api) as known:
        for _ in range(2):
            known.send("POST /api/v1/token/login HTTP/1.1", "Host: x", LOGIN, "Content-Length: 2")
            assert await known.status() == 200
            known.writer.write(b"{}")
        known.send("GET /api/v1/ping HTTP/1.1", "Host: x")
        assert await known.status() == 200


async def test_refused_unauthenticated_clients_do_not_fill_the_log(monkeypatch, caplog):
    monkeypatch.setattr(access_log, "REFUSAL_LINES", 3)
    monkeypatch.setattr(access_log, "_refused", access_log._Refused())
    with caplog.at_level(logging.INFO, "appliance.server.access"):
        async with served(server_settings(verbosity="info")) as api:
            for _ in range(10):
                assert (await api.get("/version", login=None)).status == 401
            for _ in range(5):
                assert (await api.get("/version")).status == 200
    told = [one.getMessage() for one in caplog.records if one.name == "appliance.server.access"]
    assert len([one for one in told if '" 401 ' in one]) == 3
    assert len([one for one in told if '" 200 ' in one]) == 5
