"""What the machine is like: measured once for all who ask, and never before a command."""

import asyncio

from appliance.queries import info
from appliance.server.bot_slot import BOT_SLOT


async def test_all_who_ask_at_once_get_one_measurement(api, monkeypatch):
    taken, measure = [], info._measure

    def counted():
        taken.append(1)
        return measure()

    monkeypatch.setattr(info, "_measure", counted)
    answers = await asyncio.gather(*(api.get("/sysinfo") for _ in range(40)))
    assert {one.status for one in answers} == {200}
    assert len({str(one.body) for one in answers}) <= 2
    assert len(taken) <= 2


async def test_it_is_measured_again_after_a_moment(api, monkeypatch):
    monkeypatch.setattr(api.app[BOT_SLOT].machine, "_seconds", 0.0)
    taken, measure = [], info._measure
    monkeypatch.setattr(info, "_measure", lambda: taken.append(1) or measure())
    for _ in range(2):
        assert (await api.get("/sysinfo")).status == 200
    assert len(taken) == 2


async def test_a_command_waits_for_no_measurement(api, monkeypatch):
    """Nor for any other report: its line in the audit log is written by other threads."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def held_up():
        asyncio.run_coroutine_threadsafe(ended.wait(), loop).result(30)
        return measure()

    measure = info._measure
    monkeypatch.setattr(info, "_measure", held_up)
    monkeypatch.setattr(api.app[BOT_SLOT].machine, "_seconds", -1.0)
    reading = [asyncio.create_task(api.get("/sysinfo")) for _ in range(80)]  # a client session has 100
    reading += [asyncio.create_task(api.get("/stats")) for _ in range(10)]
    await asyncio.sleep(0.1)
    assert (await asyncio.wait_for(api.post("/pause"), 10)).status == 200
    assert not any(one.done() for one in reading[:80])
    ended.set()
    for one in reading:
        one.cancel()
    await asyncio.gather(*reading, return_exceptions=True)
