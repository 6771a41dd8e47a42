"""A real bot that tells services on loopback, and what tests ask of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from appliance.domain.message import MessageType
from appliance.notify.notifier import Notifier
from tests.support.scripted import Scene, scene
from tests.support.sink import Sink

WARNING = MessageType.WARNING


def webhook_settings(taking: Sink, **more: Any) -> dict[str, Any]:
    given = {"enabled": True, "url": taking.url, "format": "json", "warning": {"text": "{status}"}} | more
    return {f"webhook.{key}": value for key, value in given.items()}


def target(taking: Sink, **more: Any) -> dict[str, Any]:
    """An apprise address: what it posts as JSON."""
    address = taking.url.replace("http://", "json://")
    return {"notifications.targets": [{"name": "phone", "url": address} | more]}


@asynccontextmanager
async def telling(folder: Path, **settings: Any) -> AsyncIterator[tuple[Scene, Notifier]]:
    async with scene(folder, **settings) as one:
        yield one, Notifier(one.bot, first_pause=0.01)


def warn(one: Scene, *texts: str) -> None:
    for text in texts:
        one.bot.events.emit(WARNING, status=text)


async def until_waiting(notifier: Notifier, count: int) -> None:
    """Wait until so many messages are on disk and nowhere else."""
    async with asyncio.timeout(30):
        while sum((await notifier.waiting()).values()) != count:
            await asyncio.sleep(0.01)


async def until_none_waits(notifier: Notifier) -> None:
    await until_waiting(notifier, 0)
