"""Connections on which something arrived that nobody asked for are not used again."""

import asyncio
from types import SimpleNamespace

import pytest

from appliance.exchange.ccxt.transport import open_sessions, recorded


class Stutterer:
    """Answer each request with its path, and with the same once more a little later."""

    def __init__(self) -> None:
        self.connections = 0
        self.again_after = 0.01

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                path = request.split()[1]
                answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(path), path)
                writer.write(answer)
                if self.again_after:
                    await asyncio.sleep(self.again_after)
                    writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@pytest.fixture
async def stutterer():
    stutterer = Stutterer()
    server = await asyncio.start_server(stutterer.serve, "127.0.0.1", 0)
    stutterer.root = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield stutterer
    server.close()


@pytest.fixture
async def session():
    exchange = SimpleNamespace(ssl_context=True, aiohttp_trust_env=False)
    open_sessions(exchange)
    yield exchange.session
    await exchange.session.close()


async def text(session, method: str, url: str) -> str:
    async with getattr(session, method)(url) as answer:
        return await answer.text()


async def test_an_answer_that_comes_again_is_not_read_as_the_next(stutterer: Stutterer, session):
    for number in range(3):
        assert await text(session, "get", f"{stutterer.root}/{number}") == f"/{number}"
        await asyncio.sleep(0.05)
    assert stutterer.connections == 3


async def test_questions_share_connections_and_orders_have_their_own(stutterer: Stutterer, session):
    stutterer.again_after = 0
    for number in range(3):
        await text(session, "get", f"{stutterer.root}/{number}")
    assert stutterer.connections == 1
    with recorded(alone=True):
        await text(session, "post", f"{stutterer.root}/order")
        await text(session, "post", f"{stutterer.root}/order")
    assert stutterer.connections == 3
    await text(session, "get", f"{stutterer.root}/4")
    assert stutterer.connections == 3
