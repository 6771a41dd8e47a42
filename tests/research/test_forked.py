"""Work beside: items come from a fork, and from here where there is none or it ends early."""

import multiprocessing
import os
import signal
from collections.abc import Iterator

import pytest

from appliance.research import forked
from appliance.research.forked import Beside


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked, "usable_cores", lambda: 2)
    monkeypatch.setattr(forked, "can_fork", lambda: True)


def places(count: int = 3) -> Iterator[tuple[int, int]]:
    """Yield numbers, each with the process that made it."""
    for number in range(count):
        yield number, os.getpid()


def test_an_error_in_the_fork_is_raised_here_after_what_it_had_made():
    def failing() -> Iterator[int]:
        yield 1
        raise ZeroDivisionError

    seen: list[int] = []
    with Beside(failing) as items, pytest.raises(ZeroDivisionError):
        seen.extend(items)
    assert seen == [1]


def test_what_a_killed_fork_has_not_made_is_made_here():
    here = os.getpid()

    def dying() -> Iterator[tuple[int, int]]:
        for number, process in places():
            if number == 1 and process != here:
                os.kill(process, signal.SIGKILL)
            yield number, process

    with Beside(dying) as items:
        made = list(items)
    assert [number for number, _ in made] == [0, 1, 2]
    assert made[0][1] != here
    assert made[1][1] == made[2][1] == here


@pytest.mark.parametrize("missing", ["cores", "forks"])
def test_without_a_second_core_or_forks_all_is_made_here(monkeypatch: pytest.MonkeyPatch, missing: str):
    if missing == "cores":
        monkeypatch.setattr(forked, "usable_cores", lambda: 1)
    else:
        monkeypatch.setattr(forked, "can_fork", lambda: False)
    with Beside(places) as items:
        assert {process for _, process in items} == {os.getpid()}


def test_items_come_from_the_fork_in_their_order():
    with Beside(places) as items:
        made = list(items)
    assert [number for number, _ in made] == [0, 1, 2]
    assert os.getpid() not in {process for _, process in made}


def test_what_is_not_wanted_any_more_ends_with_the_context():
    def endless() -> Iterator[bytes]:
        while True:
            yield bytes(1_000_000)

    with Beside(endless) as items:
        assert len(next(iter(items))) == 1_000_000
        assert multiprocessing.active_children()
    assert not multiprocessing.active_children()
