"""The service manager is a real datagram socket here."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.ops import systemd_notify


@pytest.fixture(params=["path", "abstract"])
def manager(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[socket.socket]:
    """Listen as systemd would, on a socket with a path or in Linux's abstract namespace."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@appliance-{os.getpid()}-{id(request)}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(name.replace("@", "\0", 1) if name.startswith("@") else name)
        listening.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        yield listening


@pytest.mark.parametrize("address", [None, "", "relative/path", "/nowhere/at/all", "@nobody-listens-here"])
def test_without_a_listener_nothing_happens(address: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if address is None:
        monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    else:
        monkeypatch.setenv("NOTIFY_SOCKET", address)
    assert systemd_notify.ready() is False
    assert systemd_notify.watchdog() is False


@pytest.mark.parametrize(
    ("usec", "pid", "seconds"),
    [
        (None, None, None),
        ("", None, None),
        ("soon", None, None),
        ("0", None, None),
        ("-5", None, None),
        ("30000000", "1", None),  # meant for another process
        ("30000000", None, 30.0),
        ("1500000", "mine", 1.5),
    ],
)
def test_watchdog_interval(
    usec: str | None, pid: str | None, seconds: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = str(os.getpid())
    for name, value in {"WATCHDOG_USEC": usec, "WATCHDOG_PID": mine if pid == "mine" else pid}.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert systemd_notify.watchdog_interval() == seconds


def test_each_message_of_the_protocol(manager: socket.socket) -> None:
    assert systemd_notify.ready()
    assert manager.recv(4096) == b"READY=1"
    assert systemd_notify.ready("running, dry-run")
    assert manager.recv(4096) == b"READY=1\nSTATUS=running, dry-run"
    assert systemd_notify.reloading(42)
    assert manager.recv(4096) == b"RELOADING=1\nMONOTONIC_USEC=42"
    assert systemd_notify.extend_timeout(60)
    assert manager.recv(4096) == b"EXTEND_TIMEOUT_USEC=60000000"
    assert systemd_notify.watchdog()
    assert manager.recv(4096) == b"WATCHDOG=1"
    assert systemd_notify.stopping()
    assert manager.recv(4096) == b"STOPPING=1"


def test_a_status_cannot_smuggle_a_second_line(manager: socket.socket) -> None:
    systemd_notify.status("two\nlines READY=1")
    assert manager.recv(4096) == b"STATUS=two lines READY=1"


def test_a_full_queue_does_not_hold_the_bot_up(manager: socket.socket) -> None:
    sent = 0
    while systemd_notify.watchdog():
        sent += 1
        assert sent < 100_000
    assert sent > 0


async def test_notifying_inside_the_event_loop_is_allowed(manager: socket.socket) -> None:
    assert systemd_notify.status("cycle 1")
