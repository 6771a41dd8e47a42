import asyncio
from contextlib import asynccontextmanager

from appliance.bot.strategy_host.file_watcher import watch


@asynccontextmanager
async def watched(folder):
    changes = asyncio.Queue()
    task = asyncio.create_task(watch(lambda: folder, lambda: changes.put_nowait("changed"), every=0.02))
    await asyncio.sleep(0.1)
    try:
        yield changes
    finally:
        task.cancel()


async def test_other_files_are_none_of_its_business(tmp_path):
    async with watched(tmp_path) as changes:
        (tmp_path / "notes.txt").write_text("buy low")
        await asyncio.sleep(0.2)
        assert changes.empty()


async def test_a_change_is_reported_once_and_the_next_one_again(tmp_path):
    file = tmp_path / "strategy.py"
    file.write_text("one")
    async with watched(tmp_path) as changes:
        file.write_text("second")
        (tmp_path / "helper.py").write_text("new")
        assert await asyncio.wait_for(changes.get(), 10) == "changed"
        await asyncio.sleep(0.2)
        assert changes.empty()
        (tmp_path / "helper.py").unlink()
        assert await asyncio.wait_for(changes.get(), 10) == "changed"
