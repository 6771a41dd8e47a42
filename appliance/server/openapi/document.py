"""Generate the OpenAPI 3.1 description of every endpoint.

Parameters, bodies and answers come from the types that validate and encode, texts from docstrings, so the
description cannot differ from what is served. Source: the OpenAPI specification 3.1.
"""

import re
from collections.abc import Container, Iterable, Sequence
from inspect import cleandoc
from typing import Any

from appliance import __version__
from appliance.queries.roles import Role
from appliance.server.openapi.links import links, operation_id
from appliance.server.openapi.schemas import Schema, Schemas
from appliance.server.openapi.statuses import FAILURES, described_failures, failures, references
from appliance.server.routing.route import Route

BASIC, BEARER = "HTTPBasic", "HTTPBearer"

_ABOUT = """\
Log in with user name and password on every call, or once at `token/login` for a token. Messages are sent as
they happen over a websocket at `/api/v1/message/ws?token=…`, which OpenAPI cannot describe.
"""
_SECURITY_SCHEMES = {
    BASIC: {"type": "http", "scheme": "basic", "description": "User name and password."},
    BEARER: {
        "type": "http",
        "scheme": "bearer",
        "description": "An access token of `token/login`, or an API token.",
    },
}
_RAISES = re.compile(r"\s*\bRaises [^.]*\.")
_IN_BRACES = re.compile(r"{(\w+)}")

_EITHER: list[dict[str, list[str]]] = [{BASIC: []}, {BEARER: []}]
_OWN_SCHEME: dict[str, list[dict[str, list[str]]]] = {
    "/token/login": [{BASIC: []}],
    "/token/refresh": [{BEARER: []}],
}


def document(base: str, routes: Sequence[Route]) -> dict[str, Any]:
    """Return the document of `routes` below `base`."""
    schemas = Schemas([*_types(routes), *(kind for _, kind in FAILURES.values())])
    known = {operation_id(route.method, route.path) for route in routes}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        operation = _operation(route, schemas, known)
        paths.setdefault(base + route.path, {})[route.method.lower()] = operation
        if route.method == "GET" and not operation["security"]:  # all GET answer HEAD; this is for monitors
            paths[base + route.path]["head"] = operation | {"operationId": operation_id("HEAD", route.path)}
    responses = described_failures(schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "appliance", "version": __version__, "description": _ABOUT},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": schemas.referred([paths, responses]),
            "responses": responses,
            "securitySchemes": _SECURITY_SCHEMES,
        },
    }


def _types(routes: Iterable[Route]) -> Iterable[Any]:
    for route in routes:
        yield route.gives()
        yield from filter(None, (route.takes(name) for name in ("query", "path", "body")))


def _operation(route: Route, schemas: Schemas, known: Container[str]) -> dict[str, Any]:
    security = _OWN_SCHEME.get(route.path, []) if route.public else _EITHER
    summary, description = _texts(route)
    good: dict[str, Any] = {"description": "Done", "content": _json(schemas.of(route.gives()))}
    if found := links(route, known):
        good["links"] = found
    operation: dict[str, Any] = {
        "operationId": operation_id(route.method, route.path),
        "tags": list(route.tags),
        "summary": summary,
        "responses": {"200": good} | references(failures(route, authenticated=bool(security))),
        "security": security,
    }
    if route.role > Role.VIEWER and not route.public:
        description = f"{description}\n\nNeeds the role {route.role.word}.".strip()
    if description:
        operation["description"] = description
    if parameters := _parameters(route, schemas):
        operation["parameters"] = parameters
    if (body := route.takes("body")) is not None:
        operation["requestBody"] = {"required": True, "content": _json(schemas.of(body))}
    return operation


def _json(schema: Schema) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _texts(route: Route) -> tuple[str, str]:
    """Return the docstring's first sentence, and the rest, both without the exceptions it raises."""
    text = _RAISES.sub("", cleandoc(route.function.__doc__ or ""))
    head, _, rest = text.partition("\n\n")
    first, _, more = head.partition(". ")
    return first.rstrip("."), "\n\n".join(part for part in (more, rest) if part)


def _parameters(route: Route, schemas: Schemas) -> list[dict[str, Any]]:
    found = []
    for place in ("path", "query"):
        kind = route.takes(place)
        for name, schema, required in schemas.properties(kind) if kind else ():
            bare = dict(schema)
            text = bare.pop("description", None)
            parameter = {"name": name, "in": place, "required": required, "schema": bare}
            found.append(parameter | ({"description": text} if text else {}))
    return found
