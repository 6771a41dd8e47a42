"""Keep the pieces of the page that change: rendered once for all who look, only while somebody does."""

import asyncio
import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from appliance.queries.bot_slot import BotSlot
from appliance.server.auth.credentials import Caller
from appliance.server.dashboard.templates import Templates
from appliance.server.dashboard.view import fingerprint, overview
from appliance.server.dashboard.viewers import Viewers

log = logging.getLogger(__name__)

PIECES: Mapping[str, str] = {
    name: f"fragments/{name}.html"
    for name in ("notices", "unknown", "state", "figures", "open", "closed", "locks", "pairs", "log")
}
PACE = 1.0
"""Seconds between two renderings at least."""
AGES = 15.0
"""Seconds after which the page is rendered even if nothing happened: ages and today's profit move on."""


class Board:
    """Hold the newest pieces, each with the number of the rendering that last changed it."""

    def __init__(self, slot: BotSlot, templates: Templates) -> None:
        self._slot = slot
        self._templates = templates
        self._pieces: dict[str, tuple[int, str]] = {}
        self._number = 0
        self._shown: object = None
        self._rendered_at = -AGES
        self._refreshing = asyncio.Lock()
        self._watched = asyncio.Event()
        self._changed = asyncio.Event()
        self.viewers = Viewers()
        self.closed = False

    async def run(self) -> None:
        """Render what changes, as long as somebody looks."""
        while True:
            await self._watched.wait()
            try:
                await self.refresh()
            except Exception:  # the edge of the page: the next second may do better, and trading goes on
                log.exception("Could not render the dashboard")
            await asyncio.sleep(PACE)

    async def refresh(self) -> None:
        """Render anew if something has changed; tell those who wait which pieces did."""
        async with self._refreshing:
            bot, now = self._slot.bot, time.monotonic()
            if bot is None:
                return
            bot.renew_soon()
            seen = fingerprint(bot, self._slot.logs)
            if seen == self._shown and now - self._rendered_at < AGES:
                return
            view = await overview(bot, self._slot, datetime.now(UTC))
            pieces = await self._templates.render_all(PIECES, {"view": view})
            self._shown, self._rendered_at = seen, now
            self._take(pieces)

    def _take(self, pieces: Mapping[str, str]) -> None:
        self._number += 1
        for name, text in pieces.items():
            if self._pieces.get(name, (0, ""))[1] != text:
                self._pieces[name] = (self._number, text)
        self._tell()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def after(self, number: int) -> tuple[int, str]:
        """Return the pieces changed since that rendering, ready for htmx, and the number to ask with next."""
        fresh = [_addressed(name, text) for name, (changed, text) in self._pieces.items() if changed > number]
        return self._number, "\n".join(fresh)

    async def wait(self, number: int, seconds: float) -> None:
        """Wait for a rendering newer than that number, at most that long."""
        if self._number > number or self.closed:
            return
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return

    def enter(self, caller: Caller) -> None:
        self.viewers.enter(caller)
        self._watched.set()

    def leave(self, caller: Caller) -> None:
        self.viewers.leave(caller)
        if not self.viewers:
            self._watched.clear()

    def close(self) -> None:
        """Send everybody away: the server stops."""
        self.closed = True
        self._tell()


def _addressed(name: str, text: str) -> str:
    return f'<hx-partial hx-target="#{name}" hx-swap="outerMorph">{text}</hx-partial>'
