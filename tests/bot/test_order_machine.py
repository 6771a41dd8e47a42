"""Random histories of a bot and its exchange; `python -m benchmarks.histories` walks thousands of them."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.bot.order_machine import machine

STEPS, HISTORIES = 20, 30
QUIETLY = list(HealthCheck)


@pytest.mark.parametrize("groups", ["others", "faults", "late", "kills", "hand"])
def test_books_and_exchange_agree_whatever_happens(groups: str):
    chosen = settings(
        max_examples=HISTORIES,
        stateful_step_count=STEPS,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=QUIETLY,
    )
    with machine(groups.split("+")) as walked:
        run_state_machine_as_test(walked, settings=chosen)
