"""Consume the messages of the bots that `external_message_consumer` names."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from appliance.bot.producers.connection import ProducerLink
from appliance.bot.producers.dataframes import DEFAULT_BYTES, MEGABYTE, FrameKey, Memory
from appliance.config.sections.producers import ProducersSettings

if TYPE_CHECKING:
    from datetime import datetime

    from pandas import DataFrame


class Producers:
    """Hold a link to each producer. Read from the strategy's thread, changed in the event loop."""

    def __init__(self) -> None:
        self._links: dict[str, tuple[ProducerLink, asyncio.Task[None]]] = {}
        self._memory = Memory(DEFAULT_BYTES)
        self._turn = asyncio.Semaphore()

    async def adopt(self, settings: ProducersSettings) -> None:
        """Apply settings; unchanged producers keep their connection and dataframes."""
        wanted = {one.name: one for one in settings.producers} if settings.enabled else {}
        self._memory.most = int(settings.frames_size_limit * MEGABYTE)
        leaving, left = [], []
        for name, (link, task) in list(self._links.items()):
            if link.producer != wanted.get(name) or not _listens_alike(link.settings, settings):
                del self._links[name]
                task.cancel()
                leaving.append(task)
                left.append(link)
        await asyncio.gather(*leaving, return_exceptions=True)
        for link in left:
            link.frames.close()
        for name, producer in wanted.items():
            if name not in self._links:
                link = ProducerLink(producer, settings, self._memory, self._turn)
                self._links[name] = (link, asyncio.create_task(link.run(), name=f"producer {name}"))

    async def close(self) -> None:
        """Close all connections."""
        await self.adopt(ProducersSettings())

    def pairs(self, producer: str) -> Sequence[str]:
        """Return the whitelist that a producer sent last; empty for an unknown producer."""
        found = self._links.get(producer)
        return found[0].frames.pairs if found else ()

    def frame(self, producer: str, key: FrameKey) -> "tuple[DataFrame, datetime] | None":
        """Return a copy of a producer's dataframe, and when it was analysed (UTC)."""
        found = self._links.get(producer)
        known = found[0].frames.frame(key) if found else None
        return (known[0].copy(), known[1]) if known else None


def _listens_alike(one: ProducersSettings, other: ProducersSettings) -> bool:
    """Return whether all settings but the list of producers are equal."""
    fields = [name for name in ProducersSettings.__struct_fields__ if name not in ("enabled", "producers")]
    return all(getattr(one, name) == getattr(other, name) for name in fields)
