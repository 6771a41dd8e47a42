"""Pages of a real bot, on a market that the test sets."""

from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest

from tests.server.dashboard.conftest import token_in
from tests.support.serving import PASSWORD, USER, Api

Look = Callable[[str], Awaitable[tuple[int, str]]]


@pytest.fixture
async def look(api: Api) -> AsyncIterator[Look]:
    """Open pages as somebody who is logged in; returns status and text."""
    headers = {"Origin": api.url, "Accept": "text/html"}
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, headers=headers) as session:

        async def look(path: str) -> tuple[int, str]:
            async with session.get(api.url + path, allow_redirects=False) as answer:
                return answer.status, await answer.text()

        form = {"username": USER, "password": PASSWORD, "token": token_in((await look("/login"))[1])}
        async with session.post(f"{api.url}/login", data=form, allow_redirects=False) as answer:
            assert answer.status == 303
        yield look
