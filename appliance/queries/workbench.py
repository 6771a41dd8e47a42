"""Hold what the endpoints of webserver mode use: the settings, jobs, and who has commanded what."""

from typing import TYPE_CHECKING, Any

from appliance.config.loading import LoadedSettings
from appliance.domain.errors import NotFound
from appliance.research.jobs.jobs import Jobs
from appliance.research.jobs.messages import Limits, Order
from appliance.research.jobs.questions import Questions

if TYPE_CHECKING:
    from appliance.bot.state.audit import Audit
    from appliance.domain.audit import AuditChoice, AuditLine, AuditPage, Head, Judgement
    from appliance.research.jobs.job import Job
    from appliance.storage.audit_trail import AuditTrail


class Workbench:
    """Hold jobs and questions. `trail` is the audit log where no bot has one."""

    def __init__(
        self, loaded: LoadedSettings, audit: "Audit", limits: Limits, trail: "AuditTrail | None" = None
    ) -> None:
        self.loaded = loaded
        self.audit = audit
        self._trail = trail
        self.jobs = Jobs(limits)
        self.questions = Questions(limits)
        self._backtest: str | None = None

    @property
    def backtest(self) -> "Job | None":
        """The newest backtest; None where there is none, or it was removed."""
        return next((job for job in self.jobs.all if job.id == self._backtest), None)

    @backtest.setter
    def backtest(self, job: "Job") -> None:
        self._backtest = job.id

    def order(self, function: str, **arguments: Any) -> Order:
        """Return the order to call `function`, below `appliance.research.tasks`, with these arguments.

        Its process reads the configuration again from the same sources, as a command would.
        """
        sources = self.loaded.sources
        given = {"config": sources.config, "overrides": sources.overrides, "stdin": sources.stdin}
        return Order(
            function=f"appliance.research.tasks.{function}", arguments={"sources": given, **arguments}
        )

    async def ask(self, function: str, **arguments: Any) -> bytes:
        """Have a question answered in a process of its own. Raises NotFound, Refused."""
        return await self.questions.answer(self.order(function, **arguments))

    async def audit_log(self, limit: int, offset: int) -> "tuple[list[AuditLine], Head, str | None]":
        """Return lines of the audit log, oldest first, its head, and how that contradicts the stored one."""
        trail = self._own_trail()
        return await trail.lines(limit, offset), await trail.head(), await trail.fault()

    async def audit_page(self, choice: "AuditChoice", limit: int, offset: int) -> "AuditPage":
        """Return one page of the chosen lines of the audit log, newest first, each with its outcome."""
        return await self._own_trail().chosen(choice, limit, offset)

    async def audit_state(self, *, verify: bool) -> "tuple[Head, str | None, Judgement | None]":
        """Return the head of the audit log, how that contradicts the stored one, and the verdict on all."""
        trail = self._own_trail()
        return await trail.head(), await trail.fault(), await trail.judgement() if verify else None

    def _own_trail(self) -> "AuditTrail":
        if self._trail is None:
            raise NotFound("The audit log is that of the bot")
        return self._trail

    def summary(self) -> str:
        """Describe the state in one line, for the audit log."""
        running = [job.kind for job in self.jobs.all if job.is_running]
        return f"running jobs: {', '.join(running)}" if running else "no job is running"

    async def close(self) -> None:
        """End all processes."""
        await self.questions.close()
        await self.jobs.close()
