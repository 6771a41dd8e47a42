"""Talk to a server over bare sockets: half requests, rows of them, and nothing at all."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

from yarl import URL

from tests.support.serving import Api


class Line:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, *lines: str, body: bytes = b"") -> None:
        """Send a head of these lines, and what follows it."""
        self.writer.write("\r\n".join((*lines, "", "")).encode() + body)

    async def status(self) -> int:
        """Return the status of the next answer, its body passed over."""
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)).lower()
        for line in head.split(b"\r\n"):
            if line.startswith(b"content-length:"):
                await self.reader.readexactly(int(line.partition(b":")[2]))
        return int(head.split()[1])

    async def ends(self) -> bool:
        """Wait until the server ends the connection."""
        with suppress(ConnectionError):
            await asyncio.wait_for(self.reader.read(), 10)
        return True

    @property
    def is_open(self) -> bool:
        return not self.reader.at_eof() and self.reader.exception() is None


@asynccontextmanager
async def lines(api: Api, count: int = 1) -> AsyncIterator[list[Line]]:
    """Open that many connections, one after the other."""
    address = URL(api.url)
    opened: list[Line] = []
    try:
        while len(opened) < count:
            opened.append(Line(*await asyncio.open_connection(address.host, address.port)))
        yield opened
    finally:
        close(opened)


@asynccontextmanager
async def line(api: Api) -> AsyncIterator[Line]:
    """Open one connection."""
    async with lines(api) as [only]:
        yield only


def close(opened: Iterable[Line]) -> None:
    for one in opened:
        one.writer.close()
