"""Make a web handler from a plain function: extract, validate, call, encode.

What a function takes and returns is read from its signature, the one definition of an endpoint:

- `bot`: the bot; before it has started, 503      - `query`, `path`, `body`: Structs to validate into
- `slot`: settings, log and the bot, if any       - `request`: the request itself, for credentials
- `bench`: what webserver mode uses; without it, 503
- the answer: anything that msgspec encodes; an `EncodedAnswer` is sent as it is
"""

import inspect
import time
from collections.abc import Callable
from typing import Annotated, Any, get_args, get_origin

import msgspec
from aiohttp import web

from appliance.queries.cache.encoded_answer import EncodedAnswer
from appliance.server.auth.authenticator import AUTHENTICATOR
from appliance.server.auth.credentials import Caller
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.encoded_response import EncodedResponse
from appliance.server.errors import Handler
from appliance.server.middleware.fair_share import AWAITED, FAIR_SHARE
from appliance.server.middleware.request_limits import body_of
from appliance.server.routing.command_audit import CommandRequest, audited, described_in, trade_named
from appliance.server.routing.encoding import as_json
from appliance.server.routing.route import Route
from appliance.server.routing.validation import read, read_body
from appliance.threads import reader


def endpoint(route: Route) -> Handler:
    """Return the web handler for `route`."""
    role, is_command = route.role, route.is_command
    names = tuple(inspect.signature(route.function).parameters)
    extractors = [(name, _EXTRACTORS[name](route.takes(name))) for name in names]
    has_body = "body" in names

    async def handle(request: web.Request) -> web.StreamResponse:
        caller = None if route.public else await request.app[AUTHENTICATOR].authenticate(request, role)
        given = {name: extract(request) for name, extract in extractors}
        if has_body:
            given["body"] = await given["body"]
        if is_command and caller is not None:
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
    """Call a function that reads, once it is the caller's turn in the event loop."""
    turns, who = request.app[FAIR_SHARE], caller.credential
    if not turns.may_start(who):
        await turns.wait(who)
    reader.set(who)
    began = time.perf_counter()
    answer = route.function(**given)
    if route.is_async:
        answer = await answer
        began = time.perf_counter() - AWAITED
    response = await _answered(route, answer)
    turns.charge(who, time.perf_counter() - began)
    return response


async def _answered(route: Route, answer: Any) -> web.Response:
    if isinstance(answer, EncodedAnswer):
        return EncodedResponse(answer)
    return encoded(await as_json(answer) if route.may_be_long else msgspec.json.encode(answer))


async def _called(route: Route, given: dict[str, Any]) -> Any:
    answer = route.function(**given)
    return await answer if route.is_async else answer


async def _commanded(request: web.Request, caller: Caller, route: Route, given: dict[str, Any]) -> Any:
    """Carry out a command, with its lines in the audit log."""
    command = CommandRequest(
        route=route,
        caller=caller,
        way="REST",
        given=given.get("body", given.get("query")),
        trade_id=trade_named(given.get("path"), given.get("body")),
    )
    async with audited(request, given.get("bot") or given["bench"], command) as outcome:
        answer = await _called(route, given)
        outcome.said = described_in(answer)
    return answer


def encoded(body: bytes) -> web.Response:
    """Answer with encoded JSON."""
    return web.Response(body=body, content_type="application/json")


Extract = Callable[[web.Request], Any]
"""Extracts a value from a request; a body has to be awaited."""


def _bot(_: Any) -> Extract:
    def extract(request: web.Request) -> Any:
        return request.app[BOT_SLOT].require_bot()

    return extract


def _slot(_: Any) -> Extract:
    def extract(request: web.Request) -> Any:
        return request.app[BOT_SLOT]

    return extract


def _bench(_: Any) -> Extract:
    def extract(request: web.Request) -> Any:
        return request.app[BOT_SLOT].require_workbench()

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
    "bot": _bot, "slot": _slot, "bench": _bench, "request": _request,
    "query": _query, "path": _path, "body": _body,
}  # fmt: skip


def _is_list(kind: Any) -> bool:
    bare = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    return get_origin(bare) is list
