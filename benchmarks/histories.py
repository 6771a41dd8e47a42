"""Walk a bot through random histories beside the test exchange, and print how to see a failure again.

    python -m benchmarks.histories --number 2000 --seed 1
    python -m benchmarks.histories --number 25 --seed 1007 --processes 1 --shrink

Each history is some twenty steps: entries, exits, cancels, fills, answers lost, late or doubled, kills, what
the user does by hand; see `tests/bot/order_machine.py`. They are drawn in batches, each from its own seed.
"""

import argparse
import logging
import os
import random
import re
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

BATCH = 25
STEPS = 20


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


def quiet_batch(seed: int, groups: str, steps: int, shrink: bool) -> tuple[int, str | None]:
    """Walk one batch in a process of its own."""
    logging.disable(logging.CRITICAL)
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - hypothesis prints each failure as well
    return batch(seed, groups, steps, shrink)


def batch(seed: int, groups: str = "", steps: int = STEPS, shrink: bool = False) -> tuple[int, str | None]:
    """Walk one batch; return how many histories it had, and how it failed."""
    from hypothesis import HealthCheck, Phase, settings
    from hypothesis import seed as from_seed
    from hypothesis.stateful import run_state_machine_as_test

    from tests.bot.order_machine import GROUPS, machine

    chosen = settings(
        max_examples=BATCH,
        stateful_step_count=steps,
        phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
        report_multiple_bugs=False,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    with machine(groups.split(",") if groups else GROUPS) as walker:
        from_seed(seed)(walker)
        try:
            run_state_machine_as_test(walker, settings=chosen)
        except Exception as error:
            notes = "\n".join(getattr(error, "__notes__", ()))
            return walker.histories, f"{type(error).__name__}: {error}\n{notes}"
    return walker.histories, None


def again(seed: int, groups: str = "", steps: int = STEPS) -> str:
    """Return the command that walks a batch again, and makes its failure short."""
    command = f"python -m benchmarks.histories --number {BATCH} --seed {seed} --processes 1 --shrink"
    command += f" --groups {groups}" if groups else ""
    return command + (f" --steps {steps}" if steps != STEPS else "")


def kind_of(failure: str) -> str:
    """Return the first line of a failure without its numbers."""
    return re.sub(r"\d+(\.\d+)?(e-\d+)?", "#", failure.splitlines()[0])[:150]


if __name__ == "__main__":
    main()
