"""Flood a bot's server from a process of its own: as strangers, or as somebody who may only look.

python -m benchmarks.floods strangers http://127.0.0.1:8080 [token]
"""

import asyncio
import base64
import contextlib
import random
import sys
import zlib
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

IDLE, COMPRESSED, LOGINS, HALVES, PIPELINED, UPGRADES = 1300, 60, 20, 100, 8, 20
READERS, PAGES, STREAMS = 150, 20, 40
AGAIN_SECONDS = 0.05
_PING = b"GET /api/v1/ping HTTP/1.1\r\nHost: bench\r\n\r\n"


def compressed_megabyte() -> bytes:
    """Return 1 MB of gzip that becomes 1 GB."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    nothing = bytes(1 << 20)
    body = bytearray()
    while len(body) < 1_000_000:
        body += packer.compress(nothing)
    return bytes(body + packer.flush())


def request(method: str, path: str, *headers: str, body: bytes = b"", length: int | None = None) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: bench", *headers]
    lines += [f"Content-Length: {len(body) if length is None else length}"] if body or length else []
    return "\r\n".join([*lines, "", ""]).encode() + body


class Flood:
    """Hold many connections to one server, each opened again when it ends."""

    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        self._place = parts.hostname, parts.port
        self._token = token
        self._bomb = b""

    async def strangers(self) -> None:
        bomb = compressed_megabyte()
        login = "POST", "/api/v1/token/login"
        self._bomb = request(*login, "Authorization: Basic eDp5", "Content-Encoding: gzip", body=bomb)
        print("begins", flush=True)
        await asyncio.gather(
            *(self._again(self._idle) for _ in range(IDLE)),
            *(self._again(self._compressed) for _ in range(COMPRESSED)),
            *(self._again(self._login) for _ in range(LOGINS)),
            *(self._again(self._half) for _ in range(HALVES)),
            *(self._again(self._pipelined) for _ in range(PIPELINED)),
            *(self._again(self._upgrade) for _ in range(UPGRADES)),
        )

    async def viewer(self) -> None:
        print("begins", flush=True)
        await asyncio.gather(
            *(self._again(lambda r, w: self._ask(r, w, "/api/v1/sysinfo")) for _ in range(READERS)),
            *(self._again(lambda r, w: self._ask(r, w, "/api/v1/trades?limit=500")) for _ in range(PAGES)),
            *(self._again(lambda r, w: self._ask(r, w, "/api/v1/logs")) for _ in range(PAGES)),
            *(self._again(self._stream) for _ in range(STREAMS)),
        )

    async def _again(
        self, act: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
    ) -> None:
        await asyncio.sleep(random.random())
        while True:
            writer = None
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, RuntimeError):
                reader, writer = await asyncio.open_connection(*self._place)
                await act(reader, writer)
            if writer is not None:
                writer.close()
            await asyncio.sleep(AGAIN_SECONDS)

    async def _idle(self, reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async def _compressed(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self._bomb)
        await reader.read()

    async def _login(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            guess = base64.b64encode(f"trader:{random.random()}".encode()).decode()
            writer.write(request("POST", "/api/v1/token/login", f"Authorization: Basic {guess}"))
            await _answer(reader)

    async def _half(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = request("POST", "/login", "Content-Type: application/x-www-form-urlencoded", length=4000)
        writer.write(head[: random.choice((20, len(head)))])
        while not reader.at_eof():
            await asyncio.sleep(1)
            writer.write(b"a")
            await writer.drain()

    async def _pipelined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(_PING * 1000)
            await reader.readexactly(20_000)

    async def _upgrade(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = f"/api/v1/message/ws?token={random.random()}"
        wish = "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"
        writer.write(request("GET", path, *wish, "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="))
        writer.write(bytes(60_000))
        await reader.read()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> None:
        while True:
            writer.write(request("GET", path, f"Authorization: Bearer {self._token}"))
            await _answer(reader)

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Open a websocket and ask it for frames without end, reading as little as can be."""
        path = f"/api/v1/message/ws?token={self._token}"
        wish = "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"
        writer.write(request("GET", path, *wish, "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="))
        asked = b'{"type":"analyzed_df","data":{"limit":1500}}'
        frame = bytes((0x81, 0x80 | len(asked))) + bytes(4) + asked
        while not reader.at_eof():
            writer.write(frame)
            await writer.drain()
            await reader.read(65_536)


async def _answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line.partition(b":")[2]))
    if b"\r\nconnection: close" in head.lower():
        raise ConnectionResetError


if __name__ == "__main__":
    import uvloop

    kind, url, token = sys.argv[1:4]
    uvloop.run(getattr(Flood(url, token), kind)())
