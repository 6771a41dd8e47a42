"""Listen to a bot's websocket by the hundred from a process of its own, and note what came when.

Reads orders as lines on its standard input and answers each with a line of JSON.
"""

import asyncio
import json
import sys
import time
from typing import Any
from urllib.parse import urlsplit

_MARK = b"number="


def _number(message: bytes) -> int:
    at = message.index(_MARK) + len(_MARK)
    return int(message[at : at + 9])


def _sent(message: bytes) -> float:
    at = message.index(b"sent=") + 5
    return float(message[at : at + 17])


class Listener(asyncio.Protocol):
    """Open one websocket and count its messages; `holds` stops reading once it has subscribed.

    Messages with "number=" are all of one size; those that come together are looked at first and last alone,
    or a thousand listeners in one process would be what is measured.
    """

    def __init__(self, request: bytes, topics: list[str], *, holds: bool) -> None:
        self._request = request
        self._topics = topics
        self._holds = holds
        self._upgraded = False
        self._buffer = bytearray()
        self._frame = 0  # bytes of a numbered message with its header
        self._number = 0
        self.open = asyncio.get_running_loop().create_future()
        self.ended = ""
        self.forget()

    def forget(self) -> None:
        """Count anew; numbers go on."""
        self.count = self.gaps = 0
        self.first = self.late_sum = self.late_most = 0.0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if self._frame and not self._buffer and len(data) % self._frame == 0 and self._all_numbered(data):
            return
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

    def wake(self) -> None:
        """Read again, where that was stopped."""
        if not self.transport.is_closing():
            self.transport.resume_reading()

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
            self._hear(buffer[at] & 0x0F, bytes(buffer[at + head : at + head + length]), head + length)
            at += head + length
        del buffer[:at]

    def _all_numbered(self, data: bytes) -> bool:
        """Count whole messages that follow on each other; tell whether they are nothing else."""
        count = len(data) // self._frame
        first, last = data[: self._frame], data[-self._frame :]
        if (
            first[:2] != last[:2]
            or _number(first) != self._number + 1
            or _number(last) != self._number + count
        ):
            return False
        now = time.time()
        self._note(now, count, now - _sent(first), now - _sent(last))
        self._number += count
        return True

    def _hear(self, code: int, payload: bytes, size: int) -> None:
        if code == 9:
            self._send(payload, 0x8A)
        elif code == 8:
            self.ended = str(int.from_bytes(payload[:2], "big"))
        elif code == 1:
            now, late = time.time(), 0.0
            if _MARK in payload:
                late = now - _sent(payload)
                self._frame = size
                self.gaps += _number(payload) != self._number + 1
                self._number = _number(payload)
            self._note(now, 1, late, late)

    def _note(self, now: float, count: int, most: float, least: float) -> None:
        self.count += count
        self.first = self.first or now
        self.late_most = max(self.late_most, most)
        self.late_sum += count * (most + least) / 2

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
    count = sum(one.count for one in listeners)
    result = {
        "counts": [one.count for one in listeners],
        "gaps": [one.gaps for one in listeners],
        "first": [one.first for one in listeners],
        "late_max": max(one.late_most for one in listeners),
        "late_mean": sum(one.late_sum for one in listeners) / max(count, 1),
        "ended": [one.ended for one in listeners],
    }
    for one in listeners:
        one.forget()
    return result


async def main() -> None:
    listeners = await listen(**json.loads(sys.argv[1]))
    print(json.dumps("open"), flush=True)
    while order := await asyncio.to_thread(sys.stdin.readline):
        if order == "wake\n":
            for one in listeners:
                one.wake()
        print(json.dumps(seen(listeners)), flush=True)


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())
