"""Compress large answers, and answer 304 to clients that have them already.

Only JSON: the dashboard's pages contain a token that must not be compressed together with text of others, and
streams, websockets and files are handled elsewhere.
"""

import hashlib
import zlib
from functools import lru_cache

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from appliance.queries.cache.encoded_answer import EncodedAnswer
from appliance.server.encoded_response import EncodedResponse
from appliance.threads import for_readers

LARGE = 8 * 1024
"""Bytes from which an answer is worth compressing."""
SLOW = 128 * 1024
"""Bytes from which compressing takes more than 1 ms and belongs in a thread."""

_LEVEL = 1  # a third larger than the best, ten times as fast
_GZIP = 16 + zlib.MAX_WBITS
_CACHE_CONTROL = "private, no-cache"


@web.middleware
async def compress_and_tag(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Add an ETag to large JSON answers, answer 304 if the client has that, compress if it accepts gzip."""
    response = await handler(request)
    if not isinstance(response, web.Response) or not _is_eligible(response):
        return response
    body = response.body
    assert isinstance(body, bytes)
    answer = response.answer if isinstance(response, EncodedResponse) else EncodedAnswer(body)
    response.headers[hdrs.VARY] = "Accept-Encoding"
    if request.method in (hdrs.METH_GET, hdrs.METH_HEAD):
        tag = await _tag_of(answer)
        response.headers[hdrs.ETAG] = f'W/"{tag}"'
        response.headers[hdrs.CACHE_CONTROL] = _CACHE_CONTROL
        if hdrs.IF_NONE_MATCH in request.headers and _has_it(request, tag):
            return web.Response(status=304, headers=response.headers)
    if _takes_gzip(request.headers.get(hdrs.ACCEPT_ENCODING, "")):
        response.body = await _zipped_of(answer)
        response.headers[hdrs.CONTENT_ENCODING] = "gzip"
    return response


def _is_eligible(response: web.Response) -> bool:
    body = response.body
    return (
        response.status == 200
        and isinstance(body, bytes)
        and len(body) >= LARGE
        and response.headers.get(hdrs.CONTENT_TYPE, "").startswith("application/json")
        and hdrs.ETAG not in response.headers
    )


def _has_it(request: web.Request, tag: str) -> bool:
    return any(known.value in (tag, "*") for known in request.if_none_match or ())


def _takes_gzip(header: str) -> bool:
    """Return whether Accept-Encoding includes gzip with a quality above zero."""
    for part in header.lower().split(","):
        name, _, quality = part.partition(";")
        if name.strip() == "gzip":
            return not quality or bool(quality.strip(" q=.0"))
    return False


async def _tag_of(answer: EncodedAnswer) -> str:
    if answer.tag is None:
        body = answer.body
        answer.tag = _tag(body) if len(body) < SLOW else await for_readers(_new_tag, body)
    return answer.tag


async def _zipped_of(answer: EncodedAnswer) -> bytes:
    if answer.zipped is None:
        body = answer.body
        answer.zipped = _zipped(body) if len(body) < SLOW else await for_readers(_newly_zipped, body)
    return answer.zipped


def _new_tag(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=12).hexdigest()


def _newly_zipped(body: bytes) -> bytes:
    return zlib.compress(body, _LEVEL, _GZIP)


# Cached answers are sent repeatedly as the same bytes object, whose hash Python caches: a lookup is cheap.
_tag = lru_cache(maxsize=8)(_new_tag)
_zipped = lru_cache(maxsize=8)(_newly_zipped)
