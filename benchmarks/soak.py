"""Does memory stay flat? Hours of trades every few seconds, ten requests a second and a listener.

    python -m benchmarks.soak --minutes 120 --output soak.csv

Each sample is a line of CSV: minutes, resident memory, open files, threads, closed trades, requests,
failures, messages heard. The end, or Ctrl-C, prints a table of them and how flat memory was after the first
half hour: the means of ten minutes ought to lie within 5 MB. Means, for a single sample catches answers that
are being written (100,000 trades are among the questions), and lies up to 4 MB to either side.
"""

import argparse
import asyncio
import contextlib
import itertools
import random
import re
import signal
import sys
import time
from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any, TextIO

import aiohttp

from benchmarks.contenders import (
    PASSWORD,
    USER,
    Contender,
    Running,
    binance_config,
    exchange,
    free_port,
    running,
    simulated_pairs,
)

PAIRS = 12
MOST_OPEN = 6
FLAT_MB = 5.0
BLOCK_MINUTES = 10
TOPICS = ["entry_fill", "exit_fill", "entry", "exit", "status", "new_candle", "analyzed_df", "whitelist"]


@dataclass(frozen=True)
class Sample:
    """What was seen at one moment; `minutes` since the bot began to trade, memory in MB (10^6 bytes)."""

    minutes: float
    rss_mb: float
    files: int
    threads: int
    closed: int
    requests: int
    failed: int
    heard: int


@dataclass
class Seen:
    """Counts of what the load has done so far."""

    requests: int = 0
    heard: int = 0
    entered: int = 0
    exited: int = 0
    refused: int = 0
    failures: Counter[str] | None = None

    def failed(self, what: str) -> None:
        self.failures = Counter() if self.failures is None else self.failures
        self.failures[what] += 1


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--appliance", help="the built file; default: this checkout")
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--settled", type=float, default=30, help="from which minute on memory is to be flat")
    parser.add_argument("--rate", type=float, default=10, help="requests a second")
    parser.add_argument("--trade-seconds", type=float, default=4, help="from one entry to the next")
    parser.add_argument("--every", type=float, default=15, help="seconds between two samples")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, help="where to write the samples; default: standard output")
    given = parser.parse_args()
    for ending in (
        signal.SIGTERM,
        signal.SIGINT,
    ):  # the latter is off in the background
        signal.signal(ending, signal.default_int_handler)
    samples: list[Sample] = []
    seen = Seen()
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(given.output.open("w")) if given.output else sys.stdout
        own = [given.appliance] if given.appliance else [sys.executable, "-m", "appliance"]
        url = stack.enter_context(exchange("--speed", "5"))
        pairs = simulated_pairs(url, PAIRS)
        config = binance_config(url, free_port(), pairs, max_open_trades=MOST_OPEN * 2)
        config["internals"] = {"process_throttle_secs": 2}
        program = stack.enter_context(running(Contender("appliance", own), config, timeframe="1m"))
        program.until_trading()
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(Soak(program, pairs, given, samples, seen, output).run())
        print(summary(samples, seen, given.settled), flush=True)


