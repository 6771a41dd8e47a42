"""The time of a replayed market waits for the bot, and goes on in equal steps."""

import asyncio

import pytest

from appliance.exchange.replayed.played_time import CATCH_UP_SECONDS, PlayedTime


class Machine:
    """Seconds of the machine, which the test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def machine():
    return Machine()


def played(machine: Machine, speed: float = 1e9) -> PlayedTime:
    return PlayedTime(0, 60_000, step_ms=15_000, speed=speed, idle_seconds=0.0, clock=machine)


async def test_it_stands_still_until_the_bot_has_used_the_moment(machine):
    time, quiet = played(machine), asyncio.Event()
    machine.seconds = 1000.0
    assert time.now_ms() == 0
    await time.next(quiet)
    assert time.now_ms() == 15_000


async def test_a_command_of_a_client_is_served_at_the_same_moment(machine):
    time, woken = played(machine, speed=1.0), asyncio.Event()
    woken.set()
    await time.next(woken)
    assert time.now_ms() == 0


async def test_the_last_moment_is_used_before_the_market_has_ended(machine):
    time, quiet = played(machine), asyncio.Event()
    for _ in range(4):
        await time.next(quiet)
    assert (time.now_ms(), time.ended.is_set()) == (60_000, False)
    await time.next(quiet)
    assert (time.now_ms(), time.ended.is_set()) == (60_000, True)


async def test_a_short_delay_is_made_up_for(machine):
    time, quiet = played(machine, speed=15.0), asyncio.Event()
    machine.seconds = 1.0 + CATCH_UP_SECONDS
    for _ in range(2):
        await asyncio.wait_for(time.next(quiet), 0.5)  # both are due: neither waits a second
    assert time.now_ms() == 30_000
