"""Make a web handler of a plain function: extract, validate, call, encode.

What a function takes and gives is read from its signature, which is thus the one definition of an endpoint:

- `bot`: the bot; while there is none, 503        - `query`, `path`, `body`: Structs to validate into
- `slot`: settings, log and the bot, if any       - `request`: the request itself, for credentials
- the answer: anything that msgspec encodes; a `EncodedAnswer` is sent as it is

What does more than read (it asks for more than a viewer's role) is a command: it goes into the audit log.
"""

import inspect
import time
from collections.abc import Callable
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
from aiohttp import web

from appliance.queries.cache.encoded_answer import EncodedAnswer
from appliance.server.auth.authenticator import AUTHENTICATOR
from appliance.server.auth.credentials import Caller
from appliance.server.auth.roles import Role, needed
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.encoded_response import EncodedResponse
from appliance.server.errors import Handler
from appliance.server.middleware.fair_share import FAIR_SHARE, WAITED_FOR
from appliance.server.middleware.request_limits import body_of
from appliance.server.routing.command_audit import audited, said_in, trade_named
from appliance.server.routing.encoding import as_json, may_be_long
from appliance.server.routing.validation import read, read_body
from appliance.threads import reader

Method = Literal["GET", "POST", "DELETE", "PATCH", "PUT"]


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """Place one function in the API. `path` is below /api/v1; `tags` group it in the documentation.

    public: needs no credentials (or asks for its own kind).
    """

    method: Method
    path: str
    function: Callable[..., Any]
    tags: tuple[str, ...]
    public: bool = False
    answer: Any = None
    is_async: bool = False
    """Whether the function has to be awaited; read from it."""
    may_be_long: bool = True
    """Whether an answer may have many rows; read from its type."""

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "is_async", inspect.iscoroutinefunction(self.function))
        msgspec.structs.force_setattr(self, "may_be_long", may_be_long(self.gives()))

    @property
    def commands(self) -> bool:
        """Whether this makes the bot do something."""
        acts = self.method != "GET" and not self.public and needed(self.method, self.path) > Role.VIEWER
        return acts and self.takes("bot") is not None

    def takes(self, name: str) -> Any:
        """Return the type of the parameter of that name, None if the function has none."""
        parameter = inspect.signature(self.function).parameters.get(name)
        return parameter.annotation if parameter else None

    def gives(self) -> Any:
        """Return the type of the answer."""
        return self.answer or inspect.signature(self.function).return_annotation


def endpoint(route: Route) -> Handler:
    """Return the web handler for `route`."""
    need, commands = needed(route.method, route.path), route.commands
    names = tuple(inspect.signature(route.function).parameters)
    extractors = [(name, _EXTRACTORS[name](route.takes(name))) for name in names]
    has_body = "body" in names

    async def handle(request: web.Request) -> web.StreamResponse:
        caller = None if route.public else await request.app[AUTHENTICATOR].admit(request, need)
        given = {name: extract(request) for name, extract in extractors}
        if has_body:
            given["body"] = await given["body"]
        if commands and caller is not None:
            answer = await _commanded(request, caller, route, given)
        elif caller is not None:
            return await _read_in_turn(request, caller, route, given)
        else:
            answer = await _called(route, given)
        return await _answered(route, answer)

    return handle


async def _read_in_turn(
    request: web.Request, caller: Caller, route: Route, given: dict[str, Any]
) -> web.StreamResponse:
    """Call what only reads, when the caller has not had more of the event loop than others."""
    turns, who = request.app[FAIR_SHARE], caller.credential
    if not turns.is_free(who):
        await turns.wait(who)
    reader.set(who)
    began = time.perf_counter()
    answer = route.function(**given)
    if route.is_async:
        answer = await answer
        began = time.perf_counter() - WAITED_FOR
    response = await _answered(route, answer)
    turns.took(who, time.perf_counter() - began)
    return response


async def _answered(route: Route, answer: Any) -> web.Response:
    if isinstance(answer, EncodedAnswer):
        return EncodedResponse(answer)
    return encoded(await as_json(answer) if route.may_be_long else msgspec.json.encode(answer))


async def _called(route: Route, given: dict[str, Any]) -> Any:
    answer = route.function(**given)
    return await answer if route.is_async else answer


async def _commanded(request: web.Request, caller: Caller, route: Route, given: dict[str, Any]) -> Any:
    """Call what makes the bot do something, and have that in the audit log."""
    asked = {name: given[name] for name in ("query", "body") if name in given}
    async with audited(
        request,
        given["bot"],
        caller,
        "REST",
        (route.method, route.path),
        given=asked.get("body", asked.get("query")),
        trade_id=trade_named(given.get("path"), given.get("body")),
    ) as outcome:
        answer = await _called(route, given)
        outcome.said = said_in(answer)
    return answer


def encoded(body: bytes) -> web.Response:
    """Answer with JSON that is encoded already."""
    return web.Response(body=body, content_type="application/json")


Extract = Callable[[web.Request], Any]
"""What takes a value out of a request; a body has to be awaited."""


def _bot(_: Any) -> Extract:
    def extract(request: web.Request) -> Any:
        return request.app[BOT_SLOT].present_bot()

    return extract


def _slot(_: Any) -> Extract:
    def extract(request: web.Request) -> Any:
        return request.app[BOT_SLOT]

    return extract


def _request(_: Any) -> Extract:
    def extract(request: web.Request) -> Any:
        return request

    return extract


def _query(kind: type[msgspec.Struct]) -> Extract:
    lists = {field.encode_name for field in msgspec.structs.fields(kind) if _is_list(field.type)}

    def extract(request: web.Request) -> Any:
        values = {
            name: request.query.getall(name) if name in lists else request.query.getall(name)[-1]
            for name in request.query
        }
        return read(kind, values, "query", shown=None)

    return extract


def _path(kind: type[msgspec.Struct]) -> Extract:
    def extract(request: web.Request) -> Any:
        return read(kind, dict(request.match_info), "path", shown=None)

    return extract


def _body(kind: type[msgspec.Struct]) -> Extract:
    async def extract(request: web.Request) -> Any:
        return read_body(kind, await body_of(request), request.content_type)

    return extract


_EXTRACTORS: dict[str, Callable[[Any], Extract]] = {
    "bot": _bot, "slot": _slot, "request": _request, "query": _query, "path": _path, "body": _body,
}  # fmt: skip


def _is_list(kind: Any) -> bool:
    bare = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    return get_origin(bare) is list
