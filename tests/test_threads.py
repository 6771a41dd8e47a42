"""Blocking work has threads by what it is for: reading waits for reading, and commands for neither."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from appliance import threads
from appliance.threads import FairLock, for_books, for_logins, for_readers, reader


async def read_for(who: str, work, *given):
    reader.set(who)
    return await for_readers(work, *given)


@contextmanager
def held_up() -> Iterator[threading.Event]:
    """Keep all readers' threads busy."""
    ended = threading.Event()
    try:
        yield ended
    finally:
        ended.set()


async def test_books_and_logins_do_not_wait_for_readers():
    with held_up() as ended:
        reading = [asyncio.create_task(read_for("viewer", ended.wait, 20)) for _ in range(150)]
        await asyncio.sleep(0.01)
        assert await asyncio.wait_for(for_books(lambda: "written"), 5) == "written"
        assert await asyncio.wait_for(for_logins(lambda: "proven"), 5) == "proven"
        assert await asyncio.wait_for(asyncio.to_thread(lambda: "the bot's"), 5) == "the bot's"
    await asyncio.gather(*reading)


async def test_readers_take_turns(monkeypatch):
    monkeypatch.setattr(threads, "PAUSE_FACTOR", 0)
    done: list[str] = []
    with held_up() as ended:
        first = [asyncio.create_task(read_for("viewer", ended.wait, 20)) for _ in range(threads.READERS)]
        await asyncio.sleep(0.01)
        many = [asyncio.create_task(read_for("viewer", done.append, "viewer")) for _ in range(50)]
        await asyncio.sleep(0.01)
        other = asyncio.create_task(read_for("other", done.append, "other"))
        await asyncio.sleep(0.01)
    await asyncio.gather(*first, *many, other)
    assert done.index("other") < 5
    assert len(done) == 51


async def test_what_fails_fails_for_who_asked():
    def fail() -> None:
        raise ValueError("no such report")

    with pytest.raises(ValueError, match=r"^no such report$"):
        await for_readers(fail)
    assert await for_readers(lambda: "next") == "next"


async def test_a_client_that_gives_up_does_not_block_others():
    with held_up() as ended:
        reading = [asyncio.create_task(read_for("viewer", ended.wait, 20)) for _ in range(10)]
        await asyncio.sleep(0.01)
        for one in reading[5:]:
            one.cancel()
    await asyncio.gather(*reading, return_exceptions=True)
    assert await asyncio.wait_for(for_readers(lambda: "next"), 10) == "next"


async def hold(lock, who, done, goes_on=None):
    reader.set(who)
    async with lock:
        if goes_on is not None:
            await goes_on.wait()
        done.append(who)
        await asyncio.sleep(0)


async def test_each_caller_has_a_turn_before_any_has_a_second():
    lock, done, goes_on = FairLock(), [], asyncio.Event()
    tasks = [asyncio.create_task(hold(lock, "many", done, goes_on)) for _ in range(100)]
    await asyncio.sleep(0)
    tasks += [asyncio.create_task(hold(lock, who, done)) for who in ("one", "another", "one")]
    await asyncio.sleep(0)
    goes_on.set()
    await asyncio.gather(*tasks)
    assert done[:7] == ["many", "many", "one", "another", "many", "one", "many"]
    assert len(done) == 103


async def test_a_leaving_client_does_not_delay_others():
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
