"""Say where the result of a job is to be seen, or what it is."""

from typing import Any

import msgspec

from appliance.queries.roles import Role
from appliance.research.jobs.job import Job, Status
from appliance.research.lookahead.result import LookaheadResult
from appliance.research.replay.comparison import Comparison
from appliance.server.dashboard.research import verdicts
from appliance.threads import for_readers

MOST_ROWS = 200
"""Trades of a comparison that a page lists."""
MOST_SHOWN = 4 * 1024**2
"""Bytes of a result that a page is made of; longer ones are for clients of the API."""


async def outcome_of(job: Job, role: Role) -> dict[str, Any] | None:
    """Return what came out: `kind`, and what its template shows. None while there is nothing."""
    if job.status is not Status.SUCCESS or job.is_running:
        return None
    content = await for_readers(job.read)
    return await for_readers(_read, job, content)


def _read(job: Job, content: bytes) -> dict[str, Any] | None:
    if job.kind == "backtest":
        return {"kind": "backtest", "runs": _stored_runs(content)}
    if job.kind not in ("lookahead_analysis", "recursive_analysis", "replay"):
        return {"kind": "done"}
    if len(content) > MOST_SHOWN:
        return {"kind": "too large"}
    if job.kind == "lookahead_analysis":
        looked = msgspec.json.decode(content, type=_Looked).result
        return {"kind": job.kind, "result": looked, "verdict": verdicts.of_lookahead(looked)}
    if job.kind == "recursive_analysis":
        needed = msgspec.json.decode(content, type=_Needed).result
        return {"kind": job.kind, "result": needed, "verdict": verdicts.of_recursive(needed)}
    compared = msgspec.json.decode(content, type=_Compared).comparison
    differing = [trade for trade in compared.trades if not trade.is_same]
    return {
        "kind": job.kind,
        "result": compared,
        "verdict": verdicts.of_replay(compared),
        "differing": differing[:MOST_ROWS],
        "more": max(0, len(differing) - MOST_ROWS),
    }


class _Looked(msgspec.Struct):
    result: LookaheadResult


class _Needed(msgspec.Struct):
    result: verdicts.RecursiveView


class _Compared(msgspec.Struct):
    comparison: Comparison


class _Stated(msgspec.Struct):
    filename: str = ""


class _Result(msgspec.Struct):
    metadata: dict[str, _Stated]


class _Answer(msgspec.Struct):
    backtest_result: _Result


def _stored_runs(content: bytes) -> list[tuple[str, str]]:
    """Return file and strategy of each stored run; all else in the answer is skipped."""
    try:
        stated = msgspec.json.decode(content, type=_Answer).backtest_result.metadata
    except msgspec.MsgspecError:
        return []
    return [(one.filename, name) for name, one in stated.items() if one.filename]
