"""Query the audit log: who commanded what, and what changed in the configuration."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from appliance.domain.audit import AuditLine
from appliance.queries.bot_slot import BotSlot


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
