"""Run a bot until the program is told to end."""

import asyncio

from appliance.bot.bot import Bot


async def run_until(bot: Bot, ended: asyncio.Event) -> None:
    """Run the bot until `ended` is set, then close it."""
    running = asyncio.create_task(bot.run(), name="bot")
    waiting = asyncio.create_task(ended.wait(), name="end")
    try:
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
    finally:
        for task in (running, waiting):
            task.cancel()
        await asyncio.gather(running, waiting, return_exceptions=True)
        await bot.close()
