"""Serve a dialect on loopback."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from fnmatch import fnmatchcase

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.exchange_dialects.dialect import Dialect, Said, Seen, given


def _app(dialect: Dialect) -> web.Application:
    async def answer(request: web.Request) -> web.StreamResponse:
        seen = Seen(request.method, request.path, request.headers, given(request.query, await request.text()))
        try:
            body, status = dialect.answer(seen), 200
        except Said as said:
            body, status = said.body, said.status
        if dialect.lose and fnmatchcase(seen.route, dialect.orders):
            dialect.lose -= 1
            request.transport.abort()
        return web.Response(text=json.dumps(body), status=status, content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    return app


@asynccontextmanager
async def serving(dialect: Dialect) -> AsyncIterator[str]:
    """Serve; yield the address."""
    server = TestServer(_app(dialect))
    await server.start_server(access_log=None, shutdown_timeout=0.1)
    try:
        yield str(server.make_url("")).rstrip("/")
    finally:
        await server.close()
