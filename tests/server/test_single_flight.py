"""Locks that callers hold in turn, however often one of them asks."""

import asyncio

import pytest

from appliance.server.single_flight import FairLock, SingleFlight
from appliance.threads import reader


async def hold(lock, who, done, goes_on=None):
    reader.set(who)
    async with lock:
        if goes_on is not None:
            await goes_on.wait()
        done.append(who)
        await asyncio.sleep(0)


async def test_each_caller_has_a_turn_before_anybody_has_a_second_one():
    lock, done, goes_on = FairLock(), [], asyncio.Event()
    tasks = [asyncio.create_task(hold(lock, "many", done, goes_on)) for _ in range(100)]
    await asyncio.sleep(0)
    tasks += [asyncio.create_task(hold(lock, who, done)) for who in ("one", "another", "one")]
    await asyncio.sleep(0)
    goes_on.set()
    await asyncio.gather(*tasks)
    assert done[:7] == ["many", "many", "one", "another", "many", "one", "many"]
    assert len(done) == 103


async def test_who_goes_away_keeps_nobody_waiting():
    lock, done, goes_on = FairLock(), [], asyncio.Event()
    holder = asyncio.create_task(hold(lock, "holder", done, goes_on))
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(hold(lock, who, done)) for who in ("a", "b", "c")]
    await asyncio.sleep(0)
    waiting[0].cancel()
    goes_on.set()
    await holder
    waiting[1].cancel()  # after it was let in
    await asyncio.wait_for(waiting[2], 10)
    with pytest.raises(asyncio.CancelledError):
        await waiting[0]
    assert (done[0], done[-1]) == ("holder", "c")
    await asyncio.wait_for(hold(lock, "later", done), 10)


async def test_one_name_is_nobody_elses_and_is_forgotten():
    flight = SingleFlight()
    async with flight.at("this"), asyncio.timeout(10), flight.at("that"):
        assert len(flight) == 2
    assert not len(flight)
