"""Freed memory goes back to the system: seen from outside, as the user sees it."""

import os
import platform
import subprocess
import sys

import pytest

PROGRAM = """
import threading
from appliance.ops.freed_memory import limit_unused

def resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096

asked = limit_unused()
first = bytearray(3_000_000)  # from here on glibc by itself would take such pieces from its heap
del first
before = resident()

def work() -> None:
    some = [b"x" * 1_000_000 for _ in range(40)]
    last.append(bytes(100_000))  # lies above them
    del some

last = []
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(asked, resident() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library has no such settings")
def test_what_threads_have_freed_is_given_back() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    asked, kept = outcome(environment)
    assert asked == "True"
    assert int(kept) < 8_000_000, "of 160 MB"


def test_variables_of_the_environment_have_precedence() -> None:
    assert outcome({**os.environ, "MALLOC_ARENA_MAX": "4"})[0] == "False"


def outcome(environment: dict[str, str]) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.split()
