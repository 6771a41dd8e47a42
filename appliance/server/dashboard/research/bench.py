"""Give pages of research what they read with, whether the server may run jobs or not."""

import asyncio

from aiohttp import web

from appliance.domain.errors import WrongMode
from appliance.queries.bot_slot import BotSlot
from appliance.queries.research.choices import Choices
from appliance.queries.research.stored_results import remembered_results
from appliance.queries.research.stored_views import StoredViews
from appliance.queries.workbench import Workbench
from appliance.research.hyperopt.results.views import SearchView
from appliance.research.jobs.machine import limits_of, memory_free
from appliance.server.bot_slot import BOT_SLOT

LEAST_FREE_MB = 400
"""Memory that has to be free before a job is started beside a bot: what a small backtest takes."""


class Research:
    """Hold the results in memory, and what reads stored results beside a bot that runs no jobs.

    Reading takes a process, too, but a short one, and the kernel would end it before the bot.
    """

    def __init__(self, slot: BotSlot) -> None:
        self._slot = slot
        self._reading: Workbench | None = None
        self.results = remembered_results()
        self.searches = StoredViews("search_views:views", SearchView)
        self.choices = Choices()

    @property
    def may_run(self) -> bool:
        """Whether jobs can be started: always without a bot, beside one if it is configured."""
        return self._slot.workbench is not None

    async def bench(self) -> Workbench:
        """Return what reads. Raises Starting before bot or workbench have started."""
        if self._slot.workbench is not None:
            return self._slot.workbench
        if self._slot.is_webserver:
            return self._slot.require_workbench()
        bot = self._slot.require_bot()
        if self._reading is None or self._reading.loaded is not bot.loaded:
            limits = await asyncio.to_thread(limits_of, bot.settings.research)
            before, self._reading = self._reading, Workbench(bot.loaded, bot.audit, limits)
            if before is not None:
                await before.close()
        return self._reading

    async def runner(self) -> Workbench:
        """Return what runs jobs. Raises WrongMode where there is none, or too little memory for one."""
        bench = self._slot.require_workbench()
        if problem := await self.lacks_memory():
            raise WrongMode(problem)
        return bench

    async def lacks_memory(self) -> str:
        """Say why no job can be started beside the bot now; empty if one can."""
        if self._slot.is_webserver:
            return ""
        free = await asyncio.to_thread(memory_free)
        if free is None or free >= LEAST_FREE_MB * 1024**2:
            return ""
        return (
            f"Only {free / 1024**2:.0f} MB of memory are free, and a job beside the bot starts from "
            f"{LEAST_FREE_MB} MB: trading comes first. Run it on another machine, or free some memory"
        )

    async def close(self, _: web.Application) -> None:
        if self._reading is not None:
            await self._reading.close()


RESEARCH = web.AppKey("research", Research)


def research_of(request: web.Request) -> Research:
    return request.app[RESEARCH]


def add_research(app: web.Application) -> None:
    """Put the state of research into the application."""
    app[RESEARCH] = Research(app[BOT_SLOT])
    app.on_cleanup.append(app[RESEARCH].close)
