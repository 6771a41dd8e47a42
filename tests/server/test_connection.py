"""A stranger's connection that has ended leaves nothing that only a search for garbage can free.

A flood of them would have the search come every few seconds, and hold up every answer meanwhile. (A websocket
of somebody who was let in does leave a cycle, aiohttp's own.)
"""

import asyncio
import gc
import logging

import aiohttp
import pytest

from appliance.server.connection import Connection
from tests.server.raw import line
from tests.support.serving import PASSWORD, USER

LOGIN = "POST /api/v1/token/login HTTP/1.1"
UPGRADE = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13")
KEY = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="

SAID = {
    "nothing": ((), b""),
    "no request": (("\0\0\0 what",), b""),
    "no request after one": (("GET /api/v1/ping HTTP/1.1", "Host: t"), b"\0\0\0 what\r\n\r\n"),
    "a question": (("GET /api/v1/ping HTTP/1.1", "Host: t"), b""),
    "rows of questions": (("GET /api/v1/ping HTTP/1.1", "Host: t", "", "") * 20, b""),
    "a body": ((LOGIN, "Host: t", "Content-Length: 4"), b"user"),
    "half a body": ((LOGIN, "Host: t", "Content-Length: 400"), b"user"),
    "chunks that are none": ((LOGIN, "Host: t", "Transfer-Encoding: chunked"), b"zz\r\n"),
    "an encoded body": ((LOGIN, "Host: t", "Content-Encoding: gzip", "Content-Length: 400"), bytes(100)),
    "a refused upgrade": (("GET /api/v1/message/ws HTTP/1.1", "Host: t", *UPGRADE, KEY), bytes(60_000)),
}


def connections() -> int:
    return len(open_connections())


def open_connections() -> list[Connection]:
    return [one for one in gc.get_objects() if isinstance(one, Connection)]


@pytest.mark.parametrize("said", SAID)
async def test_it_is_freed_when_it_ends(api, said):
    head, body = SAID[said]
    gc.collect()
    gc.freeze()  # what earlier tests have left is not looked through again and again
    try:
        await _ends_freed(api, head, body)
    finally:
        gc.unfreeze()


async def _ends_freed(api, head, body):
    for _ in range(2):  # what the first one loads is not garbage
        gc.collect()
        before = connections()
        gc.disable()
        try:
            for _ in range(5):
                async with line(api) as caller:
                    if head:
                        caller.send(*head, body=body)
                    await asyncio.sleep(0.05)
            for _ in range(100):
                if connections() <= before:
                    break
                await asyncio.sleep(0.05)
            left = connections() - before
        finally:
            gc.enable()
    assert left <= 0


async def test_a_client_may_leave_while_the_rest_of_its_body_is_read(api, caplog):
    """Its last piece and its end come together."""
    async with line(api) as caller:
        caller.send("GET /api/v1/ping HTTP/1.1", "Host: t", "Content-Length: 9000", body=b"x" * 10)
        assert await caller.status() == 200
        [connection] = [one for one in open_connections() if one.transport is not None]
        connection.drop()
        connection.data_received(b"x" * 10)
        await asyncio.sleep(0.05)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR], caplog.text


async def test_a_client_may_leave_before_its_body_is_read(api, caplog):
    """Its connection is gone when its request is about to be handled."""
    login = f"Authorization: {aiohttp.encode_basic_auth(USER, PASSWORD)}"
    head = ("POST /api/v1/pair_candles HTTP/1.1", "Host: t", login, "Content-Type: application/json")
    async with line(api) as caller:
        caller.send("GET /api/v1/count HTTP/1.1", "Host: t", login)
        assert await caller.status() == 200
        [connection] = [one for one in open_connections() if one.transport is not None]
        connection.data_received("\r\n".join((*head, "Content-Length: 9000", "", "{")).encode())
        await asyncio.sleep(0)
        transport = connection.transport
        connection.connection_lost(None)
        transport.abort()
        await asyncio.sleep(0.05)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR], caplog.text
