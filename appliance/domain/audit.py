"""Chain what people have commanded, so that a line that is changed or taken out later is noticed."""

import hashlib
from datetime import datetime

import msgspec

FIRST = "0" * 64
"""What the first line is chained to."""


class AuditRecord(msgspec.Struct, frozen=True, kw_only=True):
    """State one command: who, from where, what, and what it changed (texts without secrets; UTC)."""

    at: datetime
    who: str
    origin: str
    what: str
    before: str | None = None
    after: str | None = None


class AuditLine(msgspec.Struct, frozen=True):
    """Hold a record in its place: `chained` is the SHA-256 over the line before and this record, as hex."""

    number: int
    record: AuditRecord
    chained: str


def chain(previous: str, number: int, record: AuditRecord) -> str:
    """Return the hash that ties `record` to the line before it."""
    content = msgspec.json.encode((previous, number, record))
    return hashlib.sha256(content).hexdigest()


def first_broken(lines: list[AuditLine]) -> int | None:
    """Return the number of the first line that is not what was written, None if all are."""
    previous = FIRST
    for expected, line in enumerate(lines, start=1):
        if line.number != expected or line.chained != chain(previous, line.number, line.record):
            return expected
        previous = line.chained
    return None
