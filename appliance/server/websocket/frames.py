"""Encode messages as websocket frames, once each for all receivers.

aiohttp would build and deflate a frame for each receiver, which is most of the work with many of them.
Source: RFC 6455 section 5.2 (frames), RFC 7692 section 7.2 (deflate).
"""

import struct
import zlib

WORTH_DEFLATING = 1024
"""Bytes from which a message is deflated for clients that accept it; smaller ones gain nothing."""

_WHOLE_TEXT = 0x81
_DEFLATED = 0x40
_SHORT, _MEDIUM = 126, 1 << 16
_FLUSHED = b"\x00\x00\xff\xff"


def text_frame(body: bytes, *, deflated: bool = False) -> bytes:
    """Return `body` as one frame of a server; `deflated` if the receiver has agreed to it."""
    if deflated and len(body) >= WORTH_DEFLATING:
        return _framed(_WHOLE_TEXT | _DEFLATED, _deflate(body))
    return _framed(_WHOLE_TEXT, body)


def _deflate(body: bytes) -> bytes:
    """Deflate without the context of earlier messages, so that the result is valid for every receiver."""
    packer = zlib.compressobj(zlib.Z_BEST_SPEED, wbits=-zlib.MAX_WBITS)
    return (packer.compress(body) + packer.flush(zlib.Z_SYNC_FLUSH)).removesuffix(_FLUSHED)


def _framed(first: int, payload: bytes) -> bytes:
    length = len(payload)
    if length < _SHORT:
        header = struct.pack("!BB", first, length)
    elif length < _MEDIUM:
        header = struct.pack("!BBH", first, 126, length)
    else:
        header = struct.pack("!BBQ", first, 127, length)
    return header + payload
