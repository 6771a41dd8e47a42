"""How many epochs a second does a search test, and how much memory do its processes hold?

    python -m benchmarks.hyperopt --freqtrade /path/to/freqtrade
    python -m benchmarks.hyperopt --cases spaces --jobs 2

Both programs search the same strategies over the same candles, with the same seed. A rate is that of epochs
between the first stored one and the last, by the clock: what a program does before its first epoch does not
count. Memory is the most that all processes hold together (PSS, sampled): of one worker, and of two.
freqtrade needs optuna, joblib and filelock beside it (`pip install freqtrade[hyperopt]`).
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.backtest import DAY_MS, FIRST_MS, Case, Peak, Place
from benchmarks.contenders import Contender, arguments, contenders, exchange, row

GOAL = 10.0
MEMORY_GOAL = 1.3

_BEGIN = """
from freqtrade.strategy import BooleanParameter, CategoricalParameter, DecimalParameter, IntParameter
from freqtrade.strategy import IStrategy


class Benchmarked(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.5}
    stoploss = -0.5
    buy_step = IntParameter(10, 90, default=31, space="buy")
    buy_drop = DecimalParameter(0.0, 0.02, default=0.004, decimals=3, space="buy")
    buy_on = BooleanParameter(default=True, space="buy")
    sell_step = IntParameter(3, 90, default=40, space="sell")
    sell_kind = CategoricalParameter(["close", "open"], default="open", space="sell")

    def populate_indicators(self, dataframe, metadata):
        dates = dataframe["date"].dt
        salt = sum(map(ord, metadata["pair"]))
        dataframe["clock"] = dates.dayofyear * 7 + dates.hour * 12 + dates.minute // 5 + salt
"""
_SIGNALS = """
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        hit = dataframe["clock"] % self.buy_step.value == 0
        if self.buy_on.value:
            hit &= dataframe["close"] < dataframe["close"].shift(12) * (1 - self.buy_drop.value)
        dataframe.loc[hit, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        base = dataframe[self.sell_kind.value]
        hit = (dataframe["clock"] % self.sell_step.value == 0) & (base > base.shift(6))
        dataframe.loc[hit, "exit_long"] = 1
        return dataframe
"""
_AVERAGES = """
        for step in self.buy_step.range:
            dataframe[f"average_{step}"] = dataframe["close"].rolling(step).mean()
"""
CASES = {
    "signals": (_BEGIN + _SIGNALS, ("buy", "sell")),
    "spaces": (_BEGIN + _AVERAGES + _SIGNALS, ("buy", "sell", "roi", "stoploss")),
}
"""By name: a strategy, and what of it is searched. The second one has an indicator for each value."""


@dataclass(frozen=True)
class Figures:
    """Hold epochs a second, seconds of processors for each, memory in MB, and the losses found."""

    rate: float
    processor: float
    memory: float
    losses: list[str]


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--jobs", type=int, default=1, help="processes of each program")
    parser.add_argument("--days", type=int, default=37)
    parser.add_argument("--epochs", type=int, default=90, help="epochs of this program; freqtrade's are 10")
    given = parser.parse_args()
    bots = contenders(given)
    with tempfile.TemporaryDirectory(prefix="bench-") as name, exchange() as url:
        place = Place(Path(name), url)
        for case in given.cases:
            code, spaces = CASES[case]
            place.provide(Case(code=code, days=given.days))
            found = {}
            for bot in bots:
                epochs = given.epochs if bot.name == "appliance" else 10
                found[bot.name] = search(place, bot, spaces, given.days, epochs, given.jobs)
                show(f"{bot.name:<10} {case:<8} -j {given.jobs}", found[bot.name])
            if "freqtrade" in found:
                judge(found["appliance"], found["freqtrade"])
            weigh(place, bots[0], case, given.days)


def weigh(place: Place, bot: Contender, case: str, days: int) -> None:
    """Compare the memory of one worker with that of two."""
    held = [search(place, bot, CASES[case][1], days, 40, jobs).memory for jobs in (1, 2)]
    times = held[1] / held[0]
    verdict = "met" if times <= MEMORY_GOAL else "missed"
    line = f"  memory of one worker {held[0]:.0f} MB, of two {held[1]:.0f} MB: {times:.2f} times as much"
    print(f"{line}, goal {MEMORY_GOAL}: {verdict}", flush=True)


def search(
    place: Place, bot: Contender, spaces: tuple[str, ...], days: int, epochs: int, jobs: int
) -> Figures:
    """Search with a program, and watch its file grow."""
    results = place.user / "hyperopt_results"
    shutil.rmtree(results, ignore_errors=True)
    command = [*bot.command, "hyperopt", *place.folders, "-s", "Benchmarked"]
    command += ["--timerange", f"{_date(2)}-{_date(2 + days)}", "--fee", "0.001", "--spaces", *spaces]
    command += ["--hyperopt-loss", "SharpeHyperOptLoss", "--random-state", "42", "--disable-param-export"]
    command += ["-e", str(epochs), "-j", str(jobs)]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        peak = Peak(process.pid)
        counts: list[tuple[float, int, float]] = []
        while not (ended_as := os.wait4(process.pid, os.WNOHANG))[0]:
            if (count := _stored(results)) and (not counts or count != counts[-1][1]):
                counts.append((time.monotonic(), count, _used(process.pid)))
            time.sleep(0.02)
        memory = peak.stop()
        process.returncode = os.waitstatus_to_exitcode(ended_as[1])
        if process.returncode:
            output.seek(0)
            raise SystemExit(f"{command[0]} failed:\n{output.read().decode(errors='replace')[-3000:]}")
    (began, before, used_before), (ended, after, _) = counts[0], counts[-1]
    used = ended_as[2].ru_utime + ended_as[2].ru_stime
    return Figures(
        (after - before) / (ended - began),
        (used - used_before) / (epochs - before),
        memory,
        _losses(results),
    )


def _date(day: int) -> str:
    return time.strftime("%Y%m%d", time.gmtime((FIRST_MS + DAY_MS * day) / 1000))


def _stored(folder: Path) -> int:
    """Return how many epochs are stored."""
    return sum(file.read_bytes().count(b"\n") for file in folder.glob("*.fthypt"))


def _used(pid: int) -> float:
    """Return the processor's time of a process and its children (s)."""
    total = 0.0
    with suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            total += _used(int(child))
    return total


def _losses(folder: Path) -> list[str]:
    lines = [line for file in folder.glob("*.fthypt") for line in file.read_text().splitlines()]
    return [line.partition('"loss":')[2].partition(",")[0].strip()[:12] for line in lines]


def show(name: str, figures: Figures) -> None:
    row(
        name,
        {
            "epochs": f"{figures.rate:.2f} /s",
            "CPU": f"{figures.processor * 1000:.0f} ms",
            "memory": f"{figures.memory:.0f} MB",
        },
    )


def judge(own: Figures, other: Figures) -> None:
    same = own.losses[: len(other.losses)] == other.losses
    times = own.rate / other.rate
    verdict = "met" if times >= GOAL else "missed"
    line = f"  the same losses: {'yes' if same else 'NO'}; {times:.1f} times as many epochs a second"
    line += f" ({other.processor / own.processor:.1f} times by the processor's time)"
    print(f"{line}, goal {GOAL:.0f}: {verdict}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
