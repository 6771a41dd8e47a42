"""The port: opened, refused, closed."""

import asyncio
import logging
import socket
import time

import aiohttp
import pytest
from yarl import URL

from appliance.domain.errors import ConfigurationError
from appliance.server.app import create_app
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.listening import listener
from appliance.server.listening.listener import serve
from appliance.server.middleware import request_limits
from appliance.server.middleware.access_log import masked
from tests.support.serving import PASSWORD, USER, WS_TOKENS, served, server_settings


class NoLogs:
    records = ()


@pytest.mark.parametrize(
    ("host", "key"), [("not an address", "listen_ip_address"), ("203.0.113.7", "listen_ip_address")]
)
async def test_an_address_that_is_not_ours(host, key):
    with pytest.raises(ConfigurationError, match=f"api_server.{key}: {host} is"):
        await serve(create_app(server_settings(), log_buffer=NoLogs()), host, 0)


async def test_a_port_in_use_is_reported_in_one_line():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(
            ConfigurationError, match=f"listen_port: port {port} on 127.0.0.1 is in use"
        ) as told:
            await serve(create_app(server_settings(), log_buffer=NoLogs()), "127.0.0.1", port)
    assert "\n" not in str(told.value)
    assert told.value.exit_status == 2


async def test_it_closes_at_once_though_somebody_listens(stage):
    async with aiohttp.ClientSession() as visitor:
        async with served() as api:
            api.app[BOT_SLOT].bot = stage.bot
            url = f"{api.url}/api/v1/message/ws?token={WS_TOKENS[0]}"
            listening = await visitor.ws_connect(url)
            waiting = asyncio.create_task(listening.receive())
            began = time.monotonic()
        assert time.monotonic() - began < 2
        await waiting
        assert listening.close_code == 1001


async def test_requests_are_logged_only_when_wished_and_never_with_a_token(caplog):
    for verbosity, lines in (("error", 0), ("info", 1)):
        caplog.clear()
        with caplog.at_level(logging.INFO):
            async with served(server_settings(verbosity=verbosity)) as api:
                await api.get("/message/ws", params={"token": "not-to-be-seen", "x": "1"}, login=None)
        found = [r.getMessage() for r in caplog.records if r.name == "appliance.server.access"]
        assert len(found) == lines
        assert "not-to-be-seen" not in caplog.text
        assert all('"GET /api/v1/message/ws?token=***&x=1" 403' in line for line in found)


@pytest.mark.parametrize("written", ["token", "%74oken", "to%6Ben", "tok%65n"])
async def test_a_token_is_masked_however_its_name_is_written(caplog, written):
    with caplog.at_level(logging.INFO):
        async with served(server_settings(verbosity="info")) as api:
            address = URL(f"{api.url}/api/v1/message/ws?{written}={WS_TOKENS[0]}", encoded=True)
            await api.session.get(address)
    assert f'"GET /api/v1/message/ws?{written}=***" ' in caplog.text
    assert WS_TOKENS[0] not in caplog.text


# -- those who take their time -------------------------------------------------------------------------


async def told_until_closed(api, *pieces: bytes) -> bytes:
    """Send pieces a moment apart; return what comes back until the server closes the connection."""
    address = URL(api.url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    try:
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0.05)
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize(
    "pieces", [[], [b"G"], [b"GET /api/v1/ping HTTP/1.1\r\n", b"Host: x\r\n", b"X-Slow: a", b"a", b"a"]]
)
async def test_a_connection_without_a_whole_head_is_closed(monkeypatch, pieces):
    monkeypatch.setattr(listener, "IDLE_SECONDS", 0.3)
    async with served() as api:
        assert await told_until_closed(api, *pieces) == b""


async def test_a_body_that_trickles_is_refused(api, monkeypatch):
    monkeypatch.setattr(request_limits, "BODY_SECONDS", 0.1)
    head = (
        "POST /api/v1/forceexit HTTP/1.1",
        "Host: x",
        f"Authorization: {aiohttp.encode_basic_auth(USER, PASSWORD)}",
        "Content-Length: 100",
        "",
        "{",
    )
    address = URL(api.url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write("\r\n".join(head).encode())
    status = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    assert status.split()[1] == b"408"


async def test_a_body_that_is_too_large_is_refused(api):
    answer = await api.post("/forceexit", data=b"x" * (request_limits.LARGEST_BODY + 1))
    assert answer.status == 413


async def test_a_body_of_an_unauthenticated_client_is_not_even_read(api):
    answer = await api.post("/forceexit", data=b"x" * 100, login=None)
    assert answer.status == 401


async def test_every_answer_has_security_headers(api):
    for path in ("/ping", "/version", "/nothing", "/trade/x"):
        headers = (await api.get(path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Server"] == "appliance"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/ws?token=abc", "/ws?token=***"),
        ("/ws?a=1&TOKEN=abc&b=2", "/ws?a=1&TOKEN=***&b=2"),
        ("/token/login", "/token/login"),
        ("/ws?token=a&token=b", "/ws?token=***&token=***"),
        ("/ws?x=apl_abc-_1&y=2", "/ws?x=apl_***&y=2"),
        ("/trade/apl_abc/x", "/trade/apl_***/x"),
    ],
)
def test_tokens_are_masked(address, shown):
    assert masked(address) == shown
