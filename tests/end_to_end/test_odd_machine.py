"""A machine that finds no names, and whose clock jumps by an hour: the bot waits, and goes on by itself."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from tests.end_to_end.test_kill_at_every_step import SETTLING, Stage
from tests.support.running import exchange

COMPILER = shutil.which("cc")
pytestmark = pytest.mark.skipif(not COMPILER, reason="a C compiler makes the machine odd")


async def odd_machine(folder: Path) -> dict[str, str]:
    """Return the environment of a process on such a machine."""
    library, source = folder / "odd_machine.so", Path(__file__).with_name("odd_machine.c")
    made = await asyncio.create_subprocess_exec(COMPILER, "-shared", "-fPIC", "-o", library, source, "-ldl")
    assert await made.wait() == 0
    return {"LD_PRELOAD": str(library)}


async def test_without_names_it_waits_and_after_jumps_of_the_clock_it_trades_on(tmp_path):
    async with exchange(tmp_path) as url:
        stage = Stage(tmp_path, url.replace("127.0.0.1", "localhost"), forked=False)
        program = stage.program
        program.environment = await odd_machine(tmp_path)
        no_names, clock = tmp_path / "no_names", tmp_path / "clock"
        (tmp_path / "config.json").write_text(json.dumps(program.config))
        try:
            no_names.touch()
            await program.launch("-c", str(tmp_path / "config.json"))
            await program.until_said("The exchange cannot be reached")
            no_names.unlink()
            await program.until(program.trades)
            assert "Traceback" not in program.output

            await stage.enter_below()  # it may wait for ten minutes
            for jump in (3600, 0, -3600):
                clock.write_text(str(jump))
                before = (await stage.ask("GET", "/__ledger"))["orders"]
                await stage.enter()  # signed in time, or the exchange would refuse it
                assert len((await stage.ask("GET", "/__ledger"))["orders"]) == len(before) + 1
                await one_cycle(stage)
            resting = (await stage.ask("GET", "/__ledger"))["orders"][0]
            assert resting["status"] == "NEW"

            no_names.touch()
            await program.until_said("cannot be reached")
            no_names.unlink()
            await program.until(stage.settled, SETTLING)
            await stage.enter()
            await program.until(stage.settled, SETTLING)
            assert "Traceback" not in program.output
        finally:
            await program.end(9)


async def one_cycle(stage: Stage) -> None:
    """Wait until the bot has gone through everything once more."""
    before = (await stage.program.get("health"))["last_process_ts"]

    async def another() -> bool:
        return (await stage.program.get("health"))["last_process_ts"] != before

    await stage.program.until(another)
