"""Numbers computed in forked processes."""

import os
import signal
from collections.abc import Callable

import pytest

from appliance.domain.errors import DataError
from appliance.research.credibility.forked import computed, in_forks

Compute = Callable[..., dict[int, float]]


def test_a_process_that_is_killed_costs_only_its_own_inputs() -> None:
    def task(number: int) -> float:
        if number == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return number / 2

    assert in_forks(task, range(1, 7), 2, lambda done: None) == {1: 0.5, 2: 1.0, 4: 2.0, 6: 3.0}


@pytest.mark.parametrize("compute", [computed, in_forks])
def test_an_error_of_the_task_is_raised_here(compute: Compute) -> None:
    def task(number: int) -> float:
        raise DataError(f"history {number} is broken")

    with pytest.raises(DataError, match="is broken"):
        compute(task, range(4), 3, lambda done: None)


@pytest.mark.parametrize("jobs", [1, 2, 10])
def test_the_number_of_processes_changes_no_result(jobs: int) -> None:
    done: list[int] = []
    assert in_forks(lambda number: number**2, range(5), jobs, done.append) == {0: 0, 1: 1, 2: 4, 3: 9, 4: 16}
    assert done == [1, 2, 3, 4, 5]


def test_nothing_to_compute_gives_nothing() -> None:
    assert computed(lambda number: 1.0, [], 2, lambda done: None) == {}
