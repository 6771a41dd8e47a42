"""Answer every error as the contract defines it: JSON, never a 500, never a traceback."""

import logging
import math
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp import web

from appliance.domain.errors import ApplianceError, NotShown, Starting

log = logging.getLogger(__name__)

LONGEST_INPUT = 8 * 1024
"""Bytes of an input that a problem repeats at most: many problems may repeat the same."""

_WITH_DETAIL = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Describe one problem of a request: where (`loc`), and what was found there (`input`)."""

    type: str
    loc: tuple[str | int, ...]
    msg: str
    input: Any = msgspec.UNSET
    ctx: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET


class Unprocessable(Exception):
    """Say that parameters or body are invalid; holds all problems."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = problems
        super().__init__(f"{len(problems)} problems")


class Unauthorized(Exception):
    """Say that credentials are missing or wrong. `challenge` becomes the WWW-Authenticate header."""

    def __init__(self, detail: str, challenge: str | None = None) -> None:
        self.challenge = challenge
        super().__init__(detail)


class Forbidden(Exception):
    """Say that an authenticated caller may not do this."""


class TooManyAttempts(Exception):
    """Say that an address has failed to log in too often, and has to wait `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = math.ceil(seconds)
        super().__init__(f"Too many failed logins from your address; try again in {self.seconds} seconds")


class TooManyRequests(Exception):
    """Say that a caller has too many requests waiting. It may try again in `seconds`."""

    seconds = 1

    def __init__(self) -> None:
        super().__init__("Too many requests at once; wait for the answers of some")


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn an exception of a handler into an answer."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:  # a redirect
            raise
        return _of_http(error)
    except Unauthorized as error:
        headers = {"WWW-Authenticate": error.challenge} if error.challenge else None
        return detail(HTTPStatus.UNAUTHORIZED, str(error), headers)
    except Forbidden as error:
        return detail(HTTPStatus.FORBIDDEN, str(error))
    except (TooManyAttempts, TooManyRequests) as error:
        return detail(HTTPStatus.TOO_MANY_REQUESTS, str(error), {"Retry-After": str(error.seconds)})
    except Unprocessable as error:
        return _of_problems(error.problems)
    except Starting as error:
        return detail(error.http_status, str(error), {"Retry-After": "2"})
    except ApplianceError as error:
        return _of_domain(request, error)
    except ConnectionError:  # the client has disconnected
        raise
    except Exception:  # the edge: clients take 500 for a dead bot
        log.exception("Answering %s %s failed", request.method, request.path)
        return refused(request, "an error inside the bot; see its log")


def detail(status: int, text: str, headers: dict[str, str] | None = None) -> web.Response:
    """Answer `{"detail": text}`."""
    return _json(status, {"detail": text}, headers)


def refused(request: web.BaseRequest, why: str) -> web.Response:
    """Answer that the bot refuses: 502, as clients expect."""
    return _json(HTTPStatus.BAD_GATEWAY, {"error": f"Error querying {request.path}: {why}"})


def _of_domain(request: web.Request, error: ApplianceError) -> web.Response:
    if error.http_status in _WITH_DETAIL or isinstance(error, NotShown):
        return detail(error.http_status, str(error))
    return refused(request, str(error))


def _of_http(error: web.HTTPException) -> web.Response:
    headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
    return detail(error.status, HTTPStatus(error.status).phrase, headers)


def _of_problems(problems: Sequence[Problem]) -> web.Response:
    """Answer with all problems; inputs that are too long or too deeply nested are left out."""
    short = {id(value): _is_short(value) for value in {id(p.input): p.input for p in problems}.values()}
    shown = [p if short[id(p.input)] else msgspec.structs.replace(p, input=None) for p in problems]
    body = msgspec.json.encode({"detail": shown})
    return web.Response(status=HTTPStatus.UNPROCESSABLE_ENTITY, body=body, content_type="application/json")


def _is_short(value: Any) -> bool:
    try:
        return value is msgspec.UNSET or len(msgspec.json.encode(value)) <= LONGEST_INPUT
    except RecursionError:
        return False


def _json(status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(
        status=status, body=msgspec.json.encode(body), content_type="application/json", headers=headers
    )
