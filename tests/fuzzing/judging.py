"""Say what is wrong with an answer, if anything is."""

import json
from collections.abc import Mapping
from typing import Any

import jsonschema_rs
from msgspec import Struct

from appliance.queries.roles import Role
from appliance.server.openapi.document import document
from appliance.server.routing.routes import API, ROUTES

INNER_ERROR = "an error inside the bot"
"""What an answer says when the program has made a mistake; else 502 is the trader's refusal."""
PUBLIC = (
    "/login", "/static/", "/livez", "/readyz", "/ui_version", "/openapi.json", "/docs", "/favicon.ico",
    "/manifest.webmanifest", "/service-worker.js",
)  # fmt: skip
_JSON = "application/json"
_LEAST = {(route.method, route.path): None if route.public else route.role for route in ROUTES}
_FORMS = {
    "force_exit": ("POST", "/forceexit"),
    "force_entry": ("POST", "/forceenter"),
    "exit_all": ("POST", "/forceexit"),
    "trades/1/exit": ("POST", "/forceexit"),
    "trades/1/cancel": ("DELETE", "/trades/{tradeid}/open-order"),
    "trades/1/delete": ("DELETE", "/trades/{tradeid}"),
    "trades/1/reload": ("POST", "/trades/{tradeid}/reload"),
    "locks/1/unlock": ("DELETE", "/locks/{lockid}"),
    "blacklist/add": ("POST", "/blacklist"),
    "blacklist/remove": ("DELETE", "/blacklist"),
}
"""The routes that forms of the dashboard command."""


class Answer(Struct, frozen=True):
    """What came back; `status` 0: nothing that is HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def least_role(method: str, template: str) -> Role | None:
    """Return the least role that may get a good answer; `template` is a route's path. None: anybody."""
    if method == "OPTIONS":  # a browser that asks beforehand has no credentials to show
        return None
    method = "GET" if method == "HEAD" else method
    if template.startswith(API):
        path = template.removeprefix(API)
        return _LEAST.get((method, path), Role.ADMIN)  # what no route has is 404 or 405
    if method in ("GET", "POST") and any(template.startswith(path) for path in PUBLIC):
        return None
    if template == "/metrics":
        return None if method != "GET" else Role.ADMIN
    if template == "/audit":
        return _LEAST["GET", "/audit"]
    if method == "POST" and template.startswith("/dashboard/settle"):
        return _LEAST["POST", "/orders/{client_order_id}/settle"]
    if method == "POST" and template.startswith("/dashboard/"):
        of_path = "POST", template.removeprefix("/dashboard")
        return _LEAST.get(_FORMS.get(template.removeprefix("/dashboard/"), of_path), Role.ADMIN)
    return Role.VIEWER


class Judge:
    """Know the secrets and the description of the API."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = {name: secret.encode() for name, secret in secrets.items()}
        self._document = document(API, ROUTES)
        self._validators: dict[tuple[str, str, int], Any] = {}

    def leaks(self, text: bytes, sent: bytes = b"") -> list[str]:
        """Return which secrets `text` has that the request itself did not bring."""
        return [name for name, secret in self._secrets.items() if secret in text and secret not in sent]

    def faults(self, role: Role | None, method: str, template: str, answer: Answer, sent: bytes) -> list[str]:
        """Return what is wrong with an answer to somebody of `role`, who is nobody if that is None."""
        status = answer.status
        if not 100 <= status <= 599:
            return [f"answered what is no HTTP: {answer.body[:200]!r}"]
        found = [f"tells {name}" for name in self.leaks(answer.body + str(answer.headers).encode(), sent)]
        if status >= 500 and status not in (502, 503):
            found.append(f"answered {status}")
        if INNER_ERROR.encode() in answer.body:
            found.append(f"answered {status}: {INNER_ERROR}")
        if b"Traceback (most" in answer.body or b'.py", line' in answer.body:
            found.append("shows a traceback")
        least = least_role(method, template) if template else None
        if 200 <= status < 300 and least is not None and (role is None or role < least):
            found.append(f"{role.word if role else 'a stranger'} got {status}, which is for {least.word}")
        if method != "HEAD":
            found += self._shape(method, template, answer)
        return found

    def _shape(self, method: str, template: str, answer: Answer) -> list[str]:
        """Return where a body is not as described."""
        validator = self._validator(method, template, answer.status)
        if validator is None or (answer.status == 400 and answer.headers.get("content-type") != _JSON):
            return []  # what is no HTTP is answered before anybody knows what was asked
        try:
            value = json.loads(answer.body, parse_constant=_refuse)
        except ValueError as error:
            return [f"{answer.status} with a body that is no JSON: {error}"]
        problem = next(iter(validator.iter_errors(value)), None)
        return [f"{answer.status} not as described: {problem.message[:300]}"] if problem else []

    def _validator(self, method: str, template: str, status: int) -> Any:
        key = (method, template, status)
        if key not in self._validators:
            self._validators[key] = self._made(*key)
        return self._validators[key]

    def _made(self, method: str, template: str, status: int) -> Any:
        operation = self._document["paths"].get(template, {}).get(method.lower(), {})
        response = operation.get("responses", {}).get(str(status), {})
        components = self._document["components"]
        if name := response.get("$ref", "").rpartition("/")[2]:
            response = components["responses"][name]
        schema = response.get("content", {}).get(_JSON, {}).get("schema")
        if schema is None:
            return None
        return jsonschema_rs.validator_for({**schema, "components": components})


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")
