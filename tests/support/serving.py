"""The server over real connections: empty at first, or with a real bot on a market that the test sets."""

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec
from aiohttp import web

from appliance.config.logs.setup import LogBuffer
from appliance.config.settings import Settings
from appliance.server.app import create_app
from appliance.server.listening.listener import serve

USER, PASSWORD = "trader", "correct horse battery"
SECRET = "a secret of thirty-two characters or more"
WS_TOKENS = ("first-websocket-token", "second-websocket-token")

LOGIN = {
    "api_server.username": USER,
    "api_server.password": PASSWORD,
    "api_server.jwt_secret_key": SECRET,
    "api_server.ws_token": list(WS_TOKENS),
}
"""The same for a bot's settings, which are what counts once it is there: `scene(folder, **LOGIN)`."""


def server_settings(**api_server: Any) -> Settings:
    """Return settings with a login."""
    login = {
        "username": USER,
        "password": PASSWORD,
        "jwt_secret_key": SECRET,
        "ws_token": list(WS_TOKENS),
    }
    raw = {"stake_currency": "USDT", "api_server": login | api_server}
    return msgspec.convert(raw, Settings)


class Answer(msgspec.Struct):
    """What came back: `body` is the JSON, or the text where it is none."""

    status: int
    headers: Any
    body: Any


class Api:
    """Ask the API; with the right password unless told otherwise."""

    def __init__(self, session: aiohttp.ClientSession, url: str, app: web.Application) -> None:
        self.session = session
        self.url = url
        self.app = app

    async def ask(self, method: str, path: str, *, login: Any = (USER, PASSWORD), **more: Any) -> Answer:
        """Send a request to a path below /api/v1. `login`: (user, password), a bearer token, or None."""
        headers = dict(more.pop("headers", {}))
        if isinstance(login, str):
            headers["Authorization"] = f"Bearer {login}"
        elif login:
            headers["Authorization"] = aiohttp.encode_basic_auth(*login)
        async with self.session.request(
            method, f"{self.url}/api/v1{path}", headers=headers, **more
        ) as answer:
            text = await answer.text()
            try:
                body = json.loads(text)
            except ValueError:
                body = text
            return Answer(answer.status, answer.headers, body)

    async def get(self, path: str, **more: Any) -> Answer:
        return await self.ask("GET", path, **more)

    async def post(self, path: str, body: Any = None, **more: Any) -> Answer:
        if body is not None:
            more["json"] = body
        return await self.ask("POST", path, **more)

    def listen(self, token: str, *, origin: str | None = None, **parameters: str) -> Any:
        """Open a websocket, as a page of `origin` would if given."""
        query = {"token": token, **parameters}
        return self.session.ws_connect(f"{self.url}/api/v1/message/ws", params=query, origin=origin)


@asynccontextmanager
async def served(settings: Settings | None = None) -> AsyncIterator[Api]:
    """Serve an application without a bot on a free port."""
    logs = LogBuffer()
    logs.emit(logging.makeLogRecord({"name": "test", "levelname": "INFO", "msg": "first"}))
    logs.emit(logging.makeLogRecord({"name": "test", "levelname": "INFO", "msg": "second"}))
    app = create_app(settings or server_settings(), log_buffer=logs)
    runner = await serve(app, "127.0.0.1", 0)
    host, port = runner.addresses[0][:2]
    try:
        async with aiohttp.ClientSession() as session:
            yield Api(session, f"http://{host}:{port}", app)
    finally:
        await runner.cleanup()
