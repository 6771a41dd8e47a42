"""Conversations over the websocket, frame by frame: proper ones, and what no client would send."""

import asyncio
import base64
import json
import os
import struct
import zlib
from random import Random

from msgspec import Struct

from appliance.domain.message import MessageType
from appliance.server.routing.routes import API
from tests.fuzzing.bots import PAIRS, Login
from tests.fuzzing.probes import PATIENCE
from tests.fuzzing.values import anything, encoded, escaped, text

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
WHITELIST = b'{"type": "whitelist", "data": ""}'
TYPES = [kind.value for kind in MessageType]
QUIET_SECONDS = 0.3


class Frame(Struct, frozen=True):
    """One frame as a client sends it. `masked` false is against the protocol, as is a reserved `opcode`."""

    opcode: int
    payload: bytes
    fin: bool = True
    masked: bool = True
    reserved: int = 0
    claimed: int | None = None
    """The length that its head names, where that is another."""

    @property
    def sent(self) -> bytes:
        length = len(self.payload) if self.claimed is None else self.claimed
        mask_bit = 0x80 if self.masked else 0
        head = bytes([(0x80 if self.fin else 0) | self.reserved << 4 | self.opcode])
        if length < 126:
            head += bytes([mask_bit | length])
        elif length < 2**16:
            head += bytes([mask_bit | 126]) + struct.pack("!H", length)
        else:
            head += bytes([mask_bit | 127]) + struct.pack("!Q", length)
        return head + (bytes(4) if self.masked else b"") + self.payload  # a mask of zeros


class Conversation(Struct, frozen=True):
    """What one client sends: `query` opens it, `admitted` says whether that must succeed or fail."""

    query: str
    headers: tuple[str, ...]
    admitted: bool
    frames: tuple[Frame, ...]
    proper: bool
    """Whether all frames keep to the protocol, so that the bot must still answer after them."""

    def told(self) -> str:
        shown = [f"{frame.opcode}{'' if frame.fin else '+'}:{frame.payload[:200]!r}" for frame in self.frames]
        return f"websocket ?{self.query} {list(self.headers)} frames {shown}"


def make(random: Random, login: Login) -> Conversation:
    query, admitted = _query(random, login)
    offers = ("Sec-WebSocket-Extensions: permessage-deflate",
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=9",
        "Sec-WebSocket-Extensions: x; y=\xff", f"Sec-WebSocket-Protocol: {login.token or 'x'}",
        "Origin: https://evil.example")  # fmt: skip
    headers = tuple(random.sample(offers, random.choice((0, 0, 1, 2))))
    frames, proper = [], True
    for _ in range(random.choice((1, 3, 10, 60))):
        if random.random() < 0.8:
            frames += _proper(random)
        else:
            frames, proper = [*frames, _improper(random)], False
            break
    return Conversation(query, headers, admitted, tuple(frames), proper)


def _query(random: Random, login: Login) -> tuple[str, bool]:
    resume = random.choice(
        ("", "", "", "&resume=", f"&resume={escaped(random, text(random))}", "&resume=1&resume=2")
    )
    good = [token for token in (login.token, login.access) if token]
    if good and random.random() < 0.85:
        return f"token={random.choice(good)}{resume}", True
    bad = (
        "",
        "token=",
        f"token={login.refresh or 'x'}",
        f"token={escaped(random, text(random))}",
        "token=apl_x",
        "token=e30.e30.e30",
    )
    return random.choice(bad) + resume, False


def _proper(random: Random) -> list[Frame]:
    """Return a message that keeps to the protocol, whatever it says."""
    kind = random.random()
    if kind < 0.1:
        return [Frame(random.choice((PING, PONG)), random.randbytes(random.choice((0, 5, 125))))]
    content = _request(random)
    try:
        content.decode()
        opcode = random.choice((TEXT, TEXT, BINARY))
    except UnicodeDecodeError:
        opcode = BINARY
    if kind < 0.25 and len(content) > 3:
        pieces = [content[:1], b"", content[1:]]
        first, *others = [
            Frame(opcode if not at else 0, piece, fin=False) for at, piece in enumerate(pieces[:-1])
        ]
        return [first, Frame(PING, b"between"), *others, Frame(0, pieces[-1])]
    return [Frame(opcode, content)]


