"""State which errors an endpoint may answer: those of the contract, and those of the server."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from appliance.queries.roles import Role
from appliance.server.openapi.schemas import Detail, HTTPValidationError, Refusal, Schemas
from appliance.server.routing.route import Route

FAILURES: dict[HTTPStatus, tuple[str, type]] = {
    HTTPStatus.BAD_REQUEST: ("The body does not match its headers", Detail),
    HTTPStatus.UNAUTHORIZED: (
        "Missing or wrong credentials, or a token that is not valid (any more)",
        Detail,
    ),
    HTTPStatus.FORBIDDEN: ("The role of these credentials is not enough", Detail),
    HTTPStatus.NOT_FOUND: ("It does not exist", Detail),
    HTTPStatus.REQUEST_TIMEOUT: ("The body takes too long to arrive", Detail),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("The body is too large", Detail),
    HTTPStatus.UNPROCESSABLE_ENTITY: ("Parameters or body are invalid", HTTPValidationError),
    HTTPStatus.TOO_MANY_REQUESTS: (
        "Too many wrong logins from this address, or too many requests; wait",
        Detail,
    ),
    HTTPStatus.BAD_GATEWAY: ("The bot refuses, and says why", Refusal),
    HTTPStatus.SERVICE_UNAVAILABLE: ("The bot is starting, or runs in the other mode", Detail),
}

_MAY_FIND_NOTHING = {("GET", "/trades/open/custom-data"), ("GET", "/decisions")}
"""These answer 404 without a parameter in their path."""

_HEADERS = {
    HTTPStatus.UNAUTHORIZED: ("WWW-Authenticate", "Bearer if a token is invalid", "string"),
    HTTPStatus.TOO_MANY_REQUESTS: ("Retry-After", "Seconds to wait", "integer"),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "Retry-After",
        "Seconds after which the bot may have started",
        "integer",
    ),
}


def failures(route: Route, *, authenticated: bool) -> list[HTTPStatus]:
    """Return the statuses that `route` may answer besides 200. `authenticated`: it needs credentials."""
    takes = {name for name in ("bot", "bench", "query", "path", "body") if route.takes(name) is not None}
    found = []
    if authenticated:
        found += [HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY]
    if not route.public and route.role > Role.VIEWER:
        found.append(HTTPStatus.FORBIDDEN)
    if "path" in takes or (route.method, route.path) in _MAY_FIND_NOTHING:
        found.append(HTTPStatus.NOT_FOUND)
    if "body" in takes:
        found += [HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE]
    if takes & {"query", "path", "body"}:
        found.append(HTTPStatus.UNPROCESSABLE_ENTITY)
    if takes & {"bot", "bench"}:
        found.append(HTTPStatus.SERVICE_UNAVAILABLE)
    return sorted(found)


def references(statuses: Iterable[HTTPStatus]) -> dict[str, Any]:
    """Return, by status, where the document describes it."""
    return {str(int(status)): {"$ref": f"#/components/responses/{status.name}"} for status in statuses}


def described_failures(schemas: Schemas) -> dict[str, Any]:
    """Describe the answers that `references` refers to."""
    return {status.name: _described(status, schemas) for status in sorted(FAILURES)}


def _described(status: HTTPStatus, schemas: Schemas) -> dict[str, Any]:
    text, kind = FAILURES[status]
    described: dict[str, Any] = {
        "description": text,
        "content": {"application/json": {"schema": schemas.of(kind)}},
    }
    if status in _HEADERS:
        name, meaning, of_type = _HEADERS[status]
        described["headers"] = {name: {"description": meaning, "schema": {"type": of_type}}}
    return described
