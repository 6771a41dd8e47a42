"""Hold the dashboard's state in the application."""

import asyncio
import time
from typing import TYPE_CHECKING

from aiohttp import web

from appliance.queries.settings.drafts import Drafts
from appliance.server.dashboard.charts.candles_around import FetchedCandles
from appliance.server.dashboard.charts.forming import FormingCandles
from appliance.server.dashboard.live_page import LivePage
from appliance.server.dashboard.static_files import StaticFileServer
from appliance.server.dashboard.submissions import Submissions
from appliance.server.dashboard.templates import Templates

if TYPE_CHECKING:
    from collections.abc import Callable


class Dashboard:
    """Hold the dashboard's parts; `clock` returns seconds since 1970, `below` is the path of the dashboard.

    The lock `gathering` is held while the content of a page is gathered: of concurrent page requests one is
    gathered at a time, and other requests run in between.
    """

    def __init__(
        self, live_page: LivePage, templates: Templates, static: StaticFileServer, below: str = ""
    ) -> None:
        self.live_page = live_page
        self.templates = templates
        self.static = static
        self.below = below
        self.drafts = Drafts()
        self.forming = FormingCandles()
        self.gathering = asyncio.Lock()
        self.clock: Callable[[], float] = time.time
        self.fetched = FetchedCandles()
        self.submissions = Submissions(lambda: self.clock())


DASHBOARD = web.AppKey("dashboard", Dashboard)
