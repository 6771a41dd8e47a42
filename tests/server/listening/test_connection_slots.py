"""Connections are counted: strangers, one address and one caller leave slots for others."""

import asyncio
import errno
import logging
import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest

from appliance.config.api_tokens import hash_of, new_token
from appliance.server import app
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.listening import accept, connection_slots, listener
from appliance.server.listening.connection_slots import CONNECTION_SLOTS, SlotLimits, slot_limits_for
from tests.server.raw import close, line, lines
from tests.support.scripted import scene
from tests.support.serving import LOGIN, PASSWORD, USER, Api, served

BASIC = f"Authorization: {aiohttp.encode_basic_auth(USER, PASSWORD)}"
VIEWER = new_token()


@pytest.fixture
async def small(monkeypatch, tmp_path) -> AsyncIterator[Api]:
    """A server with few slots, and a bot."""
    monkeypatch.setattr(app, "slot_limits", lambda: SlotLimits(silent=8, unauthenticated=8, authenticated=12))
    tokens = [{"name": "viewer", "hash": hash_of(VIEWER), "role": "viewer"}]
    async with scene(tmp_path, **LOGIN, **{"api_server.tokens": tokens}) as stage, served() as api:
        api.app[BOT_SLOT].bot = stage.bot
        yield api


async def until(told) -> None:
    async with asyncio.timeout(10):
        while not told():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("word", [b"", b"G", b"GET /api/v1/ping HTTP/1.1\r\n"])
async def test_idle_unauthenticated_clients_do_not_keep_an_operator_out(small, word):
    async with line(small) as operator:
        operator.send("POST /api/v1/pause HTTP/1.1", "Host: x", BASIC)
        assert await operator.status() == 200
        async with lines(small, 40) as strangers:
            for one in strangers:
                one.writer.write(word)
            await until(lambda: len(small.app[CONNECTION_SLOTS]) <= 17)
            operator.send("POST /api/v1/pause HTTP/1.1", "Host: x", BASIC)
            assert await operator.status() == 200
            assert (await small.post("/pause")).status == 200  # over a new connection


async def test_who_was_idle_longest_leaves_first(small):
    ping = "GET /api/v1/ping HTTP/1.1", "Host: x"
    async with lines(small, 6) as strangers:
        for one in (*strangers, strangers[0]):
            one.send(*ping)
            assert await one.status() == 200
        async with line(small) as newcomer:
            newcomer.send(*ping)
            assert await newcomer.status() == 200
            assert await strangers[1].ends()
            strangers[0].send(*ping)
            assert await strangers[0].status() == 200


async def test_a_viewer_leaves_slots_to_the_operator(small):
    bearer = f"Authorization: Bearer {VIEWER}"
    async with line(small) as operator:
        operator.send("POST /api/v1/pause HTTP/1.1", "Host: x", BASIC)
        assert await operator.status() == 200
        opened = []
        for _ in range(30):
            async with lines(small) as [one]:
                opened.append(one)
                one.send("GET /api/v1/count HTTP/1.1", "Host: x", bearer)
                assert await one.status() == 200
        close(opened)
        operator.send("POST /api/v1/pause HTTP/1.1", "Host: x", BASIC)
        assert await operator.status() == 200


async def test_a_callers_websockets_leave_slots_to_others(small):
    """The share of one caller is nine: the tenth costs him the first."""
    held = [
        await small.session.ws_connect(f"{small.url}/api/v1/message/ws?token={VIEWER}") for _ in range(12)
    ]
    await until(lambda: len(small.app[CONNECTION_SLOTS]) <= 9)
    assert (await small.post("/pause")).status == 200
    for one in held:
        await one.close()


async def test_a_revoked_token_is_unauthenticated_again(small):
    async with line(small) as one:
        one.send("GET /api/v1/count HTTP/1.1", "Host: x", BASIC)
        assert await one.status() == 200
        assert len(small.app[CONNECTION_SLOTS].unauthenticated) == 0
        one.send("GET /api/v1/count HTTP/1.1", "Host: x", "Authorization: Bearer apl_wrong")
        assert await one.status() == 401
        assert await one.ends()


async def test_slots_are_free_again_when_connections_end(small):
    async with lines(small, 5) as several:
        for one in several:
            one.send("GET /api/v1/ping HTTP/1.1", "Host: x")
            assert await one.status() == 200
    await until(lambda: len(small.app[CONNECTION_SLOTS]) == 0)


async def test_dropping_is_reported_once(small, caplog):
    with caplog.at_level(logging.WARNING):
        async with lines(small, 30):
            await until(lambda: len(small.app[CONNECTION_SLOTS].silent) <= 6)
    assert caplog.text.count("Too many connections") == 1


async def test_silent_connections_end_in_time(monkeypatch):
    monkeypatch.setattr(listener, "FIRST_SECONDS", 0.2)
    async with served() as api, lines(api, 3) as silent:
        for one in silent:
            assert await one.ends()
        assert len(api.app[CONNECTION_SLOTS]) == 0


class OutOfDescriptors:
    """A listening socket of a process that can open nothing more, for a while."""

    def __init__(self, real: socket.socket, failures: int) -> None:
        self._real = real
        self.failures = failures

    def fileno(self) -> int:
        return self._real.fileno()

    def accept(self):
        if self.failures:
            self.failures -= 1
            raise OSError(errno.EMFILE, "Too many open files")
        return self._real.accept()

    def close(self) -> None:
        self._real.close()

    def getsockname(self):
        return self._real.getsockname()


async def test_without_descriptors_accepting_pauses_and_resumes(monkeypatch, caplog):
    monkeypatch.setattr(accept, "PAUSE_SECONDS", 0.05)
    bound = accept.bound_sockets
    made = []

    async def short(host, port):
        made.extend(OutOfDescriptors(one, 3) for one in await bound(host, port))
        return made

    monkeypatch.setattr(listener, "bound_sockets", short)
    async with served() as api:
        assert (await api.get("/ping")).status == 200
        assert not made[0].failures
    assert caplog.text.count("Accepting connections pauses") == 1


@pytest.mark.parametrize("descriptors", [64, 256, 1024, 4096, 65_536, 1_048_576])
def test_the_bot_keeps_descriptors(descriptors):
    limits = slot_limits_for(descriptors)
    assert limits.silent + limits.unauthenticated + limits.authenticated <= descriptors - min(
        256, descriptors // 2
    )
    assert min(limits.silent, limits.unauthenticated, limits.authenticated) >= 4


def test_addresses_leave_slots_to_each_other():
    pool = connection_slots.SlotPool[connection_slots.SilentConnection](8)
    loud = [FakeConnection("192.0.2.1") for _ in range(20)]
    for one in loud:
        if surplus := pool.add(one):
            pool.remove(surplus)
    assert len(pool) == 6
    for one in (FakeConnection("192.0.2.2"), FakeConnection("192.0.2.3")):
        assert pool.add(one) is None


def test_the_busy_stay_before_the_idle():
    pool = connection_slots.SlotPool[connection_slots.SilentConnection](3, share=1.0)
    busy, idle, newest = FakeConnection("a", is_busy=True), FakeConnection("b"), FakeConnection("c")
    for one in (busy, idle, newest):
        assert pool.add(one) is None
    assert pool.add(FakeConnection("d")) is idle


class FakeConnection:
    """A connection as a pool sees it."""

    def __init__(self, address: str, *, is_busy: bool = False) -> None:
        self.address = address
        self.is_busy = is_busy
