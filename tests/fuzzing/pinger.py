"""Ping the bot from a process of its own, and tell which pings took long.

`python -m tests.fuzzing.pinger PORT PID`: one line a slow ping as it happens, and at the end of its
input one with all figures. What the bot's thread and this process waited for a processor is the machine's
doing and does not count.
"""

import contextlib
import json
import os
import select
import socket
import sys
import time
from pathlib import Path

PAUSE = 0.02
SLOW = 0.2
_ASKED = b"GET /api/v1/ping HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def waited(pid: int) -> dict[str, int]:
    """Return how long each thread of a process has waited for a processor, in nanoseconds."""
    found = {}
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError, ValueError, IndexError):
                found[task.name] = int((task / "schedstat").read_text().split()[1])
    return found


def grown(pid: int, before: dict[str, int]) -> float:
    """Return the seconds that the main thread waited since, and another that may have held it up."""
    delays = {name: delay - before.get(name, delay) for name, delay in waited(pid).items()}
    main = delays.pop(str(pid), 0)
    return (main + max(delays.values(), default=0)) / 1e9


def main(port: int, pid: int) -> None:
    took: list[float] = []
    line = socket.create_connection(("127.0.0.1", port))
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        its, own = waited(pid), waited(os.getpid())
        began = time.perf_counter()
        line.sendall(_ASKED)
        answer = b""
        while b"pong" not in answer:
            more = line.recv(4096)
            if not more:
                sys.exit("the bot has closed the connection of the pings")
            answer += more
        raw = time.perf_counter() - began
        lasted = raw - grown(pid, its) - grown(os.getpid(), own) if raw > SLOW else raw
        took.append(lasted)
        if lasted > SLOW:
            print(json.dumps({"slow": lasted, "raw": raw}), flush=True)
    took.sort()
    figures = {
        "pings": len(took),
        "p99": took[int(len(took) * 0.99)] if took else 0,
        "longest": took[-1] if took else 0,
    }
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
