"""Does anybody wait while others ask for 100,000 closed trades? And what does it all cost in memory?

    python -m benchmarks.many_trades --freqtrade /path/to/freqtrade

Another process asks `ping` every few milliseconds over a connection of its own, while each answer and page
is asked for: once, ten times at once, and all of them in random order. Then some trades are closed, and
`profit` is asked after each.
"""

import asyncio
import http.client
import multiprocessing
import os
import random
import re
import shutil
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks import past_trades
from benchmarks.busy import token
from benchmarks.contenders import (
    PASSWORD,
    USER,
    Contender,
    Running,
    arguments,
    binance_config,
    contenders,
    exchange,
    free_port,
    row,
    running,
    simulated_pairs,
)

PING_EVERY = 0.002
OPEN = 8
LARGEST = 100_000_000


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--trades", type=int, default=100_000)
    parser.add_argument("--pairs", type=int, default=60)
    parser.add_argument("--closes", type=int, default=5)
    parser.add_argument("--random", type=int, default=300, help="questions in random order")
    parser.add_argument("--only", nargs="+", help="ask for these alone")
    parser.add_argument(
        "--database", type=Path, help="keep the database here; it is made where there is none"
    )
    given = parser.parse_args()
    with exchange() as url, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        pairs = simulated_pairs(url, given.pairs)
        kept = given.database or Path(folder) / "made.sqlite"
        if not kept.exists():
            print(f"making a database of {given.trades:,} trades", flush=True)
            asyncio.run(past_trades.make(kept, url, pairs, closed=given.trades, still_open=OPEN))
        for bot in contenders(given):
            copy = Path(folder) / f"{bot.name}.sqlite"
            shutil.copy(kept, copy)
            config = binance_config(url, free_port(), pairs, max_open_trades=OPEN + given.closes)
            with running(bot, config, database=copy) as program:
                program.until_trading()
                measure(bot, program, pairs, given.random, given.closes, given.only)


def measure(
    bot: Contender, program: Running, pairs: list[str], some: int, closes: int, only: list[str] | None
) -> None:
    """Ask for everything, and print what others felt of it."""
    row(
        bot.name,
        {
            "started": f"{time.monotonic() - program.started:.1f} s",
            "CPU": f"{program.cpu_seconds():.1f} s",
            "RSS": rss(program),
        },
    )
    ours = bot.name == "appliance"
    asked = only or [*paths(pairs[0]), *((*PAGES, *OURS) if ours else ())]
    asker = Asker(program, dashboard=ours)
    with pinging(program) as worst:
        time.sleep(2)
        row(f"{bot.name} nothing ", {"ping at most": ms(worst())})
        for path in asked:
            took = [asyncio.run(asker.ask([path]))[0] for _ in range(2 if ours else 1)]
            figures = {"first": ms(took[0]), "then": ms(took[-1]), "ping at most": ms(worst())}
            row(f"{path:<50} ", figures | {"RSS": rss(program)})
            if ours:
                asyncio.run(asker.ask([path] * 10))
                row(f"{'':<40}10 at once ", {"ping at most": ms(worst()), "RSS": rss(program)})
        chance = random.Random(1)
        mixed = [chance.choice(asked) for _ in range(some if ours else 20)]
        took = asyncio.run(asker.ask(mixed, at_once=10 if ours else 2))
        row(
            f"{bot.name} random ",
            {"slowest": ms(max(took)), "ping at most": ms(worst()), "RSS": rss(program)},
        )
        after_closes(bot, program, asker, closes)
        row(f"{bot.name} closes ", {"ping at most": ms(worst()), "RSS": rss(program)})


def after_closes(bot: Contender, program: Running, asker: "Asker", closes: int) -> None:
    """Close some trades, and ask for `profit` after each."""
    took: list[float] = []
    for trade in program.call("status")[:closes]:
        total = program.call("trades?limit=1")["total_trades"]
        program.call("forceexit", {"tradeid": str(trade["trade_id"]), "ordertype": "market"})
        end = time.monotonic() + 30
        while program.call("trades?limit=1")["total_trades"] == total and time.monotonic() < end:
            time.sleep(0.05)
        took += asyncio.run(asker.ask(["profit"]))
    row(f"{bot.name} profit ", {"after a close, worst": ms(max(took, default=0.0)), "closes": str(len(took))})


