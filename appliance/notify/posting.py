"""Post to an address, and distinguish failures that may pass from those that will not."""

import math
from typing import Any

import aiohttp

from appliance.notify.service import NotAccepted, Rejected

_AGAIN_LATER = frozenset({401, 403, 404, 407, 408, 409, 410, 423, 425, 429})
"""Statuses that are not about the message but about address, key or load: retried, since these can change."""
_LONGEST_ANSWER = 65_536


async def post(session: aiohttp.ClientSession, url: str, *, seconds: float, **body: Any) -> bytes:
    """Post, and return the first bytes of the answer. Raises NotAccepted, Rejected; neither names `url`."""
    timeout = aiohttp.ClientTimeout(total=seconds)
    try:
        # The target of a redirect would get the message, and the secrets in its headers.
        async with session.post(url, timeout=timeout, allow_redirects=False, **body) as answer:
            content = await answer.content.read(_LONGEST_ANSWER)
            if 300 <= answer.status < 400:
                raise NotAccepted(f"answered {answer.status}, a redirect, which is not followed")
            if answer.status >= 400:
                raise error_for(answer.status, reason=answer.reason, retry_after=_seconds(answer.headers))
            return content
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise NotAccepted(why_unreachable(error)) from None


def error_for(
    status: int, *, reason: str | None = None, retry_after: float | None = None
) -> NotAccepted | Rejected:
    """Return the error that an HTTP status from 400 on means."""
    text = f"answered {status}{f' ({reason:.200})' if reason else ''}"
    if status >= 500 or status in _AGAIN_LATER:
        return NotAccepted(text, retry_after)
    return Rejected(text)


def why_unreachable(error: Exception) -> str:
    """Say why there was no answer, without the address: it may hold a token."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"cannot connect: {error.os_error.strerror or type(error.os_error).__name__}"
    return f"no connection ({type(error).__name__})"


def _seconds(headers: Any) -> float | None:
    try:
        seconds = float(headers["Retry-After"])
        return max(seconds, 0.0) if math.isfinite(seconds) else None
    except (KeyError, ValueError):
        return None
