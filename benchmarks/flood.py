"""Is the bot there for its operator while strangers and a viewer flood it?

python -m benchmarks.flood --seconds 20 --freqtrade /path/to/freqtrade

Strangers hold 1,300 connections that say nothing, send compressed bodies, wrong logins, half requests, rows
of requests without waiting, and websocket upgrades; a viewer asks for `sysinfo` in 150 connections, for
trades, logs and frames. Each from a process of its own, opening again whatever is closed. Measured meanwhile,
over a new connection each time and over a kept one: how long an operator's `pause` takes, and `ping`; whether
`readyz` tells the truth; how long after its price fell a trade is left by its stop loss (dry run).
"""

import http.client
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from benchmarks.busy import token
from benchmarks.contenders import (
    Contender,
    Running,
    arguments,
    binance_config,
    contenders,
    exchange,
    free_port,
    percentile,
    row,
    running,
    simulated_pairs,
)
from benchmarks.protection import STRATEGY, Market
from benchmarks.rest import open_trades

PHASES: dict[str, tuple[str, ...]] = {
    "quiet": (),
    "strangers": ("strangers",),
    "viewer": ("viewer",),
    "both": ("strangers", "viewer"),
}
PATIENCE = 30.0


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--phases", nargs="+", default=list(PHASES), choices=list(PHASES))
    given = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[-1:])
    with exchange() as url:
        for bot in contenders(given):
            measure(bot, url, given.phases, given.seconds, cores[0])


def measure(bot: Contender, url: str, phases: Sequence[str], seconds: float, core: int) -> None:
    pairs = simulated_pairs(url, len(phases))
    viewer, digest = viewers_token()
    config = binance_config(url, free_port(), pairs)
    if bot.name == "appliance":
        config["api_server"]["tokens"] = [{"name": "viewer", "hash": digest, "role": "viewer"}]
    market = Market(url)
    with running(bot, config, code=STRATEGY) as program:
        os.sched_setaffinity(program.process.pid, {core})
        program.until_trading()
        open_trades(program, pairs)
        operator = token(program)
        fell: dict[str, int] = {}
        told: dict[str, dict[str, str]] = {}
        for phase, pair in zip(phases, pairs, strict=True):
            seen = viewer if bot.name == "appliance" else operator
            with ExitStack() as floods:
                for kind in PHASES[phase]:
                    floods.enter_context(flooding(kind, program.url, seen))
                time.sleep(3)
                fell[phase] = market.let_fall(pair.replace("/", ""))
                told[phase] = ask_all(program, operator, seconds)
            time.sleep(2)
        left = exits(program, operator)
        for phase, pair in zip(phases, pairs, strict=True):
            stop = f"{(left[pair] - fell[phase]) / 1000:.2f} s" if pair in left else "never"
            row(f"{bot.name:<10} {phase:<10}", told[phase] | {"stop": stop})


def viewers_token() -> tuple[str, str]:
    """Return a token and its hash."""
    from appliance.config.api_tokens import hash_of, new_token

    made = new_token()
    return made, hash_of(made)


@contextmanager
def flooding(kind: str, url: str, seen: str) -> Iterator[None]:
    command = [sys.executable, "-m", "benchmarks.floods", kind, url, seen]
    # What is measured is the bot, not how long the operator waits for a processor that the flood has.
    process = subprocess.Popen(command, stdout=subprocess.PIPE, preexec_fn=lambda: os.nice(10))
    assert process.stdout is not None
    try:
        process.stdout.readline()
        yield
    finally:
        process.kill()
        process.wait()


@dataclass
class Asking:
    """Ask one thing again and again, over a connection kept open or a new one each time."""

    program: Running
    method: str
    path: str
    operator: str
    keeps: bool = False
    pause: float = 0.1
    is_good: Callable[[int, Any], bool] = lambda status, _: status == 200
    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    def run(self, end: float) -> None:
        connection = self._opened()
        while (began := time.monotonic()) < end:
            try:
                headers = {"Authorization": f"Bearer {self.operator}"}
                connection.request(self.method, self.path, headers=headers)
                answer = connection.getresponse()
                body = json.loads(answer.read())
                self.failed += not self.is_good(answer.status, body)
            except (OSError, http.client.HTTPException, ValueError):
                self.failed += 1
                connection = self._opened()
            self.seconds.append(time.monotonic() - began)
            if not self.keeps:
                connection.close()
            time.sleep(self.pause)
        connection.close()

    def told(self) -> str:
        """Return median and p99."""
        late = "/".join(f"{percentile(self.seconds, share) * 1000:.0f}" for share in (0.5, 0.99)) + " ms"
        return late + (f" ({self.failed} of {len(self.seconds)} failed)" if self.failed else "")

    def _opened(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.program.url.removeprefix("http://"), timeout=PATIENCE)


def ask_all(program: Running, operator: str, seconds: float) -> dict[str, str]:
    asked = {
        "pause kept": Asking(program, "POST", "/api/v1/pause", operator, keeps=True),
        "pause new": Asking(program, "POST", "/api/v1/pause", operator),
        "ping": Asking(program, "GET", "/api/v1/ping", operator),
        "readyz": Asking(program, "GET", "/readyz", operator),
    }
    end, cpu = time.monotonic() + seconds, program.cpu_seconds()
    threads = [threading.Thread(target=one.run, args=(end,)) for one in asked.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    used = (program.cpu_seconds() - cpu) / seconds
    figures = {name: one.told() for name, one in asked.items()}
    return figures | {"CPU": f"{used:.0%}", "memory": f"{program.memory_mb():.0f} MB"}


def read(program: Running, operator: str, path: str) -> Any:
    """Ask with a token: the password's address may have to wait after a flood of wrong ones."""
    asked = urllib.request.Request(
        f"{program.url}/api/v1/{path}", headers={"Authorization": f"Bearer {operator}"}
    )
    with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
        return json.load(answer)


def exits(program: Running, operator: str, patience: float = 60) -> dict[str, int]:
    """Return when the order to leave was made, in ms, of each pair that was left."""
    end = time.monotonic() + patience
    while read(program, operator, "count")["current"] and time.monotonic() < end:
        time.sleep(1)
    found = {}
    for trade in read(program, operator, "trades?limit=500")["trades"]:
        made = [one["order_timestamp"] for one in trade["orders"] if not one["ft_is_entry"]]
        if made:
            found[trade["pair"]] = min(made)
    return found


if __name__ == "__main__":
    main()
