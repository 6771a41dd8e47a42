"""Query the jobs, and remove those that have ended."""

from typing import TYPE_CHECKING

from msgspec import Struct

from appliance.domain.errors import Busy
from appliance.research.jobs.job import Job, Kind

if TYPE_CHECKING:
    from appliance.queries.workbench import Workbench


class ProgressTask(Struct, frozen=True):
    """Show a step of a job: how much of its total is done."""

    progress: float
    total: float
    description: str


class BackgroundTaskStatus(Struct, frozen=True):
    """Show a job: pending (also while it runs), success, or failed. `progress` is in percent."""

    job_id: str
    job_category: Kind
    status: str
    running: bool
    progress: float | None = None
    progress_tasks: dict[str, ProgressTask] | None = None
    error: str | None = None


class BgJobStarted(Struct, frozen=True):
    status: str
    job_id: str


class JobPath(Struct, frozen=True):
    jobid: str


def background(bench: "Workbench") -> list[BackgroundTaskStatus]:
    """List the jobs that are running, and the last ones that have ended."""
    return [job_shown(job) for job in bench.jobs.all]


def background_job(bench: "Workbench", path: JobPath) -> BackgroundTaskStatus:
    """Show a job. Raises NotFound."""
    return job_shown(bench.jobs.find(path.jobid))


def remove_job(bench: "Workbench", path: JobPath) -> BackgroundTaskStatus:
    """Remove a job that has ended, and its result. Raises Busy, NotFound."""
    job = bench.jobs.find(path.jobid)
    bench.jobs.remove(job)
    return job_shown(job)


def abort_job(bench: "Workbench", path: JobPath) -> BackgroundTaskStatus:
    """Have a job end soon. Raises NotFound."""
    job = bench.jobs.find(path.jobid)
    bench.jobs.abort(job)
    return job_shown(job)


def remove_ended_jobs(bench: "Workbench") -> list[BackgroundTaskStatus]:
    """Remove all jobs that have ended; list those that are running."""
    for job in bench.jobs.all:
        if not job.is_running:
            bench.jobs.remove(job)
    return background(bench)


def finished(bench: "Workbench", job_id: str, kind: Kind) -> Job:
    """Return a job of a kind that has ended. Raises NotFound, Busy while it is running."""
    job = bench.jobs.find(job_id)
    if job.is_running:
        raise Busy("The job is still running: ask again later")
    return job


def job_shown(job: Job) -> BackgroundTaskStatus:
    # Clients divide by the total: what has none counts as one piece of work.
    steps = {
        key: ProgressTask(step.progress, step.total or 1.0, step.description)
        for key, step in job.steps.items()
    }
    share = job.progress
    return BackgroundTaskStatus(
        job_id=job.id,
        job_category=job.kind,
        status=job.status.value,
        running=job.is_running,
        progress=None if share is None else round(share * 100, 1),
        progress_tasks=steps,
        error=job.error,
    )
