"""Both clients behind one face, and real servers for them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from appliance.client import AsyncRestClient, RestClient
from tests.support.server_fixtures import api, stage


class Asker:
    """Call either client's methods from a coroutine, the blocking one in a thread."""

    def __init__(self, client: Any) -> None:
        self.client = client

    async def __call__(self, command: str, *arguments: Any, **keywords: Any) -> Any:
        method = getattr(self.client, command)
        if isinstance(self.client, AsyncRestClient):
            return await method(*arguments, **keywords)
        return await asyncio.to_thread(method, *arguments, **keywords)


Connect = Callable[..., Asker]


@pytest.fixture(params=["blocking", "asyncio"])
async def connect(request: pytest.FixtureRequest) -> AsyncIterator[Connect]:
    """Make a client that raises; each test runs with the blocking and with the asyncio one."""
    made: list[Asker] = []

    def make(url: str, *login: str, **options: Any) -> Asker:
        if request.param == "blocking":
            made.append(Asker(RestClient(url, *login, raises=True, **options)))
        else:
            made.append(Asker(AsyncRestClient(url, *login, **options)))
        return made[-1]

    yield make
    for asker in made:
        closing = asker.client.close()
        if closing is not None:
            await closing


__all__ = ["api", "connect", "stage"]
