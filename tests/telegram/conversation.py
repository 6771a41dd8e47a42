"""A chat between a person and a bot that trades on a scripted market, over a Bot API on loopback."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from appliance.config.logs.setup import LogBuffer
from appliance.queries.bot_slot import BotSlot
from appliance.telegram.service import serve_chat
from tests.support.scripted import Scene, scene
from tests.support.sink import TelegramServer, telegram, telegram_settings


class Conversation:
    """Write to the bot, and read what it answers."""

    def __init__(self, one: Scene, server: TelegramServer) -> None:
        self.scene = one
        self.bot = one.bot
        self.server = server

    async def ask(self, text: str, **more: Any) -> str:
        """Write, and return the next message of the bot."""
        before = len(self.server.texts)
        await self.server.write(text, **more)
        return await self.server.reply(before + 1)

    @property
    def buttons(self) -> list[list[tuple[str, str]]]:
        """The buttons under the bot's last message: text and data."""
        markup = self.server.calls[-1][1]["reply_markup"]
        return [[(one["text"], one["callback_data"]) for one in row] for row in markup["inline_keyboard"]]


@asynccontextmanager
async def conversation(
    folder: Path,
    *,
    telegram_section: dict[str, Any] | None = None,
    written_before: Sequence[str] = (),
    **settings: Any,
) -> AsyncIterator[Conversation]:
    async with telegram() as server:
        for text in written_before:
            await server.write(text)
        section = telegram_settings(server, **(telegram_section or {}))
        async with scene(folder, **section, **settings) as one:
            server.now = lambda: one.market.now.timestamp()
            logs = LogBuffer()
            logs.emit(logging.makeLogRecord({"name": "a_log", "levelname": "INFO", "msg": "1 < 2"}))
            slot = BotSlot(one.bot.settings, logs)
            slot.bot = one.bot
            listening = asyncio.create_task(serve_chat(one.bot, slot))
            try:
                await server.until(lambda: server.listening)
                yield Conversation(one, server)
            finally:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)
