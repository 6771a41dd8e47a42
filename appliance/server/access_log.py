"""Log requests, without the secrets that some carry in their address."""

import re

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from appliance.config.api_tokens import PREFIX

# The name may be written with escapes: "tok%65n" is read as "token".
_NAME = "".join(f"(?:{letter}|%{ord(letter):x}|%{ord(letter.upper()):x})" for letter in "token")
_TOKEN = re.compile(rf"({_NAME}=|{PREFIX})[^&/\s]+", re.IGNORECASE)


class AccessLog(AbstractAccessLogger):
    """Write one line a request: who, what, status, bytes, ms."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
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
    """Return a path with query in which no token can be read."""
    return _TOKEN.sub(r"\1***", address)
