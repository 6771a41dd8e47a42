"""Write every command that comes by REST or dashboard to the audit log, before it is carried out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from aiohttp import web

from appliance.bot.state.audit import Outcome
from appliance.bot.state_summary import state_summary
from appliance.domain.audit import Commander
from appliance.queries.workbench import Workbench
from appliance.server.auth.authenticator import AUTHENTICATOR
from appliance.server.auth.credentials import Caller
from appliance.server.routing.route import Route

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


class CommandRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Hold a command as `caller` sent it: `given` is its body or query, `trade_id` the trade it is about."""

    route: Route
    caller: Caller
    way: Literal["REST", "dashboard"]
    given: Any = None
    trade_id: int | None = None


@asynccontextmanager
async def audited(
    request: web.Request, commanded: "Bot | Workbench", command: CommandRequest
) -> AsyncIterator[Outcome]:
    """Write `command` to the audit log, and its outcome afterwards.

    Raises `StorageError` before anything is done if that fails and the command is not protective.
    """
    route = command.route
    line = f"{route.method} {route.path.format_map(request.match_info)}"
    if command.given is not None:
        line += f" {msgspec.json.encode(command.given, enc_hook=str).decode()}"
    by = Commander(command.caller.name, f"{command.way} {request.app[AUTHENTICATOR].address(request)}")

    def summary() -> str:
        if isinstance(commanded, Workbench):
            return commanded.summary()
        return state_summary(commanded, command.trade_id)

    async with commanded.audit.command(by, line, summary=summary, protective=route.protective) as outcome:
        yield outcome


def trade_named(*named_by: Any) -> int | None:
    """Return the id of the trade that a command names, if any: in a text, a path or a body."""
    for source in named_by:
        named = getattr(source, "tradeid", source)
        if isinstance(named, int):
            return named
        if isinstance(named, str) and named.isascii() and named.isdecimal() and len(named) < 19:
            return int(named)
    return None


def described_in(answer: Any) -> str:
    """Return how an answer describes the outcome; "done" if it has no words for it."""
    for name in ("status", "result_msg", "result"):
        if isinstance(text := getattr(answer, name, None), str):
            return text
    evidence = getattr(answer, "exchange", None)
    return str(getattr(evidence, "told", "done"))
