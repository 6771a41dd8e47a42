"""How fast are stored candles loaded? Twelve pairs, a year of 5m, the same files for both programs.

python -m benchmarks.load --freqtrade /path/to/freqtrade

The files are made here, by our own writer. Each program loads them several times in a process of its own, a
DataFrame for each pair; imports are not counted. Times in s: the first, the best, and the processor's for the
first; memory in MB at most.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from appliance.research.data.candles import CandleFiles
from appliance.research.data.formats import FORMATS, Format
from appliance.research.data.layout import CandleKey
from benchmarks.contenders import Contender, arguments, contenders, row

YEAR_MS, FIVE_MINUTES_MS, FIRST_MS = 365 * 86_400_000, 300_000, 1_735_689_600_000
GOAL_SECONDS = 0.3
TIMING = """
import json, resource, sys, time
folder, kind, times, pairs = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]
{loader}
import numpy, pandas
taken, busy = [], []
for _ in range(times):
    began, used = time.perf_counter(), time.process_time()
    frames = load()
    taken.append(time.perf_counter() - began)
    busy.append(time.process_time() - used)
assert len(frames) == len(pairs)
rows = sum(len(frame) for frame in frames.values())
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1.024e-3
print(json.dumps({{"rows": rows, "first": taken[0], "best": min(taken), "CPU": busy[0], "peak": peak}}))
"""
LOADERS = {
    "appliance": """
from pathlib import Path
from appliance.exchange.candle_table import as_dataframe
from appliance.research.data.candles import CandleFiles
from appliance.research.data.layout import CandleKey
def load():
    files = CandleFiles(Path(folder), kind)
    return {pair: as_dataframe(files.load(CandleKey(pair, "5m"))) for pair in pairs}
""",
    "freqtrade": """
from pathlib import Path
from freqtrade.data.history import load_data
def load():
    return load_data(Path(folder), "5m", pairs, data_format=kind)
""",
}


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--pairs", type=int, default=12)
    parser.add_argument("--times", type=int, default=5, help="how often everything is loaded")
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=["feather", "parquet"])
    given = parser.parse_args()
    pairs = [f"COIN{number}/USDT" for number in range(given.pairs)]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for kind in given.formats:
            make(Path(folder), kind, pairs)
            found = {bot.name: loaded(bot, folder, kind, pairs, given) for bot in contenders(given)}
            for name, figures in found.items():
                row(f"{name} {kind} ", {key: f"{value:.3f}" for key, value in figures.items()})
            judge(kind, found)


def make(folder: Path, kind: Format, pairs: list[str]) -> None:
    """Write a year of candles that wander about, with prices and volumes of as many digits as real ones."""
    files, draw = CandleFiles(folder, kind), np.random.default_rng(7)
    dates = np.arange(FIRST_MS, FIRST_MS + YEAR_MS, FIVE_MINUTES_MS, dtype=float)
    for pair in pairs:
        closes = 100 * np.exp(np.cumsum(draw.normal(0, 0.002, len(dates))))
        opens = np.concatenate(([100.0], closes[:-1]))
        wick = np.abs(draw.normal(0, 0.001, (2, len(dates))))
        highs, lows = np.maximum(opens, closes) * (1 + wick[0]), np.minimum(opens, closes) * (1 - wick[1])
        table = np.column_stack((dates, opens, highs, lows, closes, draw.exponential(50, len(dates))))
        files.save(CandleKey(pair, "5m"), np.round(table, 4))


def loaded(
    bot: Contender, folder: str, kind: Format, pairs: list[str], given: argparse.Namespace
) -> dict[str, float]:
    """Return what one program needed."""
    python = sys.executable
    if bot.name == "freqtrade":
        python = str(Path(bot.command[0]).parent / "python")
    code = TIMING.format(loader=LOADERS[bot.name])
    command = [python, "-c", code, folder, kind, str(given.times), *pairs]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{bot.name} did not load them:\n{done.stderr[-3000:]}")
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    rows = figures.pop("rows")
    if rows != len(pairs) * YEAR_MS // FIVE_MINUTES_MS:
        raise SystemExit(f"{bot.name} loaded {rows:.0f} candles")
    return figures


def judge(kind: Format, found: dict[str, dict[str, float]]) -> None:
    own = found["appliance"]["first"]
    verdict = "met" if own < GOAL_SECONDS else "missed"
    line = f"{kind}: goal of less than {GOAL_SECONDS} s at the first time: {verdict}"
    if "freqtrade" in found:
        line += f"; freqtrade takes {found['freqtrade']['first'] / own:.1f} times as long"
    print(line)


if __name__ == "__main__":
    main()
