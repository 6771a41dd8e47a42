"""Run a bot until the program is stopped."""

import asyncio
import gc

from appliance.bot.bot import Bot


async def run_until(bot: Bot, ended: asyncio.Event) -> None:
    """Run the bot until `ended` is set, then close it."""
    running = asyncio.create_task(bot.run(), name="bot")
    waiting = asyncio.create_task(ended.wait(), name="end")
    sparing = asyncio.create_task(_spare_the_start(bot), name="sparing")
    try:
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
    finally:
        for task in (running, waiting, sparing):
            task.cancel()
        await asyncio.gather(running, waiting, sparing, return_exceptions=True)
        await bot.close()


async def _spare_the_start(bot: Bot) -> None:
    """Leave what the start has made out of every later search for garbage.

    That is a hundred thousand objects, modules and markets above all, that stay: to look through them again
    holds up every answer for a tenth of a second, now and then for ever.
    """
    await bot.first_cycle.wait()
    gc.freeze()
