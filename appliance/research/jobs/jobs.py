"""Run jobs: a bounded number of them, none of which outlives the server."""

import asyncio
import logging

from appliance.domain.errors import Busy, NotFound, Refused
from appliance.research.jobs.job import Job, Kind
from appliance.research.jobs.messages import Done, Failed, Limits, Order
from appliance.research.jobs.process import JobProcess

log = logging.getLogger(__name__)

MOST_KEPT = 20
"""Jobs that have ended and are still listed; the oldest go first."""
_LANES: dict[Kind, str] = {
    "backtest": "A backtest or an analysis",
    "lookahead_analysis": "A backtest or an analysis",
    "recursive_analysis": "A backtest or an analysis",
    "replay": "A backtest or an analysis",
    "download_data": "A download",
    "pairlist": "An evaluation of pair lists",
}
"""One job of each of these at a time, so three at most."""


class Jobs:
    """Start, list and end jobs."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._jobs: dict[str, Job] = {}
        self._processes: dict[str, JobProcess] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closed = False

    @property
    def all(self) -> list[Job]:
        """All jobs, oldest first."""
        return list(self._jobs.values())

    def find(self, job_id: str) -> Job:
        """Return a job. Raises NotFound."""
        if job_id not in self._jobs:
            raise NotFound("There is no such job")
        return self._jobs[job_id]

    def running(self, *kinds: Kind) -> Job | None:
        """Return a running job of one of these kinds."""
        return next((job for job in self._jobs.values() if job.kind in kinds and job.is_running), None)

    def newest(self, kind: Kind) -> Job | None:
        """Return the job of a kind that was started last, while it is listed."""
        return next((job for job in reversed(self._jobs.values()) if job.kind == kind), None)

    def start(self, kind: Kind, order: Order, title: str = "") -> Job:
        """Start a job; `title` says of what.

        Raises Busy while one like it is running, Refused while the server stops.
        """
        if self._is_closed:
            raise Refused("the server is stopping")
        lane = _LANES[kind]
        if self.running(*(each for each, name in _LANES.items() if name == lane)):
            raise Busy(f"{lane} is running already: wait for its end, or stop it")
        job = Job(kind, title)
        self._jobs[job.id] = job
        self._forget_oldest()
        process = JobProcess(order, self.limits, job.file, job.hear)
        self._processes[job.id] = process
        task = asyncio.create_task(self._run(job, process), name=f"{kind} {job.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return job

    def abort(self, job: Job, why: str = "Stopped on request") -> None:
        """Have a job end soon; one that has ended stays as it is."""
        if process := self._processes.get(job.id):
            process.stop(why)

    def process_of(self, job: Job) -> int | None:
        """Return the id of a running job's process."""
        process = self._processes.get(job.id)
        return process.pid if process else None

    def remove(self, job: Job) -> None:
        """Remove a job and its result. Raises Busy while it runs."""
        if job.is_running:
            raise Busy("The job is still running: stop it first")
        self._jobs.pop(job.id, None)
        job.file.close()

    async def close(self) -> None:
        """End all jobs, and wait for their processes."""
        self._is_closed = True
        for job in self._jobs.values():
            self.abort(job, "Stopped with the server")
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for job in self._jobs.values():
            job.file.close()

    async def _run(self, job: Job, process: JobProcess) -> None:
        log.info("Job %s (%s) begins", job.id, job.kind)
        ending: Done | Failed = Failed("Stopped with the server", 503)
        try:
            ending = await process.run()
        finally:
            del self._processes[job.id]
            failure = ending if isinstance(ending, Failed) else None
            job.end(failure)
        if failure:
            log.error("Job %s (%s) failed: %s", job.id, job.kind, failure.error)
        else:
            log.info("Job %s (%s) is done", job.id, job.kind)

    def _forget_oldest(self) -> None:
        ended = [job for job in self._jobs.values() if not job.is_running]
        for job in ended[: max(0, len(ended) - MOST_KEPT)]:
            self.remove(job)
