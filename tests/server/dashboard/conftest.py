"""The application with a demo bot at its slot, and a browser's way of talking to it."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient

from appliance.server.app import create_app
from appliance.server.bot_slot import BOT_SLOT
from tests.server.dashboard.browser import Host
from tests.server.dashboard.demo_bot import PASSWORD, USER, DemoBot, DemoLogs, demo_settings
from tests.support.browser import Browser, chromium


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark every test of this folder."""
    item.add_marker(pytest.mark.python_independent)


Client = TestClient[web.Request, web.Application]
HTML = {"Accept": "text/html"}


class Visitor:
    """Open pages and send forms as a browser does: cookies kept, origin told, redirects followed by hand."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.origin = str(client.make_url("/")).rstrip("/")
        self.token = self.ticket = ""

    async def open(self, path: str, **headers: str) -> ClientResponse:
        return await self.client.get(path, headers={**HTML, **headers}, allow_redirects=False)

    async def page(self, path: str) -> str:
        """Open a page that is there, and take over token and ticket that its forms carry."""
        answer = await self.open(path)
        assert answer.status == 200, await answer.text()
        text = await answer.text()
        self.token = token_in(text)
        self.ticket = next(iter(re.findall(r'name="ticket" value="([^"]+)"', text)), "")
        return text

    async def send(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> ClientResponse:
        """Send a form with token and ticket of the page opened last, from our own origin."""
        told = {"Origin": self.origin, **(headers or {})}
        carried = {"token": self.token} | ({"ticket": self.ticket} if self.ticket else {})
        return await self.client.post(path, data=carried | fields, headers=told, allow_redirects=False)

    async def log_in(self, username: str = USER, password: str = PASSWORD) -> ClientResponse:
        await self.page("/login")
        answer = await self.send("/login", username=username, password=password)
        if answer.status == 303 and self.client.app[BOT_SLOT].bot is not None:
            await self.page("/")
        return answer


def token_in(page: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f]{64})"', page)
    return found.group(1) if found else ""


@pytest.fixture
def logs() -> DemoLogs:
    return DemoLogs()


@pytest.fixture
def make_app(logs: DemoLogs, tmp_path: Path) -> Callable[..., web.Application]:
    """Return what makes the application; each further one knows the sessions of earlier ones."""

    def make(bot: DemoBot | None = None, **settings: Any) -> web.Application:
        app = create_app(
            bot.settings if bot else demo_settings(**settings), log_buffer=logs, user_data=tmp_path
        )
        app[BOT_SLOT].bot = bot
        return app

    return make


@pytest.fixture
def bot() -> DemoBot:
    return DemoBot()


@pytest.fixture
def visit(aiohttp_client: Any) -> Callable[[web.Application], Awaitable[Visitor]]:
    async def visit(app: web.Application) -> Visitor:
        return Visitor(await aiohttp_client(app))

    return visit


@pytest.fixture
async def visitor(visit: Any, make_app: Any, bot: DemoBot) -> Visitor:
    """Somebody who is not logged in, before a bot that runs."""
    return await visit(make_app(bot))


@pytest.fixture
async def trader(visitor: Visitor, bot: DemoBot) -> Visitor:
    """Somebody who is logged in, at a form; the line of that in the audit log is gone."""
    assert (await visitor.log_in()).status == 303
    bot.audited.clear()
    await visitor.page("/enter")
    return visitor


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    host = Host()
    yield host
    await host.stop()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser
