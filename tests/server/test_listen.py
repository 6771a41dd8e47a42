"""The port: opened, refused, closed."""

import asyncio
import logging
import socket
import time

import aiohttp
import pytest

from appliance.domain.errors import ConfigurationError
from appliance.server.access_log import masked
from appliance.server.app import create_app
from appliance.server.desk import DESK
from appliance.server.listen import serve
from tests.server.serving import WS_TOKENS, served, server_settings


class NoLogs:
    records = ()


@pytest.mark.parametrize(
    ("host", "key"), [("not an address", "listen_ip_address"), ("203.0.113.7", "listen_ip_address")]
)
async def test_an_address_that_is_not_ours(host, key):
    with pytest.raises(ConfigurationError, match=f"api_server.{key}: {host} is"):
        await serve(create_app(server_settings(), log_buffer=NoLogs()), host, 0)


async def test_a_port_in_use_is_told_in_one_line():
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
            api.app[DESK].bot = stage.bot
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


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/ws?token=abc", "/ws?token=***"),
        ("/ws?a=1&TOKEN=abc&b=2", "/ws?a=1&TOKEN=***&b=2"),
        ("/token/login", "/token/login"),
        ("/ws?token=a&token=b", "/ws?token=***&token=***"),
    ],
)
def test_tokens_are_masked(address, shown):
    assert masked(address) == shown
