"""Run a bot until the program is stopped."""

import asyncio
import gc

from appliance.bot.bot import Bot


async def run_until(bot: Bot, ended: asyncio.Event) -> None:
    """Run the bot until `ended` is set, then close it."""
    running = asyncio.create_task(bot.run(), name="bot")
    waiting = asyncio.create_task(ended.wait(), name="end")
    freezing = asyncio.create_task(_freeze_startup_objects(bot), name="freezing")
    try:
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
    finally:
        for task in (running, waiting, freezing):
            task.cancel()
        await asyncio.gather(running, waiting, freezing, return_exceptions=True)
        await bot.close()


async def _freeze_startup_objects(bot: Bot) -> None:
    """Exclude the objects that the start created from every later garbage collection.

    These are a hundred thousand objects, mostly modules and markets, that stay alive: each full collection
    over them would delay all answers by a tenth of a second.
    """
    await bot.first_cycle.wait()
    gc.freeze()
