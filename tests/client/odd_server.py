"""A server that answers what the test says, byte by byte, and keeps what it was asked."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

CLOSE = b"close"
"""Close the connection instead of answering."""
HANG = b"hang"
"""Say nothing."""
TOKENS = {"access_token": "first", "refresh_token": "renews"}


class Asked(NamedTuple):
    line: str
    headers: dict[str, str]
    body: Any

    @property
    def authorization(self) -> str:
        return self.headers.get("authorization", "")


def response(body: Any = None, status: int = 200, *, raw: bytes | None = None, **headers: str) -> bytes:
    """Return an HTTP answer; `closing="yes"` has the server close the connection after it."""
    content = raw if raw is not None else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}", "Content-Type: application/json"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


class OddServer:
    def __init__(self, answers: tuple[bytes, ...]) -> None:
        self.asked: list[Asked] = []
        self.connections = 0
        self.url = ""
        self._answers = list(answers)

    @property
    def lines(self) -> list[str]:
        return [asked.line for asked in self.asked]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await _head(reader):
                line, *rest = head.split("\r\n")
                pairs = (item.split(": ", 1) for item in rest if item)
                headers = {name.lower(): value for name, value in pairs}
                content = await reader.readexactly(int(headers.get("content-length", 0)))
                self.asked.append(
                    Asked(line.removesuffix(" HTTP/1.1"), headers, json.loads(content) if content else None)
                )
                answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
                if answer == CLOSE:
                    break
                if answer == HANG:
                    await asyncio.sleep(60)
                writer.write(answer)
                await writer.drain()
                if b"closing: yes" in answer:
                    break
        except ConnectionError:
            pass
        finally:
            writer.close()


async def _head(reader: asyncio.StreamReader) -> str:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode()
    except asyncio.IncompleteReadError:
        return ""


@asynccontextmanager
async def odd(*answers: bytes) -> AsyncIterator[OddServer]:
    """Answer one request after the other, the last answer for ever."""
    server = OddServer(answers)
    tasks: set[asyncio.Task] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())
        await server.serve(reader, writer)

    listener = await asyncio.start_server(accept, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
