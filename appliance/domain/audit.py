"""Chain what people have commanded, so that a line that is changed or taken out later is noticed."""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from enum import Enum

import msgspec

FIRST = "0" * 64
"""What the first line is chained to."""


UNPROVEN = "audit log not proven whole: "
"""How the line begins that is written where the head kept beside the database is missing."""

_HEAD = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


class Commander(msgspec.Struct, frozen=True):
    """Name who commands (a login, a token, a user of the machine), and from where (way and address)."""

    who: str
    origin: str


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


class Head(msgspec.Struct, frozen=True):
    """Name the last line of the log. Kept elsewhere it tells when the end is cut off; the chain cannot."""

    number: int
    chained: str

    def __str__(self) -> str:
        return f"{self.number}:{self.chained}"


EMPTY = Head(0, FIRST)
"""The head of a log without lines."""


def read_head(text: str) -> Head | None:
    """Read what `str(head)` wrote; None for anything else."""
    found = _HEAD.fullmatch(text.strip())
    return Head(int(found[1]), found[2]) if found else None


def head_of(lines: Sequence[AuditLine]) -> Head:
    return Head(lines[-1].number, lines[-1].chained) if lines else EMPTY


def first_broken(lines: Sequence[AuditLine]) -> int | None:
    """Return the number of the first line that is not what was written, None if all are."""
    previous = FIRST
    for expected, line in enumerate(lines, start=1):
        if line.number != expected or line.chained != chain(previous, line.number, line.record):
            return expected
        previous = line.chained
    return None


def fault(lines: Sequence[AuditLine], kept: Sequence[Head] = ()) -> str | None:
    """Say what is wrong with the whole log, None if it holds; `kept` are heads that were kept elsewhere."""
    broken = first_broken(lines)
    if broken is not None:
        return f"line {broken} is not what was written, or a line before it was taken out"
    chained = [FIRST, *(line.chained for line in lines)]
    for head in kept:
        if told := off_the_chain(head, head_of(lines), chained[head.number : head.number + 1]):
            return told
    return None


class Standing(str, Enum):
    """Say how a head that was kept and the log stand to each other."""

    AGREES = "agrees"
    CONTRADICTED = "contradicted"
    MISSING = "missing"
    """No head is there, though there should be."""
    ANOTHER = "another"
    """The head is of another database, which lay in the same place before."""


class Evidence(msgspec.Struct, frozen=True):
    """Hold what a kept head says of the log; `words` are None where it agrees."""

    standing: Standing
    words: str | None


class Verdict(str, Enum):
    """Say whether the log is what was written: missing evidence is not agreement."""

    HOLDS = "holds"
    BROKEN = "broken"
    UNPROVEN = "unproven"

    @property
    def holds(self) -> bool | None:
        return None if self is Verdict.UNPROVEN else self is Verdict.HOLDS


class Judgement(msgspec.Struct, frozen=True):
    """Hold the verdict on a log, and why it is not that it holds."""

    verdict: Verdict
    words: str | None = None


def judge(lines: Sequence[AuditLine], evidence: Evidence, expected: Head | None = None) -> Judgement:
    """Judge the whole log by the `evidence` of the kept head and by a head that was kept elsewhere.

    Where the kept head was missing once, the lines before stay unproven, unless `expected` proves them.
    """
    if wrong := fault(lines, [expected] if expected else []):
        return Judgement(Verdict.BROKEN, wrong)
    if evidence.standing is Standing.CONTRADICTED:
        return Judgement(Verdict.BROKEN, evidence.words)
    proven = expected.number if expected else 0
    if evidence.standing is not Standing.AGREES and proven < len(lines):
        return Judgement(Verdict.UNPROVEN, evidence.words)
    gaps = [line.number for line in lines if line.record.what.startswith(UNPROVEN)]
    if gaps and proven < gaps[-1] - 1:
        words = f"when line {gaps[-1]} was written, {lines[gaps[-1] - 1].record.what.removeprefix(UNPROVEN)}"
        return Judgement(Verdict.UNPROVEN, words)
    return Judgement(Verdict.HOLDS)


def off_the_chain(kept: Head, last: Head, standing: Sequence[str]) -> str | None:
    """Say how a kept head contradicts a log that ends with `last`; None if it does not.

    `standing` is the hash that the log has at the number of `kept`, if it has such a line.
    """
    if kept.number > last.number:
        return f"its end is missing: line {kept.number} was written, and the log ends with line {last.number}"
    if list(standing) != [kept.chained]:
        return f"line {kept.number} is another one than was written"
    return None
