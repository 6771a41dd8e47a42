"""Ping the bot from a process of its own, and tell which pings took long.

`python -m tests.server.fuzzing.pinger PORT PID`: one line a slow ping as it happens, and at the end of its
input one with all figures. What the bot's thread and this process waited for a processor is the machine's
doing and does not count.
"""

import contextlib
import json
import select
import socket
import sys
import time
from pathlib import Path

PAUSE = 0.02
SLOW = 0.2
_ASKED = b"GET /api/v1/ping HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def waited(pid: int | str) -> float:
    """Return how long the main thread of a process has waited for a processor, in seconds."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[1]) / 1e9
    return 0.0


def main(port: int, pid: int) -> None:
    own = Path("/proc/self").resolve().name
    took: list[float] = []
    line = socket.create_connection(("127.0.0.1", port))
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        began, delayed = time.perf_counter(), waited(pid) + waited(own)
        line.sendall(_ASKED)
        answer = b""
        while b"pong" not in answer:
            more = line.recv(4096)
            if not more:
                sys.exit("the bot has closed the connection of the pings")
            answer += more
        lasted = time.perf_counter() - began - (waited(pid) + waited(own) - delayed)
        took.append(lasted)
        if lasted > SLOW:
            print(json.dumps({"slow": lasted, "at": time.time()}), flush=True)
    took.sort()
    figures = {
        "pings": len(took),
        "p99": took[int(len(took) * 0.99)] if took else 0,
        "longest": took[-1] if took else 0,
    }
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
