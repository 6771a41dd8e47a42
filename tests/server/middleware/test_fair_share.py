"""The event loop is shared among callers: one who asks much waits for himself, not others for him."""

import asyncio

import pytest

from appliance.server.errors import TooManyRequests
from appliance.server.middleware import fair_share as turns_module
from appliance.server.middleware.fair_share import SHARE, FairShare


async def asks(turns: FairShare, who: str, seconds: float, done: list[str]) -> None:
    if not turns.may_start(who):
        await turns.wait(who)
    turns.charge(who, seconds)
    done.append(who)


async def test_a_hundred_of_one_do_not_come_before_one_of_another():
    turns, done = FairShare(), []
    async with asyncio.TaskGroup() as group:
        for _ in range(100):
            group.create_task(asks(turns, "viewer", SHARE, done))
        await asyncio.sleep(0)
        group.create_task(asks(turns, "operator", SHARE, done))
    assert done.index("operator") < 5
    assert len(done) == 101


async def test_small_requests_of_one_round_wait_for_nothing():
    turns, done = FairShare(), []
    for _ in range(20):
        assert turns.may_start("viewer")
        await asks(turns, "viewer", SHARE / 40, done)
    assert len(done) == 20


async def test_unauthenticated_clients_have_lower_limits(monkeypatch):
    turns = FairShare()
    turns.charge("", turns_module.UNAUTHENTICATED_SHARE)
    turns.charge("viewer", turns_module.UNAUTHENTICATED_SHARE)
    assert not turns.may_start("")
    assert turns.may_start("viewer")


async def test_a_disconnected_client_does_not_block_others():
    turns, done = FairShare(), []
    first = asyncio.create_task(asks(turns, "viewer", SHARE, done))
    gone = asyncio.create_task(asks(turns, "viewer", SHARE, done))
    stays = asyncio.create_task(asks(turns, "viewer", SHARE, done))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.wait_for(asyncio.gather(first, stays), 5)
    assert gone.cancelled()
    assert done == ["viewer"] * 2


async def test_what_waits_is_bounded(monkeypatch):
    monkeypatch.setattr(turns_module, "MOST_WAITING", 3)
    turns, done = FairShare(), []
    tasks = [asyncio.create_task(asks(turns, "viewer", SHARE, done)) for _ in range(5)]
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in found].count(TooManyRequests) == 1
    assert done == ["viewer"] * 4


@pytest.mark.parametrize("path", ["/count", "/sysinfo"])
async def test_too_many_at_once_are_asked_to_retry(api, monkeypatch, path):
    monkeypatch.setattr(turns_module, "MOST_WAITING", 1)
    monkeypatch.setattr(turns_module, "SHARE", 0.0)
    answers = await asyncio.gather(*(api.get(path) for _ in range(8)))
    found = {one.status for one in answers}
    assert 200 in found
    assert found <= {200, 429}
    assert all(one.headers["Retry-After"] == "1" for one in answers if one.status == 429)