def paths(pair: str) -> list[str]:
    """Return what the API is asked for."""
    named = urllib.parse.quote(pair, safe="")
    return [
        *("profit", "profit_all", "performance", "entries", "exits", "mix_tags", "stats"),
        *(f"{name}?pair={named}" for name in ("entries", "exits", "mix_tags")),
        *("daily", "daily?timescale=365", "daily?timescale=100000", "weekly?timescale=500"),
        *("monthly?timescale=100", "trades", "trades?limit=50&offset=50000", "trades?limit=1000000"),
        *("trades?limit=500&order_by_id=false", "trades?limit=500&order_by_id=false&offset=70000"),
        *("trade/77", "trade/50000", "status", "balance", "count", "locks", "whitelist", "historic_balance"),
        *("logs", "blacklist", "markets", f"pair_candles?pair={named}&timeframe=5m", "sysinfo", "health"),
        *("show_config", "plot_config", "strategy/Benchmarked"),
    ]


PAGES = ("/", "/?page=2", "/?page=4000", "/dashboard/live?once", "/orders", "/audit")
OURS = ("/metrics", "/api/v1/orders?limit=500", "/api/v1/audit?limit=500")


class Asker:
    """Ask a bot over connections of its own; a page of the dashboard is asked for with a session."""

    def __init__(self, program: Running, *, dashboard: bool) -> None:
        self._host = program.url.removeprefix("http://")
        self._bearer = f"Authorization: Bearer {token(program)}"
        self._cookie = logged_in(self._host, program.url) if dashboard else ""

    async def ask(self, asked: list[str], at_once: int = 10) -> list[float]:
        """Return how long each answer took, in seconds."""
        turns = asyncio.Semaphore(at_once)

        async def one(path: str) -> float:
            async with turns:
                return await self._one(path)

        return await asyncio.gather(*(one(path) for path in asked))

    async def _one(self, path: str) -> float:
        host, _, port = self._host.partition(":")
        target = path if path.startswith("/") else f"/api/v1/{path}"
        is_page = path.startswith("/") and not path.startswith(("/api/", "/metrics"))
        said = f"Cookie: {self._cookie}\r\nAccept: text/html" if is_page else self._bearer
        reader, writer = await asyncio.open_connection(host, int(port), limit=LARGEST)
        began = time.monotonic()
        writer.write(f"GET {target} HTTP/1.1\r\nHost: {self._host}\r\n{said}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head.lower())
        assert length, (path, head)
        assert b" 200 " in head[:20], (path, head)
        await reader.readexactly(int(length[1]))
        took = time.monotonic() - began
        writer.close()
        return took


def logged_in(host: str, url: str) -> str:
    """Log in to the dashboard; return the cookie."""
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request("GET", "/login")
    answer = connection.getresponse()
    found = re.search(r'name="token" value="([^"]+)"', answer.read().decode())
    visit = answer.headers["Set-Cookie"].partition(";")[0]
    assert found
    form = urllib.parse.urlencode({"username": USER, "password": PASSWORD, "token": found[1]})
    headers = {"Cookie": visit, "Origin": url, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/login", form, headers)
    answer = connection.getresponse()
    assert answer.status == 303, answer.status
    return next(
        text.partition(";")[0]
        for name, text in answer.getheaders()
        if name.lower() == "set-cookie" and '=""' not in text
    )


@contextmanager
def pinging(program: Running) -> Iterator["Worst"]:
    """Have a process ask `ping` all the time; gives what says how long the slowest took since last asked."""
    context = multiprocessing.get_context("spawn")
    near, far = context.Pipe()
    process = context.Process(target=ping, args=(program.url, far), daemon=True)
    process.start()
    go_first(process.pid or 0)
    go_first(program.process.pid)
    try:
        yield Worst(near)
    finally:
        process.kill()
        process.join()


def go_first(pid: int) -> None:
    """Let a process have the cores before others, where that is allowed: that is no stall of the bot."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        first = int(task.name) == pid  # the event loop, which the scheduler would prefer for sleeping most
        with suppress(PermissionError):
            os.sched_setscheduler(int(task.name), os.SCHED_RR, os.sched_param(2 if first else 1))


class Worst:
    """Ask the process that pings."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def __call__(self) -> float:
        self._pipe.send(None)
        return float(self._pipe.recv())


def ping(url: str, pipe: Connection) -> None:
    """Ask `ping` every few milliseconds until the other end is gone."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)
    worst = 0.0
    while True:
        began = time.monotonic()
        connection.request("GET", "/api/v1/ping")
        connection.getresponse().read()
        worst = max(worst, time.monotonic() - began)
        if pipe.poll():
            pipe.recv()
            pipe.send(worst)
            worst = 0.0
        time.sleep(PING_EVERY)


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def rss(program: Running) -> str:
    return f"{program.memory_mb():.0f} MB"


if __name__ == "__main__":
    main()
