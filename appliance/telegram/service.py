"""Listen to Telegram for as long as a bot runs, as its settings say at each time."""

import asyncio
import logging
from typing import TYPE_CHECKING

import aiohttp

from appliance.queries.bot_slot import BotSlot

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

log = logging.getLogger(__name__)


async def take_commands(bot: "Bot", slot: BotSlot) -> None:
    """Take commands until cancelled; a reload that changes the section `telegram` is followed at once."""
    told = asyncio.Event()
    leave = bot.events.subscribe(lambda _: told.set())  # a reload is announced, too
    try:
        while True:
            settings = bot.settings.telegram
            listening = asyncio.create_task(_listen(bot, slot), name="telegram") if settings.enabled else None
            try:
                while bot.settings.telegram == settings:
                    told.clear()
                    await told.wait()
            finally:
                if listening is not None:
                    listening.cancel()
                    await asyncio.gather(listening, return_exceptions=True)
    finally:
        leave()


async def _listen(bot: "Bot", slot: BotSlot) -> None:
    from appliance.telegram.listener import Listener  # late: most bots have no Telegram

    try:
        async with aiohttp.ClientSession(trust_env=True) as session:
            await Listener(bot, slot, session).run()
    except Exception:  # the edge: nobody waits for this task, and trading goes on
        log.exception("Commands by Telegram are not heard any more")
