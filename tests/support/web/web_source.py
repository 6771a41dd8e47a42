"""A web server on loopback whose answers the test sets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer


class Source:
    """Answer JSON at any path, or what the test says instead; remember what was asked."""

    def __init__(self) -> None:
        self.root = ""
        self.body: object = {}
        self.by_path: dict[str, object] = {}
        self.status = 200
        self.content_type = "application/json"
        self.text: str | None = None
        self.delay = 0.0
        self.requests: list[web.BaseRequest] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.requests.append(request)
        await asyncio.sleep(self.delay)
        if self.text is not None:
            return web.Response(text=self.text, status=self.status, content_type=self.content_type)
        body = self.by_path.get(request.path, self.body)
        if callable(body):
            body = body(request)
        return web.json_response(body, status=self.status)


@asynccontextmanager
async def source() -> AsyncIterator[Source]:
    found = Source()
    app = web.Application()
    app.router.add_get("/{path:.*}", found.answer)
    async with TestServer(app) as server:
        found.root = str(server.make_url("")).rstrip("/")
        yield found
