"""Somebody at the forms of a real bot, on a market that the test sets."""

import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.server.dashboard.conftest import token_in
from tests.server.dashboard.pages.test_overview import words
from tests.support.serving import PASSWORD, USER, Api


class Person:
    """Open pages and send the forms on them, as a browser without scripts, or with htmx."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url = session, url
        self.token = self.ticket = ""

    async def look(self, path: str) -> tuple[int, str]:
        """Open a page; return its status and what can be read on it."""
        status, page = await self.page(path)
        return status, words(page)

    async def page(self, path: str) -> tuple[int, str]:
        async with self._session.get(self._url + path, allow_redirects=False) as answer:
            text = await answer.text()
        self.token = token_in(text) or self.token
        found = re.search(r'name="ticket" value="([^"]+)"', text)
        self.ticket = found.group(1) if found else self.ticket
        return answer.status, text

    async def send(self, path: str, *, scripts: bool = True, **fields: Any) -> tuple[int, str]:
        """Send a form with token and ticket of the page opened last; return status and text."""
        headers = {"HX-Request": "true"} if scripts else {}
        data = {"token": self.token, "ticket": self.ticket, **fields}
        async with self._session.post(
            f"{self._url}/dashboard/{path}", data=data, headers=headers, allow_redirects=False
        ) as answer:
            return answer.status, words(await answer.text()).strip().removesuffix(" ×")


@pytest.fixture
async def person(api: Api) -> AsyncIterator[Person]:
    headers = {"Origin": api.url, "Accept": "text/html"}
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), headers=headers) as session:
        one = Person(session, api.url)
        await one.page("/login")
        form = {"username": USER, "password": PASSWORD, "token": one.token}
        async with session.post(f"{api.url}/login", data=form, allow_redirects=False) as answer:
            assert answer.status == 303
        await one.page("/pairs")
        yield one
