"""How long does a backtest take, and how much memory? The same candles and strategies for both programs.

    python -m benchmarks.backtest --freqtrade /path/to/freqtrade
    python -m benchmarks.backtest --cases sample again --runs 3

Candles are made here. Times are of whole commands, in s: as the clock has it, and the processor's, children
included; memory is the most that all processes of a command hold (PSS, sampled), in MB. Both programs must
find the same trades. `again` is the command of `sample` with other stake, ROI and stop.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from appliance.research.data.candles import CandleFiles
from appliance.research.data.layout import CandleKey
from benchmarks import backtest_strategies as strategies
from benchmarks.contenders import (
    Contender,
    arguments,
    binance_config,
    contenders,
    exchange,
    row,
    simulated_pairs,
)

DAY_MS, FIRST_MS = 86_400_000, 1_735_689_600_000  # 2025-01-01


@dataclass(frozen=True, kw_only=True)
class Case:
    """State what is tested: a strategy over pairs and days; goals as parts of freqtrade's figures."""

    code: str
    days: int = 37
    pairs: int = 12
    options: tuple[str, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    time_goal: float = 1 / 6
    memory_goal: float | None = None
    by_processor: bool = True
    after: str = ""
    """The case whose signals are stored already, where that is what is measured."""


CASES = {
    "sample": Case(
        code=strategies.INDICATORS, days=365, time_goal=1 / 12, memory_goal=1 / 4, by_processor=False
    ),
    "again": Case(
        code=strategies.INDICATORS,
        days=365,
        settings={"stake_amount": 50, "minimal_roi": {"0": 0.02}, "stoploss": -0.05},
        time_goal=1 / 30,
        by_processor=False,
        after="sample",
    ),
    "one": Case(code=strategies.INDICATORS, days=365, pairs=1, time_goal=1.2 / 10.3, by_processor=False),
    "stops": Case(code=strategies.CUSTOM_STOPLOSS),
    "callbacks": Case(code=strategies.CALLBACKS),
    "dca": Case(code=strategies.DCA),
    "detail": Case(code=strategies.TRAILING, days=14, options=("--timeframe-detail", "1m")),
    "detail-dca": Case(code=strategies.DCA, days=14, options=("--timeframe-detail", "1m")),
    "cooldown": Case(code=strategies.COOLDOWN, options=("--enable-protections",), time_goal=1 / 10),
    "guard": Case(code=strategies.STOPLOSS_GUARD, options=("--enable-protections",), time_goal=1 / 10),
}
"""By name. Goals by the clock for whole programs, by the processor's time where callbacks count."""


@dataclass(frozen=True)
class Figures:
    """Hold what a command needed, and what it found."""

    clock: float
    processor: float
    memory: float
    trades: int
    profit: float


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--cases", nargs="+", choices=[*CASES, "hundred"], default=list(CASES))
    parser.add_argument("--runs", type=int, default=1, help="how often; the median by the clock counts")
    given = parser.parse_args()
    bots = contenders(given)
    with tempfile.TemporaryDirectory(prefix="bench-") as name, exchange("--more-pairs", "90") as url:
        place = Place(Path(name), url)
        for case in given.cases:
            if case == "hundred":
                hundred(place, bots[0])
            else:
                compare(place, bots, case, given.runs)


def compare(place: "Place", bots: list[Contender], name: str, runs: int) -> None:
    """Measure a case with all programs in turn, and hold it against the goal."""
    case = CASES[name]
    if case.after:
        place.provide(CASES[case.after])
        place.run(bots[0], CASES[case.after], cached=True)
    place.provide(case)
    found = {
        bot.name: sorted((place.run(bot, case) for _ in range(runs)), key=_clock)[runs // 2] for bot in bots
    }
    for program, figures in found.items():
        show(program, name, figures)
    if "freqtrade" in found:
        judge(case, found["appliance"], found["freqtrade"])


def hundred(place: "Place", bot: Contender) -> None:
    """Measure 100 pairs over a year, which do not fit into 2 GB with freqtrade."""
    case = Case(code=strategies.INDICATORS, days=365, pairs=100)
    place.provide(case)
    show(bot.name, "hundred", place.run(bot, case))


def show(program: str, name: str, figures: Figures) -> None:
    row(
        f"{program:<10} {name:<11}",
        {
            "clock": f"{figures.clock:.2f} s",
            "CPU": f"{figures.processor:.2f} s",
            "memory": f"{figures.memory:.0f} MB",
            "trades": str(figures.trades),
            "profit": f"{figures.profit:.4f}",
        },
    )


def judge(case: Case, own: Figures, other: Figures) -> None:
    same = own.trades == other.trades and abs(own.profit - other.profit) < 1e-6
    mine, theirs = (own.processor, other.processor) if case.by_processor else (own.clock, other.clock)
    verdict = "met" if mine <= theirs * case.time_goal else "missed"
    line = f"  the same trades: {'yes' if same else 'NO'}; {theirs / mine:.1f} times as fast, "
    line += f"goal {1 / case.time_goal:.1f}: {verdict}"
    if case.memory_goal:
        met = "met" if own.memory <= other.memory * case.memory_goal else "missed"
        line += f"; {other.memory / own.memory:.1f} times less memory, goal {1 / case.memory_goal:.0f}: {met}"
    print(line, flush=True)


class Place:
    """Hold candles, strategy and configuration in a folder that both programs read."""

    def __init__(self, folder: Path, url: str) -> None:
        self.user, self._url = folder / "user_data", url
        (self.user / "strategies").mkdir(parents=True)
        self._pairs = simulated_pairs(url, 100)
        self._config = folder / "config.json"

    @property
    def folders(self) -> list[str]:
        """The options of a command that name configuration and user data."""
        return ["-c", str(self._config), "--userdir", str(self.user)]

    def provide(self, case: Case) -> None:
        """Write strategy, configuration and the candles that are missing."""
        (self.user / "strategies" / "benchmarked.py").write_text(case.code)
        pairs = self._pairs[: case.pairs]
        config = binance_config(self._url, 8080, pairs, max_open_trades=5, dataformat_ohlcv="feather")
        self._config.write_text(json.dumps({**config, **case.settings}))
        files = CandleFiles(self.user / "data" / "binance", "feather")
        detailed = "--timeframe-detail" in case.options
        for number, pair in enumerate(pairs):
            if detailed:
                write_candles(files, CandleKey(pair, "1m"), 60_000, 20, number)
            write_candles(files, CandleKey(pair, "5m"), 300_000, 370, number)

    def median(self, bot: Contender, case: Case, runs: int) -> Figures:
        """Run a command several times; return the figures of the median by the clock."""
        return sorted((self.run(bot, case) for _ in range(runs)), key=_clock)[runs // 2]

    def run(self, bot: Contender, case: Case, *, cached: bool = False) -> Figures:
        """Run a command, and read its result; signals are stored, and found again, if `cached`."""
        first = time.strftime("%Y%m%d", time.gmtime(FIRST_MS / 1000 + 2 * 86_400))
        last = time.strftime("%Y%m%d", time.gmtime(FIRST_MS / 1000 + (2 + case.days) * 86_400))
        command = [*bot.command, "backtesting", "-c", str(self._config), "--userdir", str(self.user)]
        command += ["-s", "Benchmarked", "--timerange", f"{first}-{last}", *case.options]
        command += [] if cached or case.after else ["--cache", "none"]
        command += ["--fee", "0.001", "--export", "trades"]
        results = self.user / "backtest_results"
        shutil.rmtree(results, ignore_errors=True)
        results.mkdir()
        clock, processor, memory = measured(command)
        return Figures(clock, processor, memory, *found_in(results))


def write_candles(files: CandleFiles, key: CandleKey, length_ms: int, days: int, seed: int) -> None:
    """Write candles that wander about, once; detail candles agree with nothing but the prices' size."""
    if files.span(key) is not None:
        return
    draw = np.random.default_rng(seed)
    dates = np.arange(FIRST_MS, FIRST_MS + days * DAY_MS, length_ms, dtype=float)
    scale = 0.002 * (length_ms / 300_000) ** 0.5
    closes = 100 * np.exp(np.cumsum(draw.normal(0, scale, len(dates))))
    opens = np.concatenate(([100.0], closes[:-1]))
    wick = np.abs(draw.normal(0, scale / 2, (2, len(dates))))
    highs, lows = np.maximum(opens, closes) * (1 + wick[0]), np.minimum(opens, closes) * (1 - wick[1])
    table = np.column_stack((dates, opens, highs, lows, closes, draw.exponential(50, len(dates))))
    files.save(key, np.round(table, 4))


def measured(command: list[str]) -> tuple[float, float, float]:
    """Run a command; return seconds by the clock, seconds of processors, and MB at most."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=_usual_environment())
        peak = Peak(process.pid)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        clock = time.monotonic() - began
        memory = peak.stop()
        if process.returncode:
            output.seek(0)
            raise SystemExit(f"{command[0]} failed:\n{output.read().decode(errors='replace')[-3000:]}")
    return clock, used.ru_utime + used.ru_stime, max(memory, used.ru_maxrss * 1.024e-3)


def _usual_environment() -> dict[str, str]:
    """Return the environment of this process, in which Python keeps what it compiles, as for its users."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class Peak:
    """Sample how much memory a process and its children hold together."""

    def __init__(self, pid: int) -> None:
        self._pid, self._most, self._ended = pid, 0.0, threading.Event()
        self._thread = threading.Thread(target=self._sample)
        self._thread.start()

    def stop(self) -> float:
        self._ended.set()
        self._thread.join()
        return self._most

    def _sample(self) -> None:
        while not self._ended.wait(0.1):
            self._most = max(self._most, sum(map(_held, _family(self._pid))))


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _family(int(child))


def _held(pid: int) -> float:
    """Return the memory of a process in MB, what it shares counted in parts."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) * 1.024e-3 for line in lines if line.startswith("Pss:")), 0.0)


def found_in(folder: Path) -> tuple[int, float]:
    """Return the number of trades and the profit of the result in a folder."""
    file = next(folder.glob("backtest-result-*.zip"), None)
    if file is None:
        raise SystemExit(f"no result in {folder}: the command failed")
    with zipfile.ZipFile(file) as result:
        found = json.loads(result.read(f"{file.stem}.json"))["strategy"]["Benchmarked"]
    return len(found["trades"]), float(found["profit_total_abs"])


def _clock(figures: Figures) -> float:
    return figures.clock


if __name__ == "__main__":
    sys.exit(main())
