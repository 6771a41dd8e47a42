"""Random histories in batches, each drawn from a seed of its own."""

import logging
import os
import sys

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as from_seed
from hypothesis.stateful import run_state_machine_as_test

from tests.histories.machine import GROUPS, machine

BATCH = 25
STEPS = 20


def batch(seed: int, groups: str = "", steps: int = STEPS, shrink: bool = False) -> tuple[int, str | None]:
    """Walk one batch; return how many histories it had, and how it failed."""
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
    command = f"python -m tests.histories --number {BATCH} --seed {seed} --processes 1 --shrink"
    command += f" --groups {groups}" if groups else ""
    return command + (f" --steps {steps}" if steps != STEPS else "")


def quiet_batch(seed: int, groups: str, steps: int, shrink: bool) -> tuple[int, str | None]:
    """Walk one batch in a process of its own."""
    logging.disable(logging.CRITICAL)
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - hypothesis prints each failure as well
    return batch(seed, groups, steps, shrink)
