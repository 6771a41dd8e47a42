"""Listen to a bot's websocket by the hundred from a process of its own, and note what came when.

Reads orders as lines on its standard input and answers each with a line of JSON.
"""

import asyncio
import json
import sys
import time
from typing import Any
from urllib.parse import urlsplit


class Listener(asyncio.Protocol):
    """Open one websocket and count its messages; `holds` stops reading once it has subscribed."""

    def __init__(self, request: bytes, topics: list[str], *, holds: bool) -> None:
        self._request = request
        self._topics = topics
        self._holds = holds
        self._upgraded = False
        self._buffer = bytearray()
        self.open = asyncio.get_running_loop().create_future()
        self.count = 0
        self.first = self.last = 0.0
        self.late: list[float] = []
        self.ended = ""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            assert b" 101 " in self._buffer[:20], bytes(self._buffer[:200])
            del self._buffer[: end + 4]
            self._upgraded = True
            self._send(json.dumps({"type": "subscribe", "data": self._topics}).encode(), 0x81)
            if self._holds:
                self.transport.pause_reading()
            self.open.set_result(None)
        self._read()

    def connection_lost(self, error: Exception | None) -> None:
        self.ended = self.ended or "lost"

    def _read(self) -> None:
        at, buffer = 0, self._buffer
        while len(buffer) - at >= 2:
            length, head = buffer[at + 1] & 0x7F, 2
            if length > 125:
                wide = 2 if length == 126 else 8
                length, head = int.from_bytes(buffer[at + 2 : at + 2 + wide], "big"), 2 + wide
            if len(buffer) - at < head + length:
                break
            self._hear(buffer[at] & 0x0F, bytes(buffer[at + head : at + head + length]))
            at += head + length
        del buffer[:at]

    def _hear(self, code: int, payload: bytes) -> None:
        if code == 9:
            self._send(payload, 0x8A)
        elif code == 8:
            self.ended = str(int.from_bytes(payload[:2], "big"))
        elif code == 1:
            self.count += 1
            self.last = time.time()
            self.first = self.first or self.last
            stamp = payload.find(b"sent=")
            if stamp >= 0:
                self.late.append(self.last - float(payload[stamp + 5 : stamp + 22]))

    def _send(self, payload: bytes, first: int) -> None:
        assert len(payload) < 126
        mask = b"\0\0\0\0"
        self.transport.write(bytes((first, 0x80 | len(payload))) + mask + payload)


async def listen(url: str, token: str, topics: list[str], count: int, holding: int) -> list[Listener]:
    """Open `count` websockets, of which the last `holding` stop reading."""
    parts = urlsplit(url)
    lines = [
        f"GET /api/v1/message/ws?token={token} HTTP/1.1",
        f"Host: {parts.netloc}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    loop = asyncio.get_running_loop()
    found = []
    for number in range(count):
        holds = number >= count - holding
        _, listener = await loop.create_connection(
            lambda holds=holds: Listener(request, topics, holds=holds), parts.hostname, parts.port
        )
        await listener.open
        found.append(listener)
    return found


def seen(listeners: list[Listener]) -> dict[str, Any]:
    """Return what all have heard since last asked, and begin anew."""
    late = [value for one in listeners for value in one.late]
    result = {
        "counts": [one.count for one in listeners],
        "first": [one.first for one in listeners],
        "late_max": max(late, default=0),
        "late_mean": sum(late) / len(late) if late else 0,
        "ended": [one.ended for one in listeners],
    }
    for one in listeners:
        one.count, one.first, one.late = 0, 0.0, []
    return result


async def main() -> None:
    order = json.loads(sys.argv[1])
    listeners = await listen(**order)
    print(json.dumps("open"), flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(seen(listeners)), flush=True)


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())
