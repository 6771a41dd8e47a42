"""The strategy's thread: one call after the other, urgent ones first."""

import asyncio
import threading

import pytest

from appliance.bot.concurrency.strategy_thread import StrategyThread
from appliance.exchange.priority import urgent


async def test_what_is_urgent_goes_first_and_what_was_given_up_is_left_out():
    thread, busy, done = StrategyThread(), threading.Event(), []
    first = asyncio.create_task(thread.run(busy.wait))
    usual = asyncio.create_task(thread.run(done.append, "usual"))
    dropped = asyncio.create_task(thread.run(done.append, "dropped"))
    await asyncio.sleep(0)
    with urgent():
        ahead = [asyncio.create_task(thread.run(done.append, f"urgent {number}")) for number in (1, 2)]
    await asyncio.sleep(0)
    dropped.cancel()
    await asyncio.sleep(0)
    busy.set()
    await asyncio.gather(first, usual, *ahead)
    assert done == ["urgent 1", "urgent 2", "usual"]
    thread.close()


async def test_what_is_raised_arrives_and_a_closed_thread_takes_nothing():
    thread = StrategyThread()
    with pytest.raises(ValueError, match="wrong"):
        await thread.run(int, "wrong")
    begun, busy = threading.Event(), threading.Event()
    running = asyncio.create_task(thread.run(lambda: begun.set() or busy.wait()))
    await asyncio.to_thread(begun.wait)
    waiting = asyncio.create_task(thread.run(int))
    await asyncio.sleep(0)
    thread.close()
    busy.set()
    assert await running
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with pytest.raises(RuntimeError):
        await thread.run(int)
