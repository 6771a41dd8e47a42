"""A bot from its first cycle until the program ends."""

import asyncio
import gc

from appliance.bot.runner import run_until
from tests.support.scripted import scene


async def test_what_the_start_has_made_is_not_searched_for_garbage_again(tmp_path):
    async with scene(tmp_path) as opened:
        ended, before = asyncio.Event(), gc.get_freeze_count()
        running = asyncio.create_task(run_until(opened.bot, ended))
        try:
            async with asyncio.timeout(20):
                while gc.get_freeze_count() <= before:  # some Pythons begin with a few
                    await asyncio.sleep(0.05)
            assert opened.bot.last_cycle_at is not None
            assert gc.isenabled()
        finally:
            gc.unfreeze()
            ended.set()
            await running
