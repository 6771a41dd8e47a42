"""Name what the dashboard keeps with the application, from its start to its end."""

import asyncio
import time
from typing import TYPE_CHECKING

from aiohttp import web

from appliance.server.dashboard.board import Board
from appliance.server.dashboard.static_files import StaticFileServer
from appliance.server.dashboard.templates import Templates

if TYPE_CHECKING:
    from collections.abc import Callable


class EndedSessions:
    """Remember the sessions that were logged out of, for as long as their cookies would still pass."""

    def __init__(self) -> None:
        self._ended: dict[str, float] = {}

    def end(self, session_id: str, now: float, lasts: float) -> None:
        self._ended = {known: until for known, until in self._ended.items() if until > now}
        self._ended[session_id] = now + lasts

    def __contains__(self, session_id: str) -> bool:
        return session_id in self._ended


class Dashboard:
    """Hold the dashboard's parts; `clock` gives seconds since 1970.

    Who gathers what a page shows holds `gathering`: of ten pages asked for in one moment one is gathered at a
    time, and other requests come in between.
    """

    def __init__(self, board: Board, templates: Templates, static: StaticFileServer) -> None:
        self.board = board
        self.templates = templates
        self.static = static
        self.ended = EndedSessions()
        self.gathering = asyncio.Lock()
        self.clock: Callable[[], float] = time.time


DASHBOARD = web.AppKey("dashboard", Dashboard)
