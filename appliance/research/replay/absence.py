"""Tell from the audit log when a bot did not run, or entered nothing. Pure functions."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from appliance.domain.audit import AuditRecord

Kind = Literal["down", "stopped", "paused"]

_STATE = re.compile(r"(?:^|\()(running|paused|stopped), \d+ open trade")
_COMMAND_LINE = "command line"
_STARTED, _ENDED = "started", "ended"


class Absence(msgspec.Struct, frozen=True, kw_only=True):
    """State when (UTC) the bot was down, stopped or paused, and the lines of the audit log that tell it."""

    kind: Kind
    begin: datetime
    end: datetime
    evidence: str

    def covers(self, moment: datetime) -> bool:
        return self.begin <= moment < self.end


def absences(
    lines: Sequence[AuditRecord], signs_of_life: Sequence[datetime], until: datetime
) -> list[Absence]:
    """Return when the bot was not running, from its audit log, oldest line first.

    `signs_of_life` are moments at which it did something: they tell how long it ran where it was killed.
    `until` ends what has not ended. A state that is followed by another one within no time is left out.
    """
    lived = sorted(signs_of_life)
    return [one for one in _spans(lines, lived, until) if one.begin < one.end]


def _spans(lines: Sequence[AuditRecord], lived: Sequence[datetime], until: datetime) -> Iterator[Absence]:
    state, since, evidence = "running", None, ""
    for line in lines:
        if line.origin == _COMMAND_LINE:
            continue
        becomes = _state_after(line, state)
        if line.what.startswith(_STARTED) and state != "down" and since is not None:
            last = _last_before(lived, line.at)
            if state != "running":
                yield _absence(state, since, last, evidence)
            yield _absence("down", last, line.at, f"{_told(line)}, without an end before: it was killed")
        elif becomes != state and state != "running" and since is not None:
            yield _absence(state, since, line.at, evidence + (f"; {_told(line)}" if state == "down" else ""))
        if becomes != state or since is None:
            state, since, evidence = becomes, line.at, _told(line)
    if state != "running" and since is not None:
        yield _absence(state, since, until, evidence)


def _state_after(line: AuditRecord, state: str) -> str:
    """Return the state after a line: started, ended, or what its summary says."""
    if line.what.startswith(_STARTED):
        return "running"
    if line.what == _ENDED:
        return "down"
    told = _STATE.search(line.after or "") or _STATE.search(line.before or "")
    return told[1] if told and state != "down" else state


def _absence(state: str, begin: datetime, end: datetime, evidence: str) -> Absence:
    kind: Kind = "down" if state == "down" else "stopped" if state == "stopped" else "paused"
    return Absence(kind=kind, begin=begin, end=max(begin, end), evidence=evidence)


def _last_before(lived: Sequence[datetime], moment: datetime) -> datetime:
    """Return the last sign of life before a moment; the moment itself without any."""
    place = bisect_right(lived, moment)
    while place and lived[place - 1] >= moment:
        place -= 1
    return lived[place - 1] if place else moment


def _told(line: AuditRecord) -> str:
    return f"audit log, {line.at:%Y-%m-%d %H:%M:%S}: {line.what[:80]} ({line.who})"
