"""How does the cost of a backtest grow with pairs, candles and trades? Prints tables, and draws a picture.

    python -m benchmarks.growth --picture docs/images/backtest-growth.svg

One of the three grows at a time, the others stay: 12 pairs, 90 days of 5m, a signal each 200 candles. Times
are of whole commands by the clock, in s, the best of `--runs`; memory (MB) is that of all processes (PSS). A
row is linear up to the size after which a unit costs more than twice what it cost at most in the first half.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from string import Template

from benchmarks.backtest import Case, Place
from benchmarks.contenders import Contender, exchange, row

_STRATEGY = Template(
    """
from freqtrade.strategy import IStrategy


class Benchmarked(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.01}
    stoploss = -0.01

    def populate_indicators(self, dataframe, metadata):
        dataframe["mean"] = dataframe["close"].rolling(50).mean()
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe.index % $every == 0, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe
"""
)
PAIRS, DAYS, EVERY = 12, 90, 200


@dataclass(frozen=True)
class Point:
    """State a measured size, in the unit of its row, and its cost in s and MB."""

    size: float
    seconds: float
    memory: float


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--picture", type=Path, help="where to draw it")
    given = parser.parse_args()
    bot = Contender("appliance", [sys.executable, "-m", "appliance"])
    with tempfile.TemporaryDirectory(prefix="bench-") as name, exchange("--more-pairs", "90") as url:
        place = Place(Path(name), url)
        grow = partial(cost, place, bot, given.runs)
        rows = {
            "pairs": [Point(size, *grow(pairs=size)[1:]) for size in (1, 3, 6, 12, 25, 50, 100)],
            "days of 5m candles": [Point(size, *grow(days=size)[1:]) for size in (15, 30, 60, 90, 180, 365)],
            "trades": [Point(*grow(every=every)) for every in (800, 400, 200, 100, 50, 25)],
        }
    for unit, points in rows.items():
        show(unit, points)
    if given.picture:
        given.picture.write_text(picture(rows), encoding="utf-8")


def cost(
    place: Place, bot: Contender, runs: int, *, pairs: int = PAIRS, days: int = DAYS, every: int = EVERY
) -> tuple[int, float, float]:
    """Return the number of trades, and the cost: seconds by the clock, and MB."""
    code = _STRATEGY.substitute(every=every)
    case = Case(code=code, days=days, pairs=pairs, settings={"max_open_trades": -1})
    place.provide(case)
    best = min((place.run(bot, case) for _ in range(runs)), key=lambda figures: figures.clock)
    return best.trades, best.clock, best.memory


def show(unit: str, points: Sequence[Point]) -> None:
    for point in points:
        row(
            f"{point.size:>8g} {unit:<20}",
            {"clock": f"{point.seconds:.2f} s", "memory": f"{point.memory:.0f} MB"},
        )
    bend = bend_of(points)
    print(f"{unit}: linear up to {points[-1].size:g}" if bend is None else f"{unit}: linear up to {bend:g}")


def bend_of(points: Sequence[Point]) -> float | None:
    """Return the last size up to which cost is linear; None where it is to the end."""
    rates = [
        (after.seconds - before.seconds) / (after.size - before.size) for before, after in pairwise(points)
    ]
    usual = max(*rates[: max(len(rates) // 2, 1)], 1e-9)
    steep = (point.size for point, rate in zip(points, rates, strict=False) if rate > 2 * usual)
    return next(steep, None)


# -- the picture -----------------------------------------------------------------------------------------

_WIDTH, _HEIGHT, _LEFT, _TOP, _PLOT = 900, 300, 50, 40, (220, 190)
_TEXT = 'font-family="sans-serif" font-size="11" fill="#667"'


def picture(rows: dict[str, Sequence[Point]]) -> str:
    """Return an SVG: a curve of seconds for each of what grows, on axes that begin at 0."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        'aria-label="Seconds of a backtest by pairs, days of candles and trades">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
    ]
    for place, (unit, points) in enumerate(rows.items()):
        parts.append(_curve(_LEFT + place * (_WIDTH // 3 - 10), unit, points))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _curve(left: float, unit: str, points: Sequence[Point]) -> str:
    width, height = _PLOT
    most, slowest = max(point.size for point in points), max(point.seconds for point in points)
    bottom = _TOP + height

    def at(point: Point) -> tuple[float, float]:
        return left + width * point.size / most, bottom - height * point.seconds / slowest

    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(at, points))
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#2563eb"/>' for x, y in map(at, points))
    return "\n".join(
        [
            f'<path d="M{left} {_TOP}V{bottom}H{left + width}" fill="none" stroke="#99a"/>',
            f'<polyline points="{line}" fill="none" stroke="#2563eb" stroke-width="2"/>{dots}',
            f'<text x="{left}" y="{_TOP - 12}" {_TEXT}>{slowest:.1f} s</text>',
            f'<text x="{left + width}" y="{bottom + 16}" text-anchor="end" {_TEXT}>{most:g} {unit}</text>',
            f'<text x="{left}" y="{bottom + 16}" {_TEXT}>0</text>',
        ]
    )


if __name__ == "__main__":
    main()