def _request(random: Random) -> bytes:
    topics = [random.choice(TYPES) for _ in range(random.choice((0, 1, 5, 200)))]
    made = random.choice(
        (
            {"type": "subscribe", "data": topics},
            {"type": "subscribe", "data": [*topics, anything(random)]},
            {"type": "whitelist", "data": anything(random)},
            {"type": "analyzed_df", "data": {"limit": random.choice((0, 1, 5, -1, 10**9, None, "x", True)),
                "pair": random.choice((*PAIRS, None, 7))}},
            {"type": "analyzed_df", "data": anything(random)},
            {"type": random.choice((*TYPES, "resume", "ping", "")), "data": anything(random)},
            {"type": anything(random), "data": anything(random)},
            anything(random),
        )
    )  # fmt: skip
    # What is no JSON at all ends the conversation, which is right; that is tried as an improper one.
    return encoded(random, made)[:60_000] if random.random() < 0.1 else json.dumps(made).encode()[:60_000]


def _improper(random: Random) -> Frame:
    return random.choice(
        (
            Frame(TEXT, WHITELIST, masked=False),
            Frame(random.choice((3, 7, 11, 15)), b"x"),
            Frame(TEXT, b"\xff\xfe"),
            Frame(TEXT, b"not json"),
            Frame(TEXT, b"[" * 100_000),
            Frame(TEXT, b'{"type": ' + b"[" * 30_000 + b"]" * 30_000 + b"}"),
            Frame(TEXT, b"x" * 70_000),
            Frame(BINARY, b"", claimed=2**40),
            Frame(BINARY, b"", claimed=2**63 + 1),
            Frame(PING, b"x" * 126),
            Frame(PING, b"x", fin=False),
            Frame(0, b"a continuation of nothing"),
            Frame(TEXT, WHITELIST, reserved=random.choice((1, 2, 4, 7))),
            Frame(TEXT, _bomb(), reserved=4),
            Frame(CLOSE, b"\x00"),
            Frame(CLOSE, struct.pack("!H", random.choice((0, 999, 1005, 1006, 1000, 65535))) + b"\xff"),
            Frame(TEXT, b"", fin=False),
        )
    )


def _bomb() -> bytes:
    """Return 8 MB that are 8 kB on the line."""
    deflate = zlib.compressobj(wbits=-15)
    return (deflate.compress(bytes(8_000_000)) + deflate.flush(zlib.Z_SYNC_FLUSH))[:-4]


async def converse(conversation: Conversation, port: int) -> list[str]:
    """Hold a conversation; return what was wrong with the bot's part."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**26)
    try:
        async with asyncio.timeout(PATIENCE):
            key = base64.b64encode(os.urandom(16)).decode()
            lines = [f"GET {API}/message/ws?{conversation.query} HTTP/1.1", "Host: 127.0.0.1",
            "Upgrade: websocket",
                "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13",
                *conversation.headers]  # fmt: skip
            writer.write("\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n")
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            status = int(head.split(" ")[1])
            if status != 101:
                expected = status == 403 if not conversation.admitted else False
                return [] if expected or status == 400 else [f"the handshake was answered {status}"]
            if not conversation.admitted:
                return ["the handshake succeeded without a token"]
            return await _talk(conversation, reader, writer)
    except (ConnectionError, asyncio.IncompleteReadError):
        return ["the connection ended in the middle of a proper conversation"] if conversation.proper else []
    except TimeoutError:
        return [f"no answer in {PATIENCE:.0f} s"]
    finally:
        writer.close()


async def _talk(
    conversation: Conversation, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> list[str]:
    for frame in conversation.frames:
        writer.write(frame.sent)
    if not conversation.proper:
        try:
            async with asyncio.timeout(QUIET_SECONDS):
                while await reader.read(65536):
                    pass
        except TimeoutError:
            pass
        return []
    mark = b"the end of this conversation"
    writer.write(Frame(PING, mark).sent)
    while True:
        opcode, payload, is_deflated = await _frame(reader)
        if (opcode, payload) == (PONG, mark):
            return []
        if opcode == CLOSE:
            code = struct.unpack("!H", payload[:2])[0] if len(payload) > 1 else 1005
            return [] if code == 1000 and b"not JSON" in payload else [f"closed with {code} {payload[2:]!r}"]
        if opcode == TEXT:
            try:
                json.loads(_inflated(payload) if is_deflated else payload)
            except (ValueError, zlib.error) as error:
                return [f"told what is no JSON: {error}"]


async def _frame(reader: asyncio.StreamReader) -> tuple[int, bytes, bool]:
    first, second = await reader.readexactly(2)
    length = second & 0x7F
    if length == 126:
        (length,) = struct.unpack("!H", await reader.readexactly(2))
    elif length == 127:
        (length,) = struct.unpack("!Q", await reader.readexactly(8))
    return first & 0x0F, await reader.readexactly(length), bool(first & 0x40)


def _inflated(payload: bytes) -> bytes:
    return zlib.decompressobj(wbits=-15).decompress(payload + b"\0\0\xff\xff")