class Soak:
    """Load one bot, and note what becomes of it in `samples`."""

    def __init__(
        self,
        program: Running,
        pairs: list[str],
        given: argparse.Namespace,
        samples: list[Sample],
        seen: Seen,
        output: TextIO,
    ) -> None:
        self.program = program
        self.pairs = pairs
        self.given = given
        self.samples = samples
        self.seen = seen
        self.output = output
        self.chance = random.Random(given.seed)

    async def run(self) -> None:
        """Keep everything going for as many minutes as asked; ends early when the bot does."""
        basic = "Basic " + b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        async with (
            aiohttp.ClientSession(headers={"Authorization": basic}) as session,
            visiting(self.program.url) as visitor,
        ):
            parts = [
                self.trade(session),
                self.ask(session, visitor),
                self.listen(session),
                self.look(visitor),
            ]
            tasks = [asyncio.create_task(part) for part in parts]
            try:
                await self.watch()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def watch(self) -> None:
        """Take a sample every few seconds, at once and to the last minute."""
        began = time.monotonic()
        print(",".join(field.name for field in fields(Sample)), file=self.output, flush=True)
        while (minutes := (time.monotonic() - began) / 60) < self.given.minutes:
            if self.program.process.poll() is not None:
                print(f"the bot has ended:\n{self.program.log.read_text()[-3000:]}", flush=True)
                return
            self.samples.append(sample := self.sample(minutes))
            print(",".join(f"{value:g}" for value in astuple(sample)), file=self.output, flush=True)
            await asyncio.sleep(min(self.given.every, max(self.given.minutes - minutes, 0) * 60 + 0.01))

    def sample(self, minutes: float) -> Sample:
        process = Path(f"/proc/{self.program.process.pid}")
        failed = self.seen.failures.total() if self.seen.failures else 0
        return Sample(
            minutes=round(minutes, 2),
            rss_mb=round(self.program.memory_mb(), 2),
            files=sum(1 for _ in (process / "fd").iterdir()),
            threads=sum(1 for _ in (process / "task").iterdir()),
            closed=self.seen.exited,
            requests=self.seen.requests,
            failed=failed,
            heard=self.seen.heard,
        )

    async def trade(self, session: aiohttp.ClientSession) -> None:
        """Enter a pair every few seconds, and exit the oldest trade while too many are open."""
        api, pairs = f"{self.program.url}/api/v1", itertools.cycle(self.pairs)
        while True:
            began = time.monotonic()
            await self._command(session, f"{api}/forceenter", {"pair": next(pairs), "ordertype": "market"})
            async with session.get(f"{api}/status") as answer:
                still_open = await answer.json()
            for trade in still_open[: max(len(still_open) - MOST_OPEN, 0)]:
                exit_of = {"tradeid": str(trade["trade_id"]), "ordertype": "market"}
                await self._command(session, f"{api}/forceexit", exit_of)
            await asyncio.sleep(max(self.given.trade_seconds - (time.monotonic() - began), 0.1))

    async def _command(self, session: aiohttp.ClientSession, url: str, body: dict[str, Any]) -> None:
        try:
            async with session.post(url, json=body) as answer:
                await answer.read()
                if answer.status != 200:
                    self.seen.refused += 1
                elif url.endswith("exit"):
                    self.seen.exited += 1
                else:
                    self.seen.entered += 1
        except aiohttp.ClientError as error:
            self.seen.failed(f"{url.rpartition('/')[2]}: {type(error).__name__}")

    async def ask(self, session: aiohttp.ClientSession, visitor: aiohttp.ClientSession) -> None:
        """Ask for whatever there is, one thing after the other, at a steady rate; answers may overlap."""
        due, running_asks = time.monotonic(), set[asyncio.Task[None]]()
        while True:
            path = self.chosen()
            asker = session if path.startswith("/api") else visitor
            task = asyncio.create_task(self._one(asker, path))
            running_asks.add(task)
            task.add_done_callback(running_asks.discard)
            due += 1 / self.given.rate
            await asyncio.sleep(max(due - time.monotonic(), 0))

    async def _one(self, session: aiohttp.ClientSession, path: str) -> None:
        name = re.sub(r"\d+", "#", path.partition("?")[0])
        try:
            async with session.get(self.program.url + path, allow_redirects=False) as answer:
                async for _ in answer.content.iter_chunked(65536):
                    pass
                # A trade may be gone, and a page may lie behind the last one.
                if answer.status not in (200, 304, 404):
                    self.seen.failed(f"{name}: {answer.status}")
        except (TimeoutError, aiohttp.ClientError) as error:
            self.seen.failed(f"{name}: {type(error).__name__}")
        self.seen.requests += 1

    def chosen(self) -> str:
        """Return what is asked for next: of everything something, with other questions each time."""
        chance, pair = self.chance, self.chance.choice(self.pairs)
        closed = self.seen.exited
        limit = chance.choice((1, 10, 50, 100, 500, 100_000))
        numbers = [
            f"trades?limit={limit}&offset={chance.randrange(closed + 1)}",
            f"trades?limit=50&order_by_id=false&offset={chance.randrange(closed + 1)}",
            f"trade/{chance.randrange(closed + 2) + 1}",
            f"daily?timescale={chance.choice((1, 7, 30, 365, 5000))}",
            f"weekly?timescale={chance.choice((1, 4, 52))}",
            f"monthly?timescale={chance.choice((1, 3, 24))}",
            f"{chance.choice(('entries', 'exits', 'mix_tags'))}?pair={pair}",
            f"pair_candles?pair={pair}&timeframe=1m&limit={chance.choice((1, 100, 500, 1000))}",
            f"logs?limit={chance.choice((1, 50, 500, 5000))}",
            f"trades/{chance.randrange(closed + 2) + 1}/custom-data",
            f"orders?limit={chance.choice((10, 500))}",
            f"audit?limit={chance.choice((10, 500))}",
        ]
        path = chance.choice([*numbers, *PLAIN, *PAGES])
        return path if path.startswith("/") else f"/api/v1/{path}"

    async def listen(self, session: aiohttp.ClientSession) -> None:
        """Hear every message; ask for candles now and then, as front ends do."""
        url = f"{self.program.url}/api/v1/message/ws?token=benchmarks-only-token"
        while True:
            try:
                async with session.ws_connect(url, max_msg_size=0) as socket:
                    await socket.send_json({"type": "subscribe", "data": TOPICS})
                    await socket.send_json({"type": "analyzed_df", "data": {"limit": 200}})
                    async for _ in socket:
                        self.seen.heard += 1
                self.seen.failed("websocket: closed")
            except aiohttp.ClientError as error:
                self.seen.failed(f"websocket: {type(error).__name__}")
            await asyncio.sleep(1)

    async def look(self, visitor: aiohttp.ClientSession) -> None:
        """Leave the dashboard open."""
        while True:
            with contextlib.suppress(TimeoutError, aiohttp.ClientError):
                whole_day = aiohttp.ClientTimeout(total=86_400)
                async with visitor.get(f"{self.program.url}/dashboard/live", timeout=whole_day) as answer:
                    async for _ in answer.content.iter_chunked(65536):
                        pass
            await asyncio.sleep(1)


