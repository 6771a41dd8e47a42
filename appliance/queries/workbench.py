"""Hold what the endpoints of webserver mode use: the settings, jobs, and who has commanded what."""

from typing import TYPE_CHECKING, Any

from appliance.config.loading import LoadedSettings
from appliance.research.jobs.jobs import Jobs
from appliance.research.jobs.machine import limits_of
from appliance.research.jobs.messages import Order
from appliance.research.jobs.questions import Questions

if TYPE_CHECKING:
    from appliance.bot.state.audit import Audit
    from appliance.research.jobs.job import Job


class Workbench:
    """Hold jobs and questions; `backtest` is the newest job of that kind, whose result is asked for."""

    def __init__(self, loaded: LoadedSettings, audit: "Audit") -> None:
        self.loaded = loaded
        self.audit = audit
        limits = limits_of(loaded.settings.research)
        self.jobs = Jobs(limits)
        self.questions = Questions(limits)
        self.backtest: Job | None = None

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

    def summary(self) -> str:
        """Describe the state in one line, for the audit log."""
        running = [job.kind for job in self.jobs.all if job.is_running]
        return f"running jobs: {', '.join(running)}" if running else "no job is running"

    async def close(self) -> None:
        """End all processes."""
        await self.questions.close()
        await self.jobs.close()
