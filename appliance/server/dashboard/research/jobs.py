"""Show the jobs that run and those that have ended; one job; stop one."""

from typing import TYPE_CHECKING

from aiohttp import web

from appliance.domain.errors import NotFound
from appliance.queries.research.background import JobPath, abort_job
from appliance.queries.workbench import Workbench
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.research.frame import Fields, research_page, running, showing
from appliance.server.dashboard.research.job_rows import rows_of
from appliance.server.dashboard.research.outcomes import outcome_of
from appliance.server.dashboard.session import Session

if TYPE_CHECKING:
    from appliance.research.jobs.job import Job


@showing
async def show_jobs(request: web.Request, session: Session, bench: Workbench) -> web.StreamResponse:
    """Show what runs, and what has ended."""
    return await _jobs_page(request, session, bench, {}, "", 200)


async def _jobs_page(
    request: web.Request, session: Session, bench: Workbench, given: Fields, notice: str, status: int
) -> web.Response:
    rows = await rows_of(reversed(bench.jobs.all), bench)
    content = {
        "running": [row for row in rows if row.is_running],
        "ended": [row for row in rows if not row.is_running],
        "limits": bench.jobs.limits,
    }
    return await research_page(
        request, session, "jobs", "jobs", content,
        heading="Jobs", notice=notice, closes_to="research/jobs", status=status,
    )  # fmt: skip


@showing
async def show_job(request: web.Request, session: Session, bench: Workbench) -> web.StreamResponse:
    """Show one job: how far it is, and in the end what came out."""
    job = found(request)
    bench = request.app[BOT_SLOT].require_workbench()
    (row,) = await rows_of([job], bench)
    content = {"job": row, "outcome": await outcome_of(job, session.caller.role)}
    return await research_page(request, session, "jobs", "job", content, heading=job.title or "Job")


def found(request: web.Request) -> "Job":
    """Return the job that the address names. Raises NotFound."""
    workbench = request.app[BOT_SLOT].workbench
    if workbench is None:
        raise NotFound("There is no such job: none has run here since the start")
    return workbench.jobs.find(request.match_info["jobid"])


@running("POST", "/research/jobs/{jobid}/abort", _jobs_page, needs_jobs=False)
async def abort(bench: Workbench, fields: Fields) -> str:
    """Stop a job."""
    abort_job(bench, JobPath(fields["jobid"]))
    return f"/research/jobs/{fields['jobid']}"
