"""How many requests a second does the API answer, and how late the slowest of a hundred? With 8 open trades.

python -m benchmarks.rest --seconds 10 --freqtrade /path/to/freqtrade

Bot and load have a processor core each, where the machine has two. Every connection asks again as soon as it
has its answer.
"""

import asyncio
import os
import time
from dataclasses import dataclass, field

from benchmarks.busy import token
from benchmarks.contenders import (
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

TRADES = 8
PATHS = ("ping", "count", "status", "profit", "balance")
LARGEST_ANSWER = 4_000_000
"""Bytes that are taken in before they are read: a load that pauses would measure itself."""


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--paths", nargs="+", default=PATHS)
    given = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[-1:])
    with exchange() as url:
        pairs = simulated_pairs(url, TRADES)
        for bot in contenders(given):
            config = binance_config(url, free_port(), pairs)
            with running(bot, config) as program:
                os.sched_setaffinity(program.process.pid, cores[:1])
                program.until_trading()
                open_trades(program, pairs)
                for path in given.paths:
                    load = Load(program, path)
                    asyncio.run(load.run(given.connections, given.seconds))
                    row(f"{bot.name:<10} {path:<8}", load.figures(given.seconds))


def open_trades(program: Running, pairs: list[str]) -> None:
    """Enter a trade in every pair and wait until all are there."""
    for pair in pairs:
        program.call("forceenter", {"pair": pair, "side": "long", "ordertype": "market"})
    end = time.monotonic() + 30
    while program.call("count")["current"] < len(pairs):
        if time.monotonic() > end:
            raise SystemExit(f"no {len(pairs)} trades:\n{program.log.read_text()[-2000:]}")
        time.sleep(0.2)


@dataclass
class Load:
    """Ask one path over several connections, and note how long each answer took.

    A connection whose answer takes longer than `patience` seconds is given up.
    """

    program: Running
    path: str
    patience: float = 60
    seconds: list[float] = field(default_factory=list)
    failed: int = 0
    timed_out: int = 0

    async def run(self, connections: int, seconds: float) -> None:
        request = (
            f"GET /api/v1/{self.path} HTTP/1.1\r\nHost: bench\r\n"
            f"Authorization: Bearer {token(self.program)}\r\n\r\n"
        ).encode()
        end = time.monotonic() + seconds
        await asyncio.gather(*(self._ask(request, end) for _ in range(connections)))

    def figures(self, seconds: float) -> dict[str, str]:
        told = {"req/s": f"{len(self.seconds) / seconds:,.0f}"}
        for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0)):
            told[name] = f"{percentile(self.seconds, share) * 1000:.1f} ms" if self.seconds else "-"
        told |= {"failed": str(self.failed)} if self.failed else {}
        return told | ({"timed out": str(self.timed_out)} if self.timed_out else {})

    async def _ask(self, request: bytes, end: float) -> None:
        host, _, port = self.program.url.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port), limit=LARGEST_ANSWER)
        try:
            while (began := time.monotonic()) < end:
                writer.write(request)
                async with asyncio.timeout(self.patience):
                    head = await reader.readuntil(b"\r\n\r\n")
                    await reader.readexactly(_length(head))
                if head.startswith(b"HTTP/1.1 200"):
                    self.seconds.append(time.monotonic() - began)
                else:
                    self.failed += 1
        except TimeoutError:
            self.timed_out += 1
        except (OSError, asyncio.IncompleteReadError):
            self.failed += 1
        finally:
            writer.close()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


if __name__ == "__main__":
    main()
