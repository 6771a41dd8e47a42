"""One request: its bytes as they go over the line, what it may expect, and how to make it again by hand."""

import asyncio
import gzip
import shlex
import zlib
from random import Random

from msgspec import Struct

from appliance.queries.roles import Role
from tests.fuzzing.judging import Answer

PATIENCE = 20.0
"""Seconds that an answer may take, on a machine that is busy with other things."""
STREAM_SECONDS = 0.5
"""How long a stream of events is listened to."""


class Probe(Struct, frozen=True, kw_only=True):
    """Hold a request. `template` is the route's path, `role` what its credentials are worth."""

    method: str
    target: str
    template: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    role: Role | None
    spoilt: bytes | None = None
    """What goes over the line instead, where that is no proper HTTP."""

    @property
    def sent(self) -> bytes:
        if self.spoilt is not None:
            return self.spoilt
        named = {name.lower() for name, _ in self.headers}
        lines = [
            f"{self.method} {self.target} HTTP/1.1",
            *(f"{name}: {value}" for name, value in self.headers),
        ]
        if "host" not in named:
            lines.append("Host: 127.0.0.1")
        if self.body and not named & {"content-length", "transfer-encoding"}:
            lines.append(f"Content-Length: {len(self.body)}")
        if "connection" not in named:
            lines.append("Connection: close")
        return "\r\n".join(lines).encode("utf-8", "surrogatepass") + b"\r\n\r\n" + self.body

    def by_hand(self, url: str) -> str:
        """Return the command that sends the same again."""
        if self.spoilt is not None:
            host, _, port = url.removeprefix("http://").partition(":")
            return f"printf %b {shlex.quote(_escaped(self.spoilt))} | nc -w 5 {host} {port}"
        words = ["curl", "-sS", "-i", "--path-as-is", "-X", self.method, "-m", "20"]
        for name, value in self.headers:
            words += ["-H", f"{name}: {value}"]
        command = " ".join(shlex.quote(word) for word in [*words, url + self.target])
        if self.body:
            command = f"printf %b {shlex.quote(_escaped(self.body))} | {command} --data-binary @-"
        return command


def _escaped(content: bytes) -> str:
    shown = "".join(chr(b) if 32 <= b < 127 and b != 92 else f"\\x{b:02x}" for b in content[:4000])
    return (
        shown
        if len(content) <= 4000
        else f"{shown}  # and {len(content) - 4000} bytes more: make it again by number"
    )


def spoil(random: Random, probe: Probe) -> Probe:
    """Return the request as something that is almost HTTP."""
    line = bytearray(probe.sent)
    kind = random.randrange(8)
    if kind == 0:
        del line[random.randrange(len(line)) :]
    elif kind == 1:
        for _ in range(random.choice((1, 5, 50))):
            line[random.randrange(min(len(line), 2000))] = random.randrange(256)
    elif kind == 2:
        line[:0] = random.choice(
            (b"\r\n\r\n", b"\0", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\0\x01\0\x01\xfc")
        )
    elif kind == 3:
        line = bytearray(
            line.replace(b"HTTP/1.1", random.choice((b"HTTP/0.9", b"HTTP/1.0", b"HTTP/9.9", b"HTTP/2", b"")))
        )
    elif kind == 4:
        more = random.choice((b"Content-Length: -1", b"Content-Length: 99999999999999999999",
            b"Content-Length: 1\r\nContent-Length: 2",
            b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked\r\nContent-Length: 3",
            b"X: " + b"y" * 20_000,
            b"X-\xff: \xfe", b" folded: yes", b"Host: a\r\nHost: b", b"Expect: 100-continue",
            b"Upgrade: h2c\r\nConnection: Upgrade"))  # fmt: skip
        line = bytearray(line.replace(b"\r\n", b"\r\n" + more + b"\r\n", 1))
    elif kind == 5:
        chunks = random.choice(
            (
                b"5\r\nhello\r\n0\r\n\r\n",
                b"ffffffffffffffff\r\n",
                b"-1\r\n\r\n",
                b"zz\r\n\r\n",
                b"5;x=" + b"y" * 9000 + b"\r\nhello\r\n0\r\n\r\n",
            )
        )
        line = bytearray(line.replace(b"\r\n", b"\r\nTransfer-Encoding: chunked\r\n", 1)) + chunks
    elif kind == 6:
        line += line * random.choice((1, 5, 30))
        line = bytearray(line.replace(b"Connection: close", b"Connection: keep-alive"))
    else:
        line = bytearray(line.replace(b"\r\n", b"\n"))
    return Probe(
        method=probe.method, target=probe.target, template="", headers=(), body=b"", role=None,
            spoilt=bytes(line)
    )  # fmt: skip


async def send(probe: Probe, port: int) -> Answer | None:
    """Send a request and return the answer; None where the bot said nothing to what was no request.

    Raises TimeoutError for a request that gets no answer.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**26)
    try:
        try:
            writer.write(probe.sent)
            if probe.spoilt is not None and writer.can_write_eof():
                writer.write_eof()
            async with asyncio.timeout(PATIENCE):
                return await _answer(reader, is_head=probe.method == "HEAD")
        except (ConnectionError, asyncio.IncompleteReadError):
            return None
    except TimeoutError:
        if probe.spoilt is not None:  # half a request may wait for its other half
            return None
        raise
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader, *, is_head: bool) -> Answer | None:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    if not first.startswith("HTTP/"):
        return Answer(0, {}, head)
    status = int(first.split(" ")[1])
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
    }
    if is_head or status in (204, 304):
        return Answer(status, headers, b"")
    if headers.get("content-type", "").startswith("text/event-stream"):
        return Answer(status, headers, await _listened(reader))
    if "content-length" in headers:
        body = await reader.readexactly(int(headers["content-length"]))
    else:
        body = (
            _unchunked(await reader.read())
            if "chunked" in headers.get("transfer-encoding", "")
            else await reader.read()
        )
    return Answer(status, headers, _plain(body, headers.get("content-encoding", "")))


async def _listened(reader: asyncio.StreamReader) -> bytes:
    heard = b""
    try:
        async with asyncio.timeout(STREAM_SECONDS):
            while more := await reader.read(65536):
                heard += more
    except TimeoutError:
        pass
    return heard


def _unchunked(body: bytes) -> bytes:
    whole = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size.split(b";")[0] or b"0", 16)
        if not length:
            break
        whole, body = whole + rest[:length], rest[length + 2 :]
    return whole


def _plain(body: bytes, encoding: str) -> bytes:
    try:
        return {"gzip": gzip.decompress, "deflate": zlib.decompress}[encoding](body)
    except KeyError:
        return body
