"""Have schemathesis try everything that the API's description allows, and what it forbids, on a running bot.

A longer run than the tests do, with other requests each time: make fuzz ARGS="--seconds 600"
"""

import argparse
import asyncio
import os
import secrets
import sys
import tempfile
from pathlib import Path

import aiohttp

from tests.end_to_end.running import CREDENTIALS, PASSWORD, USER, Program, free_port, simulated_config

ROOT = Path(__file__).parents[2]


def fuzzing_config(port: int) -> dict:
    """A bot on the simulated market that describes its API, and whom wrong logins do not slow down."""
    config = simulated_config(port, strategy="SampleStrategy")
    config["api_server"] |= {"enable_openapi": True, "login_throttle": {"enabled": False}}
    config["max_open_trades"] = 50
    return config


async def fuzzed(program: Program, *arguments: str) -> tuple[int, str]:
    """Run schemathesis against a bot that runs; return its exit status and what it said."""
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "schemathesis"),
        "--config-file",
        str(Path(__file__).with_name("fuzzing.toml")),
        "run",
        f"{program.url}/openapi.json",
        "--checks=all",
        *arguments,
        cwd=program.folder,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "NO_COLOR": "1",
            "FUZZ_USER": USER,
            "FUZZ_PASSWORD": PASSWORD,
            "FUZZ_REFRESH_TOKEN": await refresh_token(program),
        },
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate()
    return process.returncode or 0, told.decode()


async def enter_trades(program: Program) -> None:
    """Enter a few trades, so that there is something to ask for."""
    for pair in ("BTC/USDT", "ETH/USDT", "SOL/USDT"):
        await program.post("forceenter", {"pair": pair})


async def refresh_token(program: Program) -> str:
    async with (
        aiohttp.ClientSession(headers={"Authorization": CREDENTIALS}) as session,
        session.post(f"{program.url}/api/v1/token/login") as answer,
    ):
        return (await answer.json())["refresh_token"]


async def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        program = Program(Path(folder), fuzzing_config(free_port()))
        await program.start()
        await enter_trades(program)
        try:
            status, told = await fuzzed(program, f"--max-time={given.seconds}", f"--seed={given.seed}")
        finally:
            await program.end()
        print(told)
        if "Traceback" in program.output:
            print(program.output)
            return 1
        return status


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