PLAIN = (
    *(
        "ping",
        "version",
        "health",
        "sysinfo",
        "show_config",
        "status",
        "count",
        "balance",
        "historic_balance",
    ),
    *("profit", "profit_all", "performance", "entries", "exits", "mix_tags", "stats", "daily", "weekly"),
    *("monthly", "locks", "whitelist", "blacklist", "markets", "plot_config", "strategy/Benchmarked"),
    *("trades/open/custom-data", "trades", "orders", "audit", "openapi.json"),
)
PAGES = ("/", "/", "/?page=2", "/?page=7", "/orders", "/audit", "/dashboard/live?once", "/metrics", "/readyz")


@contextlib.asynccontextmanager
async def visiting(url: str) -> AsyncIterator[aiohttp.ClientSession]:
    """Log in to the dashboard as a browser does."""
    jar, headers = aiohttp.CookieJar(unsafe=True), {"Origin": url, "Accept": "text/html"}
    async with aiohttp.ClientSession(cookie_jar=jar, headers=headers) as session:
        async with session.get(f"{url}/login") as answer:
            found = re.search(r'name="token" value="([^"]+)"', await answer.text())
        assert found, "the login page has no form"
        form = {"username": USER, "password": PASSWORD, "token": found[1]}
        async with session.post(f"{url}/login", data=form, allow_redirects=False) as answer:
            assert answer.status == 303, f"the login answered {answer.status}"
        yield session


def summary(samples: list[Sample], seen: Seen, settled: float) -> str:
    """Return a table of some moments, and how flat memory was from minute `settled` on."""
    if not samples:
        return "no samples"
    lines = [f"{'minutes':>8} {'RSS MB':>8} {'files':>6} {'threads':>8} {'closed':>7} {'requests':>9}"]
    step = max(len(samples) // 16, 1)
    lines.extend(
        f"{one.minutes:>8.1f} {one.rss_mb:>8.1f} {one.files:>6} {one.threads:>8} {one.closed:>7}"
        f" {one.requests:>9}"
        for one in [*samples[:-1:step], samples[-1]]
    )
    lines.append(
        f"{seen.requests} requests, {seen.heard} messages, {seen.entered} entries, {seen.exited} exits"
    )
    lines.append(f"refused commands: {seen.refused}; failures: {dict(seen.failures or {}) or 'none'}")
    flat = [one for one in samples if one.minutes >= settled]
    if len(flat) < 2:
        return "\n".join([*lines, f"too short to tell whether memory is flat after {settled:g} minutes"])
    means = block_means(flat)
    apart = max(means) - min(means)
    within = "flat" if apart <= FLAT_MB else "NOT flat"
    lines.append(
        f"after {settled:g} min: single samples {min(one.rss_mb for one in flat):.1f} to"
        f" {max(one.rss_mb for one in flat):.1f} MB; slope {slope(flat):+.2f} MB/h"
    )
    lines.append(f"means of {BLOCK_MINUTES} min: {', '.join(f'{mean:.1f}' for mean in means)} MB")
    lines.append(f"apart {apart:.1f} MB: {within} within {FLAT_MB:g} MB")
    return "\n".join(lines)


def block_means(samples: list[Sample]) -> list[float]:
    """Return the mean memory of each ten minutes, in MB, in the order of time."""
    blocks: dict[int, list[float]] = {}
    for one in samples:
        blocks.setdefault(int(one.minutes // BLOCK_MINUTES), []).append(one.rss_mb)
    return [sum(block) / len(block) for block in blocks.values()]


def slope(samples: list[Sample]) -> float:
    """Return by how many MB an hour memory grows, by least squares."""
    minutes = sum(one.minutes for one in samples) / len(samples)
    memory = sum(one.rss_mb for one in samples) / len(samples)
    spread = sum((one.minutes - minutes) ** 2 for one in samples)
    together = sum((one.minutes - minutes) * (one.rss_mb - memory) for one in samples)
    return 60 * together / spread if spread else 0.0


if __name__ == "__main__":
    main()
