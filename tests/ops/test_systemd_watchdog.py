"""The watchdog eats while the bot is well, starves while it is not."""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance.ops import systemd_watchdog


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield listening


async def food(manager: socket.socket) -> bytes:
    """Wait for one datagram."""
    return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(manager, 4096), 5)


def counted(answers: list[bool]) -> tuple[Callable[[], bool], asyncio.Event]:
    """A health that gives these answers, then its last for ever; the event is set once all were asked for."""
    asked = asyncio.Event()
    left = list(answers)

    def healthy() -> bool:
        if len(left) == 1:
            asked.set()
            return left[0]
        return left.pop(0)

    return healthy, asked


async def test_no_watchdog_no_feeder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    await asyncio.wait_for(systemd_watchdog.feed(lambda: True), 5)


async def test_an_unhealthy_bot_does_not_notify_the_watchdog(
    manager: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    healthy, asked = counted([False, False, False, False])
    with caplog.at_level(logging.WARNING):
        feeder = asyncio.create_task(systemd_watchdog.feed(healthy, 0.002))
        await asyncio.wait_for(asked.wait(), 5)
        feeder.cancel()
    with pytest.raises(BlockingIOError):
        manager.recv(4096)
    assert [record.message for record in caplog.records] == [
        "Not healthy: systemd restarts the bot in 0 s unless it recovers."
    ]


async def test_a_recovered_bot_feeds_the_watchdog_again(manager: socket.socket) -> None:
    healthy, _ = counted([False, False, True])
    feeder = asyncio.create_task(systemd_watchdog.feed(healthy, 0.002))
    assert await food(manager) == b"WATCHDOG=1"
    feeder.cancel()


async def test_the_interval_is_systemds(manager: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    monkeypatch.setenv("WATCHDOG_USEC", "2000")
    feeder = asyncio.create_task(systemd_watchdog.feed(lambda: True))
    assert await food(manager) == b"WATCHDOG=1"
    assert await food(manager) == b"WATCHDOG=1"
    feeder.cancel()


async def test_the_timeout_is_extended_for_a_start_in_progress_and_not_for_a_stuck_one(
    manager: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    states = iter([None, None, "the start is stuck: importing"])
    await asyncio.wait_for(systemd_watchdog.prolong_start(lambda: next(states), 0.002), 5)
    assert [await food(manager) for _ in range(2)] == [b"EXTEND_TIMEOUT_USEC=60000000"] * 2
    with pytest.raises(BlockingIOError):
        manager.recv(4096)
    assert caplog.records[-1].message == "The start timeout is not extended: the start is stuck: importing"


def test_the_unit_gives_a_start_more_time_than_lies_between_two_signs() -> None:
    unit = (Path(__file__).parents[2] / "systemd" / "appliance.service").read_text()
    assert "TimeoutStartSec=2min" in unit
    assert 2 * systemd_watchdog.SIGNS_EVERY_SECONDS < systemd_watchdog.EXTENDED_BY_SECONDS < 120
