"""Walk a bot through random histories beside the test exchange, and print how to see a failure again.

    python -m tests.histories --number 2000 --seed 1
    python -m tests.histories --number 25 --seed 1007 --processes 1 --shrink

Each history is some twenty steps: entries, exits, cancels, fills, answers lost, late or doubled, kills, what
the user does by hand; see `tests/histories/machine.py`. They are drawn in batches, each from its own seed.
"""

import argparse
import os
import random
import re
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from tests.histories.batches import BATCH, STEPS, again, quiet_batch


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--number", type=int, default=2000, help="how many histories at least")
    parser.add_argument("--seed", type=int, help="of the first batch; default: another each time")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--groups", default="", help="what may befall the bot, such as faults,late,kills")
    parser.add_argument(
        "--shrink", action="store_true", help="make a history that fails as short as possible"
    )
    parser.add_argument("--go-on", action="store_true", help="walk on after a failure")
    given = parser.parse_args()
    seed = random.randrange(10**6) if given.seed is None else given.seed
    print(f"seed {seed}", flush=True)
    raise SystemExit(1 if walked(given, seed) else 0)


def walked(given: argparse.Namespace, seed: int) -> int:
    """Walk all histories; return how many batches have failed."""
    began, histories, kinds = time.monotonic(), 0, Counter[str]()
    batches = -(-given.number // BATCH)
    with ProcessPoolExecutor(given.processes, mp_context=get_context("spawn")) as pool:
        walks = {
            pool.submit(quiet_batch, seed + number, given.groups, given.steps, given.shrink): seed + number
            for number in range(batches)
        }
        for walk in as_completed(walks):
            number, failure = walk.result()
            histories += number
            if failure is None:
                continue
            kinds[kind_of(failure)] += 1
            command = again(walks[walk], given.groups, given.steps)
            print(f"\n{failure}\nSee it again: {command}", flush=True)
            if not given.go_on:
                for other in walks:
                    other.cancel()
                break
    seconds = time.monotonic() - began
    print(f"{histories} histories in {seconds:.0f} s, {kinds.total()} failures")
    for kind, number in kinds.most_common():
        print(f"{number:5d}  {kind}")
    return kinds.total()


def kind_of(failure: str) -> str:
    """Return the first line of a failure without its numbers."""
    return re.sub(r"\d+(\.\d+)?(e-\d+)?", "#", failure.splitlines()[0])[:150]


if __name__ == "__main__":
    main()
