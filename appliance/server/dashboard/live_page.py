"""Render the fragments of the page that change: once for all viewers, and only while there are any."""

import asyncio
import logging
import time
from collections.abc import Mapping
from contextlib import suppress

from appliance.queries.bot_slot import BotSlot
from appliance.server.auth.credentials import Caller
from appliance.server.dashboard.templates import Templates
from appliance.server.dashboard.view import fingerprint, overview
from appliance.server.dashboard.viewers import Viewers

log = logging.getLogger(__name__)

FRAGMENTS: Mapping[str, str] = {
    name: f"fragments/{name}.html"
    for name in (
        "notices",
        "unknown",
        "state",
        "figures",
        "equity",
        "open",
        "risk",
        "coins",
        "closed",
        "locks",
        "pairs",
        "log",
        "thumbs",
    )
}
LEAST_SECONDS = 1.0
"""Seconds between two renderings at least."""
REFRESH_SECONDS = 15.0
"""Seconds after which the page is rendered even without changes, for ages and today's profit."""


class LivePage:
    """Hold the newest fragments, each with the number of the rendering that last changed it."""

    def __init__(self, slot: BotSlot, templates: Templates) -> None:
        self._slot = slot
        self._templates = templates
        self._fragments: dict[str, tuple[int, str]] = {}
        self._number = 0
        self._shown: object = None
        self._rendered_at = -REFRESH_SECONDS
        self._refreshing = asyncio.Lock()
        self._watched = asyncio.Event()
        self._changed = asyncio.Event()
        self.viewers = Viewers()
        self.closed = False
        self._closing = asyncio.Event()

    async def run(self) -> None:
        """Render what changes, while there are viewers."""
        while True:
            await self._watched.wait()
            try:
                await self.refresh()
            except Exception:  # the edge of the page: retried after a second, and trading goes on
                log.exception("Rendering the dashboard failed")
            await asyncio.sleep(LEAST_SECONDS)

    async def refresh(self) -> None:
        """Render if something has changed; wake up those that wait for it."""
        async with self._refreshing:
            bot, now = self._slot.bot, time.monotonic()
            if bot is None:
                return
            bot.refresh_soon()
            seen = fingerprint(bot, self._slot.logs)
            if seen == self._shown and now - self._rendered_at < REFRESH_SECONDS:
                return
            view = await overview(bot, self._slot, bot.now())
            fragments = await self._templates.render_all(FRAGMENTS, {"view": view})
            self._shown, self._rendered_at = seen, now
            self._store(fragments)

    def _store(self, fragments: Mapping[str, str]) -> None:
        self._number += 1
        for name, text in fragments.items():
            if self._fragments.get(name, (0, ""))[1] != text:
                self._fragments[name] = (self._number, text)
        self._notify()

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def after(self, number: int) -> tuple[int, str]:
        """Return the number of the newest rendering, and the fragments changed since `number`, for htmx."""
        fresh = [
            _partial(name, text) for name, (changed, text) in self._fragments.items() if changed > number
        ]
        return self._number, "\n".join(fresh)

    async def wait(self, number: int, seconds: float) -> None:
        """Wait for a rendering newer than that number, at most that long."""
        if self._number > number or self.closed:
            return
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return

    def add_viewer(self, caller: Caller) -> None:
        self.viewers.add(caller)
        self._watched.set()

    def remove_viewer(self, caller: Caller) -> None:
        self.viewers.remove(caller)
        if not self.viewers:
            self._watched.clear()

    def close(self) -> None:
        """End all streams: the server is stopping."""
        self.closed = True
        self._closing.set()
        self._notify()

    async def closing(self, seconds: float) -> None:
        """Wait that long, or until the server stops."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)


def _partial(name: str, text: str) -> str:
    return f'<hx-partial hx-target="#{name}" hx-swap="outerMorph">{text}</hx-partial>'
