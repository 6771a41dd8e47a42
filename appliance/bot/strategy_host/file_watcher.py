"""Detect changes of the strategy's files."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 1.0


async def watch(
    folder: Callable[[], Path], changed: Callable[[], object], every: float = LOOK_EVERY_SECONDS
) -> None:
    """Call `changed` whenever Python or parameter files below `folder()` have changed, until cancelled.

    A burst of changes (an editor that saves in several steps) counts as one change, when it has ended.
    """
    before = await asyncio.to_thread(_state, folder())
    while True:
        await asyncio.sleep(every)
        now = await asyncio.to_thread(_state, folder())
        if now == before:
            continue
        while now != (later := await _after(every, folder())):
            now = later
        before = now
        log.info("A file in %s has changed", folder())
        changed()


async def _after(pause: float, folder: Path) -> dict[Path, tuple[int, int]]:
    await asyncio.sleep(pause)
    return await asyncio.to_thread(_state, folder)


def _state(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return modification time (ns) and size of each Python and JSON file."""
    state = {}
    for file in folder.rglob("*"):
        if file.suffix in (".py", ".json"):
            try:
                status = file.stat()
            except OSError:  # deleted meanwhile
                continue
            state[file] = (status.st_mtime_ns, status.st_size)
    return state
