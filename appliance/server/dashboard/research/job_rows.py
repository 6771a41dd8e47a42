"""Show jobs: what runs, since when, how far, with how much memory; and tell when that has changed."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from msgspec import Struct

from appliance.queries.workbench import Workbench
from appliance.research.jobs.job import Job, Kind, Status
from appliance.research.jobs.machine import memory_of_group
from appliance.threads import for_readers

WORDS: dict[Kind, str] = {
    "backtest": "Backtest",
    "download_data": "Download",
    "lookahead_analysis": "Lookahead analysis",
    "recursive_analysis": "Recursive analysis",
    "replay": "Reality check",
    "pairlist": "Pair lists",
}


class JobRow(Struct, frozen=True, kw_only=True):
    """Show a job. `share` from 0 to 1, None where not known; `memory` in bytes, None once it has ended."""

    id: str
    word: str
    kind: str
    title: str
    is_running: bool
    failed: bool
    error: str
    begun: datetime
    lasted: float
    share: float | None
    steps: list[str]
    memory: int | None
    notes: dict[str, float]


async def rows_of(jobs: Iterable[Job], bench: Workbench) -> list[JobRow]:
    """Return how jobs stand; their memory is read from /proc in a thread."""
    shown, now = list(jobs), datetime.now(UTC)
    processes = {job.id: pid for job in shown if (pid := bench.jobs.process_of(job))}
    memory = await for_readers(_memory, processes) if processes else {}
    return [_row(job, memory.get(job.id), now) for job in shown]


def _memory(processes: Mapping[str, int]) -> dict[str, int | None]:
    return {name: memory_of_group(pid) for name, pid in processes.items()}


def _row(job: Job, memory: int | None, now: datetime) -> JobRow:
    return JobRow(
        id=job.id,
        word=WORDS[job.kind],
        kind=job.kind,
        title=job.title,
        is_running=job.is_running,
        failed=job.status is Status.FAILED,
        error=job.error or "",
        begun=job.begun,
        lasted=((job.done or now) - job.begun).total_seconds(),
        share=job.progress if job.is_running else None,
        steps=[step.description for step in job.steps.values()],
        memory=memory,
        notes=dict(job.notes),
    )


def jobs_fingerprint(bench: Workbench | None) -> object:
    """Return a value that changes whenever what pages show of jobs does."""
    if bench is None:
        return None
    return [
        (job.id, job.status, round((job.progress or 0.0) * 200), len(job.steps), tuple(job.notes.values()))
        for job in bench.jobs.all
    ]
