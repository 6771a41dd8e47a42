"""Locks per pair: what waits for what, and what does not."""

import asyncio

from appliance.bot.concurrency.pair_mutexes import PairMutexes


async def settled() -> None:
    """Let everything go on that can."""
    for _ in range(20):
        await asyncio.sleep(0)


class Actor:
    """Act on a pair until told to end."""

    def __init__(self, locks: PairMutexes, pair: str) -> None:
        self.acts = False
        self._locks, self._pair = locks, pair
        self._end = asyncio.Event()
        self.task = asyncio.create_task(self._act())

    async def _act(self) -> None:
        async with self._locks.acting_on(self._pair):
            self.acts = True
            await self._end.wait()
        self.acts = False

    async def end(self) -> None:
        self._end.set()
        await self.task


async def test_one_acts_on_a_pair_and_others_on_other_pairs():
    locks = PairMutexes()
    first, second, other = Actor(locks, "A"), Actor(locks, "A"), Actor(locks, "B")
    await settled()
    assert (first.acts, second.acts, other.acts) == (True, False, True)
    assert (locks.waiting_for("A"), locks.waiting_for("C")) == (2, 0)
    await first.end()
    await settled()
    assert second.acts
    await second.end()
    await other.end()
    assert (locks._locks, locks._wanted) == ({}, {})


async def test_a_standstill_waits_for_all_and_blocks_no_task_until_then():
    locks, still = PairMutexes(), asyncio.Event()

    async def rest() -> None:
        async with locks.standstill():
            await still.wait()

    hanging = Actor(locks, "A")
    await settled()
    resting = asyncio.create_task(rest())
    await settled()
    meanwhile = Actor(locks, "B")
    await settled()
    assert meanwhile.acts
    await meanwhile.end()
    await hanging.end()
    await settled()
    later = Actor(locks, "B")
    await settled()
    assert not later.acts
    still.set()
    await resting
    await settled()
    assert later.acts
    await later.end()


async def test_who_is_cancelled_while_waiting_leaves_nothing_behind():
    locks = PairMutexes()
    first, second = Actor(locks, "A"), Actor(locks, "A")
    await settled()
    second.task.cancel()
    await asyncio.gather(second.task, return_exceptions=True)
    await first.end()
    async with locks.standstill():
        assert locks.waiting_for("A") == 0
