"""Log requests, without the secrets that some have in their URL."""

import logging
import re
from time import monotonic

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from appliance.config.api_tokens import PREFIX
from appliance.server.connection import caller_of

# The name may be escaped: "tok%65n" is "token".
_NAME = "".join(f"(?:{letter}|%{ord(letter):x}|%{ord(letter.upper()):x})" for letter in "token")
_TOKEN = re.compile(rf"({_NAME}=|{PREFIX})[^&/\s]+", re.IGNORECASE)


REFUSAL_LINES, PERIOD = 50, 10.0
"""Lines about refused unauthenticated requests in so many seconds; the rest are only counted."""


class _Refused:
    """Count the lines about refused unauthenticated requests in this period."""

    def __init__(self) -> None:
        self._began = -PERIOD
        self._lines = 0

    def may_log(self, logger: logging.Logger, now: float) -> bool:
        if now - self._began >= PERIOD:
            if (more := self._lines - REFUSAL_LINES) > 0:
                logger.info("%d more unauthenticated requests were refused", more)
            self._began, self._lines = now, 0
        self._lines += 1
        return self._lines <= REFUSAL_LINES


_refused = _Refused()


class AccessLog(AbstractAccessLogger):
    """Write one line for each request: client, request, status, bytes, ms."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        is_refused = response.status >= 400 and not caller_of(request)
        if is_refused and not _refused.may_log(self.logger, monotonic()):
            return
        self.logger.info(
            '%s "%s %s" %d %d bytes %.1f ms',
            request.remote,
            request.method,
            masked(request.path_qs),
            response.status,
            response.body_length,
            time * 1000,
        )


def masked(address: str) -> str:
    """Return a path and query with its tokens masked."""
    return _TOKEN.sub(r"\1***", address)
