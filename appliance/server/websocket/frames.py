"""Lay messages out as websocket frames: once each, however many get them.

aiohttp builds a frame for each receiver and deflates it for each anew, which is most of the work where many
listen. Source: RFC 6455 section 5.2 (frames), RFC 7692 section 7.2 (deflate).
"""

import struct
import zlib

WORTH_DEFLATING = 1024
"""Bytes from which a message is deflated for those who take that: half a trade message gains nothing."""

_WHOLE_TEXT = 0x81
_DEFLATED = 0x40
_SHORT, _MEDIUM = 126, 1 << 16
_FLUSHED = b"\x00\x00\xff\xff"


def text_frame(body: bytes, *, deflated: bool = False) -> bytes:
    """Return `body` as one frame that a server sends; `deflated` where the receiver agreed to it."""
    if deflated and len(body) >= WORTH_DEFLATING:
        return _framed(_WHOLE_TEXT | _DEFLATED, _deflate(body))
    return _framed(_WHOLE_TEXT, body)


def _deflate(body: bytes) -> bytes:
    """Deflate without looking back at earlier messages, so that the result is good for every receiver."""
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
