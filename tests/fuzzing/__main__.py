"""Attack a bot of one's own: make fuzz ARGS="--seconds 300 --as viewer --seed 7"."""

import argparse
import asyncio
import secrets
import sys
import tempfile
from pathlib import Path

from tests.fuzzing.attack import attack
from tests.fuzzing.bots import ROLES, fuzzing_config, stir
from tests.fuzzing.described import fuzzed
from tests.support.running import Program, free_port


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=300, help="for each role and way; default 300")
    parser.add_argument(
        "--as",
        dest="roles",
        choices=ROLES,
        action="append",
        help="one role; default all, one after the other",
    )
    parser.add_argument(
        "--way",
        choices=("own", "described"),
        action="append",
        help="requests of our own, or schemathesis'; default both",
    )
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    parser.add_argument("--first", type=int, default=0, help="number of the first request of our own")
    parser.add_argument("--count", type=int, help="how many of them, instead of for how long")
    return parser.parse_args()


async def main() -> int:
    given, findings = arguments(), 0
    print(f"seed {given.seed}", flush=True)
    for role in given.roles or ROLES:
        for way in given.way or ("own", "described"):
            findings += await attacked(role, way, given)
    return int(findings > 0)


async def attacked(role: str, way: str, given: argparse.Namespace) -> int:
    """Start a bot, attack it, tell; return how much was found."""
    with tempfile.TemporaryDirectory() as folder:
        program = Program(Path(folder), fuzzing_config(free_port()))
        await program.start()
        await stir(program)
        try:
            if way == "described":
                status, told = await fuzzed(
                    program, role, f"--max-time={given.seconds}", f"--seed={given.seed}"
                )
                print(f"{role}, as described:\n{told}", flush=True)
                wrong = "Traceback" in program.output
                if wrong:
                    print(program.output)
                return int(bool(status) or wrong)
            seconds = None if given.count else given.seconds
            done = await attack(
                program, role, given.seed, first=given.first, count=given.count, seconds=seconds
            )
            print(f"{done.told()}; pings {done.pings}", *done.findings, sep="\n", flush=True)
            return len(done.findings)
        finally:
            await program.end()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
