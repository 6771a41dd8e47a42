"""Write every command that comes by REST or dashboard into the audit log, before it is carried out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from appliance.bot.state.audit import Outcome
from appliance.bot.state_summary import standing
from appliance.domain.audit import Commander
from appliance.server.auth.authenticator import AUTHENTICATOR
from appliance.server.auth.credentials import Caller

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

PROTECTIVE = frozenset(
    {
        ("POST", "/stop"),
        ("POST", "/pause"),
        ("POST", "/stopbuy"),
        ("POST", "/stopentry"),
        ("POST", "/forceexit"),
        ("POST", "/forcesell"),
        ("DELETE", "/trades/{tradeid}/open-order"),
        ("POST", "/locks"),
        ("POST", "/blacklist"),
    }
)
"""Commands that only take risk away: they are carried out even where they cannot be written down."""


@asynccontextmanager
async def audited(
    request: web.Request,
    bot: "Bot",
    caller: Caller,
    way: str,
    route: tuple[str, str],
    *,
    given: Any = None,
    trade_id: int | None = None,
) -> AsyncIterator[Outcome]:
    """Let `caller` command `route` (method, path below /api/v1), by REST or dashboard (`way`).

    `given` is what came with it, `trade_id` which trade it is about. Raises `StorageError` before anything
    is done, where it cannot be written down and is not protective.
    """
    method, path = route
    told = f"{method} {path.format_map(request.match_info)}"
    if given is not None:
        told += f" {msgspec.json.encode(given, enc_hook=str).decode()}"
    by = Commander(caller.name, f"{way} {request.app[AUTHENTICATOR].address(request)}")
    async with bot.audit.command(
        by, told, standing=lambda: standing(bot, trade_id), protective=route in PROTECTIVE
    ) as outcome:
        yield outcome


def trade_named(*told: Any) -> int | None:
    """Return the id of the trade that a command names, if it names one: in a text, a path or a body."""
    for one in told:
        named = getattr(one, "tradeid", one)
        if isinstance(named, int):
            return named
        if isinstance(named, str) and named.isascii() and named.isdecimal() and len(named) < 19:
            return int(named)
    return None


def said_in(answer: Any) -> str:
    """Return what an answer says in words, "done" where it has none."""
    for name in ("status", "result_msg", "result"):
        if isinstance(text := getattr(answer, name, None), str):
            return text
    evidence = getattr(answer, "exchange", None)
    return str(getattr(evidence, "told", "done"))
