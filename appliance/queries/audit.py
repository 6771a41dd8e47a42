"""Query the audit log: who commanded what, and what changed in the configuration."""

import re
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from appliance.domain.audit import AuditChoice, AuditEntry, AuditLine
from appliance.queries.bot_slot import BotSlot

_COMMAND = re.compile(r"((?:GET|POST|PUT|PATCH|DELETE) /\S*)(?: (.*))?", re.DOTALL)
_TRADE = re.compile(r"(?:/trades/|\"trade(?:_?id)?\": ?\"?)(\d{1,15})\b")


class AuditQuery(Struct, frozen=True):
    limit: Annotated[int, Meta(ge=1, le=500, description="Maximum number of lines.")] = 50
    offset: Annotated[int, Meta(ge=0, le=2**53, description="How many of the newest to skip.")] = 0


class AuditLineView(Struct, frozen=True, kw_only=True):
    """Show one line. `chained` is the SHA-256 over the line before and this one; `at` is UTC."""

    number: int
    at: datetime
    who: str
    origin: str
    what: str
    before: str | None
    after: str | None
    chained: str


class AuditView(Struct, frozen=True, kw_only=True):
    """Show a page of lines, newest first; `total` counts all.

    `head` is number and hash of the last line: noted elsewhere, it shows later whether the end was cut off.
    `fault` states how the log contradicts the head stored beside the database, if it does.
    """

    lines: list[AuditLineView]
    total: int
    head: str
    fault: str | None


async def audit(slot: BotSlot, query: AuditQuery) -> AuditView:
    """Show the audit log, the newest lines first."""
    keeper = slot.require_workbench() if slot.is_webserver else slot.require_bot()
    lines, head, fault = await keeper.audit_log(query.limit, query.offset)
    shown = [audit_line_view(line) for line in reversed(lines)]
    return AuditView(lines=shown, total=head.number, head=str(head), fault=fault)


class AuditCommand(Struct, frozen=True, kw_only=True):
    """Show a line with its outcome. `given` is what came with a command, `ending` its outcome in a word.

    `trade_id` is the trade that it names, if any. `before` and `after` are the state around it.
    """

    number: int
    at: datetime
    who: str
    origin: str
    what: str
    given: str
    before: str
    after: str
    ending: str
    trade_id: int | None


class AuditCommands(Struct, frozen=True, kw_only=True):
    """Show a page of lines, newest first. `verdict` is that on every line, if that was asked for.

    `head` is number and hash of the last line, `fault` how the log contradicts the stored head, if it does.
    """

    lines: list[AuditCommand]
    total: int
    names: list[str]
    head: str
    fault: str | None
    verdict: str | None
    reason: str | None


async def commands(
    slot: BotSlot, choice: AuditChoice, limit: int, offset: int, *, verify: bool = False
) -> AuditCommands:
    """Show the chosen lines, outcomes with their commands. `verify` reads and verifies every line."""
    keeper = slot.require_workbench() if slot.is_webserver else slot.require_bot()
    page = await keeper.audit_page(choice, limit, offset)
    head, fault, judgement = await keeper.audit_state(verify=verify)
    return AuditCommands(
        lines=[audit_command(entry) for entry in page.entries],
        total=page.total,
        names=page.names,
        head=str(head),
        fault=fault,
        verdict=judgement.verdict.value if judgement else None,
        reason=judgement.reason if judgement else None,
    )


def audit_command(entry: AuditEntry) -> AuditCommand:
    """Take a line apart: a command, and what was given with it."""
    record, outcome = entry.line.record, entry.outcome
    found = _COMMAND.fullmatch(record.what)
    command, given = (found[1], found[2] or "") if found else (record.what, "")
    named = _TRADE.search(record.what)
    ending = ""
    if found and outcome is None:
        ending = "no outcome"
    elif outcome is not None:
        ending = "not done" if outcome.startswith("not done") else "done"
    return AuditCommand(
        number=entry.line.number,
        at=record.at,
        who=record.who,
        origin=record.origin,
        what=command,
        given=given,
        before=record.before or "",
        after=outcome if outcome is not None else record.after or "",
        ending=ending,
        trade_id=int(named[1]) if named else None,
    )


def audit_line_view(line: AuditLine) -> AuditLineView:
    record = line.record
    return AuditLineView(
        number=line.number,
        at=record.at,
        who=record.who,
        origin=record.origin,
        what=record.what,
        before=record.before,
        after=record.after,
        chained=line.chained,
    )
