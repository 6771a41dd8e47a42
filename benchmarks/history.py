"""How fast are reports over a long history? With 10,000 closed and 8 open trades, in the same database.

python -m benchmarks.history --freqtrade /path/to/freqtrade --requests 200000

Latencies are in ms, with one connection and with several; what has no answer within --patience is counted and
given up. Bot and load have a processor core each, where the machine has two. With --requests, memory is read
again after so many (of appliance only).
"""

import argparse
import asyncio
import os
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from benchmarks.contenders import (
    Contender,
    Running,
    arguments,
    binance_config,
    contenders,
    exchange,
    free_port,
    percentile,
    running,
    simulated_pairs,
)
from benchmarks.past_trades import make
from benchmarks.rest import Load

PAIRS, OPEN_TRADES = 20, 8
REPORTS = {
    "balance": 20,
    "profit": 20,
    "trades?limit=500": 20,
    "stats": 20,
    "daily?timescale=30": 20,
    "performance": 20,
    "pair_candles?pair=BTC/USDT&timeframe=5m&limit=500": 3,
}
"""How many times faster each is to be, by the median of one connection."""
REQUEST_COUNTERS = {"ping": 8, "count": 8, "status": 8}
"""How many times more requests a second are to be answered."""
MOST_P99_MS, MOST_MEMORY_MB = 30, 180


@dataclass
class Figures:
    """What one bot showed. `loads` by path and number of connections; memory in MB by when it was read."""

    loads: dict[tuple[str, int], Load] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)


def main() -> None:
    given = parsed()
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[-1:])
    found: dict[str, Figures] = {}
    with exchange() as url, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        pairs = simulated_pairs(url, PAIRS)
        made = Path(folder) / "made.sqlite"
        asyncio.run(make(made, url, pairs, closed=given.trades, still_open=OPEN_TRADES))
        for bot in contenders(given):
            database = Path(folder) / f"{bot.name}.sqlite"
            shutil.copy(made, database)
            config = binance_config(url, free_port(), pairs)
            with running(bot, config, database=database) as program:
                os.sched_setaffinity(program.process.pid, cores[:1])
                program.until_trading()
                found[bot.name] = measured(bot, program, given)
    show(found, given)


def parsed() -> argparse.Namespace:
    parser = arguments(__doc__)
    parser.add_argument("--trades", type=int, default=10_000, help="closed ones in the database")
    parser.add_argument("--seconds", type=float, default=3, help="for each figure")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--patience", type=float, default=8, help="seconds to wait for an answer")
    parser.add_argument("--requests", type=int, default=0, help="after which memory is read again")
    return parser.parse_args()


def measured(bot: Contender, program: Running, given: argparse.Namespace) -> Figures:
    """Take all figures of one bot."""
    if program.call("count")["current"] != OPEN_TRADES:
        raise SystemExit(f"{bot.name} lost trades:\n{program.log.read_text()[-2000:]}")
    figures = Figures()
    figures.memory["before"] = program.memory_mb()
    plan = [(path, number) for path in REPORTS for number in (1, given.connections)]
    plan += [(path, given.connections) for path in REQUEST_COUNTERS]
    for path, connections in plan:
        load = Load(program, path, patience=given.patience)
        uvloop.run(load.run(connections, given.seconds))
        figures.loads[path, connections] = load
        until_idle(program)
    figures.memory["after"] = program.memory_mb()
    if given.requests and bot.name == "appliance":
        figures.memory |= after_many(program, given)
    return figures


def until_idle(program: Running, patience: float = 30) -> None:
    """Wait until the bot has finished what nobody waits for any more."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        before = program.cpu_seconds()
        time.sleep(0.3)
        if program.cpu_seconds() - before < 0.1:
            return


def after_many(program: Running, given: argparse.Namespace) -> dict[str, float]:
    """Ask for everything in turn, a second each, until so many are answered; return memory on the way."""
    answered, found = 0, {}
    while answered < given.requests:
        for path in (*REPORTS, *REQUEST_COUNTERS):
            load = Load(program, path, patience=given.patience)
            uvloop.run(load.run(given.connections, 1))
            answered += len(load.seconds)
        if not found or answered >= given.requests:
            found[f"after {answered:,} more"] = program.memory_mb()
    return found


def show(found: dict[str, Figures], given: argparse.Namespace) -> None:
    """Print one table, with one connection and with several; `!` marks what misses its target."""
    own, other = found["appliance"], found.get("freqtrade")
    many = given.connections
    print(f"{given.trades:,} closed and {OPEN_TRADES} open trades; {given.seconds:g} s a figure\n")
    line("p50, p99 in ms", [f"{name} {number}" for name in found for number in ("alone", f"by {many}")])
    for path, target in REPORTS.items():
        cells = [latency(own, path, 1), latency(own, path, many, MOST_P99_MS)]
        cells += [latency(other, path, 1), latency(other, path, many)] if other else []
        gain = middle(other, path) / middle(own, path) if other else None
        line(path.partition("?")[0], cells, gain, target)
    print()
    line(f"requests/s by {many}", list(found))
    for path, target in REQUEST_COUNTERS.items():
        rates = [len(bot.loads[path, many].seconds) / given.seconds for bot in found.values()]
        line(path, [f"{rate:,.0f}" for rate in rates], rates[0] / rates[1] if other else None, target)
    print(f"\nresident memory in MB (target: under {MOST_MEMORY_MB})")
    for name, bot in found.items():
        print(f"{name:<20} " + ", ".join(f"{when} {size:.0f}" for when, size in bot.memory.items()))


def latency(figures: Figures, path: str, connections: int, most: float | None = None) -> str:
    """Return the cell of one load: median and p99 in ms, and how many requests had no answer."""
    load = figures.loads[path, connections]
    lost = f" {load.timed_out} timed out" if load.timed_out else ""
    lost += f" {load.failed} failed" if load.failed else ""
    if not load.seconds:
        return lost.strip()
    p50, p99 = (percentile(load.seconds, share) * 1000 for share in (0.5, 0.99))
    return f"{p50:,.1f} {p99:,.1f}{'!' if most and p99 >= most else ''}{lost}"


def middle(figures: Figures, path: str) -> float:
    """Return the median with one connection in seconds; that of no answer is not a number."""
    seconds = figures.loads[path, 1].seconds
    return percentile(seconds, 0.5) if seconds else float("nan")


def line(name: str, cells: list[str], gain: float | None = None, target: float = 0) -> None:
    told = f"{gain:,.1f} times (target {target}){'!' if gain < target else ''}" if gain is not None else ""
    print(f"{name:<20} " + "".join(f"{cell:<22} " for cell in cells) + told)


if __name__ == "__main__":
    main()
