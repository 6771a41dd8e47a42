"""Servers on loopback that stand for services: one that takes what is posted, one that is Telegram."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

PATIENCE = 30.0
TOKEN = "123:test-token"
CHAT, USER = -1001, 17


class Heard:
    """Keep what a server was told, and let tests wait for it."""

    def __init__(self) -> None:
        self._changed = asyncio.Condition()

    async def changed(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def until(self, happened: Callable[[], Any]) -> Any:
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(happened)
        return happened()


class Sink(Heard):
    """Take posts; `answers` says with which status the next ones are answered, 200 after that."""

    def __init__(self) -> None:
        super().__init__()
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.refused = 0
        self.answers: deque[int] = deque()
        self.down = False
        self.headers: dict[str, str] = {}
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        status = 503 if self.down else (self.answers.popleft() if self.answers else 200)
        if status == 200:
            self.posts.append((dict(request.headers), body))
        else:
            self.refused += 1
        await self.changed()
        return web.Response(status=status, headers=self.headers if status != 200 else {})

    @property
    def bodies(self) -> list[str]:
        return [body.decode() for _, body in self.posts]

    @property
    def json(self) -> list[Any]:
        return [json.loads(body) for _, body in self.posts]


class TelegramServer(Heard):
    """Be a Bot API for one bot: `write` is what a user does, `sent` what the bot did."""

    def __init__(self) -> None:
        super().__init__()
        self.url = ""
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.answers: deque[dict[str, Any]] = deque()
        """What the next calls that send or edit are answered with, in place of success."""
        self.down = False
        self.now: Callable[[], float] = lambda: 0.0
        self.listening = False
        self.refused = 0
        self._updates: list[dict[str, Any]] = []
        self._number = 100

    async def take(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != f"bot{TOKEN}":
            return _failure(401, "Unauthorized")
        if self.down:
            self.refused += 1
            await self.changed()
            return web.Response(status=502, text="<html>bad gateway</html>")
        method, given = request.match_info["method"], await request.json()
        if method == "getMe":
            return _success({"id": 1, "is_bot": True, "username": "test_bot"})
        if method == "getUpdates":
            return _success(await self._await_updates(given))
        if self.answers:
            self.calls.append((f"refused {method}", given))
            await self.changed()
            return web.json_response(self.answers.popleft())
        self.calls.append((method, given))
        await self.changed()
        return _success({"message_id": len(self.calls), "chat": {"id": given.get("chat_id", 0)}})

    async def write(self, text: str, *, chat: int = CHAT, user: int = USER, **more: Any) -> None:
        message = {
            "message_id": self._number,
            "date": int(self.now()),
            "chat": {"id": chat, "type": "group"},
            "from": {"id": user, "is_bot": False, "first_name": "Ann"},
            "text": text,
        }
        await self._happen({"message": message | more})

    async def press(self, data: str, *, message_id: int = 1, chat: int = CHAT, user: int = USER) -> None:
        """Touch the button with this data under a message of the bot."""
        message = {"message_id": message_id, "date": 1, "chat": {"id": chat, "type": "group"}}
        query = {"id": str(self._number), "from": {"id": user}, "message": message, "data": data}
        await self._happen({"callback_query": query})

    @property
    def texts(self) -> list[str]:
        return [given["text"] for method, given in self.calls if method == "sendMessage"]

    async def reply(self, count: int = 1) -> str:
        """Wait until so many messages were sent in all, and return the last."""
        await self.until(lambda: len(self.texts) >= count)
        return self.texts[-1]

    async def _happen(self, update: dict[str, Any]) -> None:
        self._number += 1
        self._updates.append({"update_id": self._number} | update)
        await self.changed()

    async def _await_updates(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        offset = given.get("offset", 0)
        if offset < 0:
            return self._updates[offset:]

        self.listening = True
        await self.changed()

        def waiting() -> list[dict[str, Any]]:
            return [update for update in self._updates if update["update_id"] >= offset]

        try:
            async with asyncio.timeout(given["timeout"]), self._changed:
                await self._changed.wait_for(waiting)
        except TimeoutError:
            pass
        return waiting()


def _success(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _failure(code: int, description: str) -> web.Response:
    body = {"ok": False, "error_code": code, "description": description}
    return web.json_response(body, status=code)


@asynccontextmanager
async def sink(port: int = 0) -> AsyncIterator[Sink]:
    taking = Sink()
    async with _served("/{path:.*}", taking.take, port) as address:
        taking.url = f"{address}/hook"
        yield taking


@asynccontextmanager
async def telegram(port: int = 0) -> AsyncIterator[TelegramServer]:
    server = TelegramServer()
    async with _served("/{token}/{method}", server.take, port) as server.url:
        yield server


@asynccontextmanager
async def _served(path: str, handler: Any, port: int) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post(path, handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def telegram_settings(server: TelegramServer, **more: Any) -> dict[str, Any]:
    """Settings for `scene(folder, **…)`."""
    given = {"enabled": True, "token": TOKEN, "chat_id": str(CHAT), "api_url": server.url} | more
    return {f"telegram.{key}": value for key, value in given.items()}
