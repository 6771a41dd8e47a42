"""Chain the lines of the audit log by hashes, so that a line changed or removed later is detected."""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Literal

import msgspec

FIRST = "0" * 64
"""The hash that the first line is chained to."""


UNPROVEN = "audit log not proven whole: "
"""How a line begins that records that the head stored beside the database was missing."""

_HEAD = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


class Commander(msgspec.Struct, frozen=True):
    """State who gives a command (login, token or system user) and its origin (channel and address)."""

    who: str
    origin: str


class AuditRecord(msgspec.Struct, frozen=True, kw_only=True):
    """State one command: who, origin, what, and the values before and after (no secrets; UTC)."""

    at: datetime
    who: str
    origin: str
    what: str
    before: str | None = None
    after: str | None = None


class AuditLine(msgspec.Struct, frozen=True):
    """State a numbered record: `chained` is the SHA-256 over the previous line and this record, as hex."""

    number: int
    record: AuditRecord
    chained: str


OUTCOME = "outcome of "
"""How the line begins that has the outcome of a command; the number of its line follows."""
Ending = Literal["", "done", "refused", "open"]


class AuditChoice(msgspec.Struct, frozen=True, kw_only=True):
    """Say which lines are wanted, an outcome with its command; what is empty or None leaves all.

    `text` is in the command or its values, in any case of letters. `ending`: carried out, not done, or
    without an outcome. `since` and `until` (UTC) bound when.
    """

    who: str = ""
    text: str = ""
    ending: Ending = ""
    since: datetime | None = None
    until: datetime | None = None


class AuditEntry(msgspec.Struct, frozen=True):
    """Hold a line, and what its outcome says; None for a line that is no command, or has no outcome."""

    line: AuditLine
    outcome: str | None


class AuditPage(msgspec.Struct, frozen=True):
    """Hold some entries, newest first; `total` is how many were chosen, `names` who has lines at all."""

    entries: list[AuditEntry]
    total: int
    names: list[str]


def chain(previous: str, number: int, record: AuditRecord) -> str:
    """Return the hash that chains `record` to the previous line."""
    content = msgspec.json.encode((previous, number, record))
    return hashlib.sha256(content).hexdigest()


class Head(msgspec.Struct, frozen=True):
    """State number and hash of the last line. Stored elsewhere, it proves that the end was not cut off."""

    number: int
    chained: str

    def __str__(self) -> str:
        return f"{self.number}:{self.chained}"


EMPTY = Head(0, FIRST)
"""The head of a log without lines."""


def read_head(text: str) -> Head | None:
    """Parse the text of a head; None for any other text."""
    found = _HEAD.fullmatch(text.strip())
    return Head(int(found[1]), found[2]) if found else None


def head_of(lines: Sequence[AuditLine]) -> Head:
    return Head(lines[-1].number, lines[-1].chained) if lines else EMPTY


def first_broken(lines: Sequence[AuditLine]) -> int | None:
    """Return the number of the first line that was changed or is missing; None if there is none."""
    previous = FIRST
    for expected, line in enumerate(lines, start=1):
        if line.number != expected or line.chained != chain(previous, line.number, line.record):
            return expected
        previous = line.chained
    return None


def fault(lines: Sequence[AuditLine], stored: Sequence[Head] = ()) -> str | None:
    """Describe what is wrong with the log, None if it verifies; `stored` are heads stored elsewhere."""
    broken = first_broken(lines)
    if broken is not None:
        return f"line {broken} was changed, or a line before it was removed"
    chained = [FIRST, *(line.chained for line in lines)]
    for head in stored:
        if contradiction := off_the_chain(head, head_of(lines), chained[head.number : head.number + 1]):
            return contradiction
    return None


class AnchorState(str, Enum):
    """State how the stored head compares with the log."""

    AGREES = "agrees"
    CONTRADICTED = "contradicted"
    MISSING = "missing"
    """No head is stored, though there should be one."""
    ANOTHER = "another"
    """The head belongs to another database that had the same file name before."""


class Evidence(msgspec.Struct, frozen=True):
    """State how the stored head compares with the log, and why not well; `reason` is None if it agrees."""

    state: AnchorState
    reason: str | None


class Verdict(str, Enum):
    """State whether the log is complete and unchanged; without evidence it is unproven."""

    HOLDS = "holds"
    BROKEN = "broken"
    UNPROVEN = "unproven"

    @property
    def holds(self) -> bool | None:
        return None if self is Verdict.UNPROVEN else self is Verdict.HOLDS


class Judgement(msgspec.Struct, frozen=True):
    """State the verdict on a log, and the reason for any other than HOLDS."""

    verdict: Verdict
    reason: str | None = None


def judge(lines: Sequence[AuditLine], evidence: Evidence, expected: Head | None = None) -> Judgement:
    """Judge the whole log by the `evidence` of the stored head and by an `expected` head stored elsewhere.

    Where the stored head was missing once, the lines before stay unproven unless `expected` proves them.
    """
    if wrong := fault(lines, [expected] if expected else []):
        return Judgement(Verdict.BROKEN, wrong)
    if evidence.state is AnchorState.CONTRADICTED:
        return Judgement(Verdict.BROKEN, evidence.reason)
    proven = expected.number if expected else 0
    if evidence.state is not AnchorState.AGREES and proven < len(lines):
        return Judgement(Verdict.UNPROVEN, evidence.reason)
    gaps = [line.number for line in lines if line.record.what.startswith(UNPROVEN)]
    if gaps and proven < gaps[-1] - 1:
        reason = f"when line {gaps[-1]} was written, {lines[gaps[-1] - 1].record.what.removeprefix(UNPROVEN)}"
        return Judgement(Verdict.UNPROVEN, reason)
    return Judgement(Verdict.HOLDS)


def off_the_chain(stored: Head, last: Head, actual: Sequence[str]) -> str | None:
    """Describe how a stored head contradicts a log that ends with `last`; None if it does not.

    `actual` is the hash that the log has at the number of `stored`, empty if it has no such line.
    """
    if stored.number > last.number:
        return (
            f"its end is missing: line {stored.number} was written, and the log ends with line {last.number}"
        )
    if list(actual) != [stored.chained]:
        return f"line {stored.number} is not the one that was written"
    return None
