"""Run the listener for as long as the bot runs, with the settings of its last reload."""

import asyncio
import logging
from typing import TYPE_CHECKING

import aiohttp

from appliance.queries.bot_slot import BotSlot

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

log = logging.getLogger(__name__)


async def serve_chat(bot: "Bot", slot: BotSlot) -> None:
    """Answer commands until cancelled; a reload that changes the section `telegram` applies at once."""
    emitted = asyncio.Event()
    unsubscribe = bot.events.subscribe(lambda _: emitted.set())  # a reload emits an event, too
    try:
        while True:
            settings = bot.settings.telegram
            listening = asyncio.create_task(_listen(bot, slot), name="telegram") if settings.enabled else None
            try:
                while bot.settings.telegram == settings:
                    emitted.clear()
                    await emitted.wait()
            finally:
                if listening is not None:
                    listening.cancel()
                    await asyncio.gather(listening, return_exceptions=True)
    finally:
        unsubscribe()


async def _listen(bot: "Bot", slot: BotSlot) -> None:
    from appliance.telegram.listener import Listener  # late: most bots have no Telegram

    try:
        async with aiohttp.ClientSession(trust_env=True) as session:
            await Listener(bot, slot, session).run()
    except Exception:  # the edge: nothing awaits this task, and trading goes on
        log.exception("Telegram: the listener failed; commands are not answered any more")
