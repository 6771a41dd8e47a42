"""Put still WebP pictures of one size together to one that moves.

The format is a list of chunks, named in four letters, in a RIFF file (RFC 9649): a header that says how large
the canvas is, how often to repeat, then each picture's own chunk with how long it is shown.
"""

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

_MOVES = 0x02
_REPLACES = 0x02  # a frame covers the one before, and is not mixed with it


def write(file: Path, stills: Sequence[tuple[Path, float]], size: tuple[int, int]) -> None:
    """Write pictures of `size` (width, height) one after another, each for so many seconds, without end."""
    header = struct.pack("<B3x", _MOVES) + _canvas(size)
    chunks = [_chunk(b"VP8X", header), _chunk(b"ANIM", struct.pack("<IH", 0xFFFFFFFF, 0))]
    for still, seconds in stills:
        place = bytes(6) + _canvas(size) + _three(round(seconds * 1000)) + bytes([_REPLACES])
        chunks.append(_chunk(b"ANMF", place + _picture(still.read_bytes())))
    body = b"WEBP" + b"".join(chunks)
    file.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)


def _picture(content: bytes) -> bytes:
    """Return the chunk that holds the picture itself."""
    return next(_chunk(name, data) for name, data in _chunks(content) if name in (b"VP8 ", b"VP8L"))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at < len(content):
        name, length = struct.unpack_from("<4sI", content, at)
        yield name, content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def _canvas(size: tuple[int, int]) -> bytes:
    return b"".join(_three(pixels - 1) for pixels in size)


def _three(number: int) -> bytes:
    return number.to_bytes(3, "little")
