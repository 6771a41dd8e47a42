"""Notify systemd: one datagram for each call to the socket named in NOTIFY_SOCKET.

Without a service manager every call does nothing and returns False. The protocol is described in
sd_notify(3) and sd_watchdog_enabled(3).
"""

import os
import socket


def ready(status: str | None = None) -> bool:
    """Report that the start is complete: units ordered after ours may start."""
    return _send("READY=1", _status(status))


def status(text: str) -> bool:
    """Show one line in `systemctl status`."""
    return _send(_status(text))


def extend_timeout(seconds: float) -> bool:
    """Extend the start timeout to `seconds` from now; to be repeated within that time."""
    return _send(f"EXTEND_TIMEOUT_USEC={int(seconds * 1_000_000)}")


def reloading(monotonic_us: int) -> bool:
    """Report a reload of the configuration; `ready` ends it. `monotonic_us` in microseconds."""
    return _send("RELOADING=1", f"MONOTONIC_USEC={monotonic_us}")


def stopping(text: str | None = None) -> bool:
    """Report that the program is stopping."""
    return _send("STOPPING=1", _status(text))


def watchdog() -> bool:
    """Notify the watchdog once."""
    return _send("WATCHDOG=1")


def watchdog_interval() -> float | None:
    """Return the watchdog timeout in seconds; None if systemd does not watch this process."""
    watched_pid = os.environ.get("WATCHDOG_PID")
    if watched_pid and watched_pid != str(os.getpid()):
        return None
    try:
        microseconds = int(os.environ.get("WATCHDOG_USEC", ""))
    except ValueError:
        return None
    return microseconds / 1_000_000 if microseconds > 0 else None


def _status(text: str | None) -> str:
    return f"STATUS={' '.join(text.split())}" if text else ""


def _send(*assignments: str) -> bool:
    """Send the lines that are not empty; False if that fails: a notification must not stop the bot."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    if address.startswith("@"):  # Linux's abstract namespace
        address = "\0" + address[1:]
    message = "\n".join(line for line in assignments if line).encode()
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.setblocking(False)  # a full queue must not hold up the event loop
            channel.connect(address)
            channel.send(message)
    except OSError:
        return False
    return True
