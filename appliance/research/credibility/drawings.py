"""Prepare what the page draws without a script: distributions, a cloud of points, maps of losses."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from appliance.reports.number_format import MINUS, NOTHING, percent
from appliance.research.credibility.checks import ratio_text
from appliance.research.credibility.examine import Examination
from appliance.research.overfitting.cscv import Overfitting
from appliance.research.overfitting.neighbourhood import Axis, Neighbourhood, Plane
from appliance.research.overfitting.returns import Floats
from appliance.research.overfitting.sharpe import sharpe_ratios
from appliance.research.report.histogram import Bin, histogram

_BINS = 30
_EVERY = 5
_RANK_BINS = 10
_MOST_POINTS = 500
_STRONGEST = 45


@dataclass(frozen=True)
class Bar:
    """Show one bin: height in percent of the highest, the class of its colour, texts of tooltip and axis."""

    height: float
    tone: str
    title: str
    label: str


@dataclass(frozen=True)
class Distribution:
    """Show how often which value came up; `note` explains it, below a heading."""

    id: str
    title: str
    note: str
    bars: list[Bar]


@dataclass(frozen=True)
class Cloud:
    """Show points in a box of 100 x 100: x to the right, y downwards; `zero_x`, `zero_y` are the axes."""

    points: list[tuple[float, float]]
    zero_x: float
    zero_y: float
    low: str
    high: str


@dataclass(frozen=True)
class Cell:
    """Show the loss of one value: text, strength of its colour (percent), and whether it is the best one."""

    value: str
    text: str
    tone: str
    strength: int
    is_best: bool


@dataclass(frozen=True)
class MapLine:
    """Show a parameter with the losses around its best value."""

    name: str
    cells: list[Cell]


@dataclass(frozen=True)
class MapPlane:
    """Show two parameters: values to the right, and rows of a value and its cells."""

    vertical: str
    horizontal: str
    columns: list[str]
    rows: list[tuple[str, list[Cell]]]


def distributions(found: Examination) -> list[Distribution]:
    """Return the distributions that there are."""
    shown = [_of_trials(found)]
    if found.overfitting is not None:
        shown.append(_of_ranks(found.overfitting))
    if found.orders.trades:
        shown.append(_of_falls(found))
    if found.histories is not None and len(found.histories.profits):
        shown.append(_of_histories(found))
    return shown


def cloud_of(result: Overfitting | None, per_year: float) -> Cloud | None:
    """Return Sharpe ratios (a year) in one half of the time and in the other."""
    if result is None:
        return None
    step = max(1, math.ceil(result.splits / _MOST_POINTS))
    inside, outside = (values[::step] * math.sqrt(per_year) for values in (result.inside, result.outside))
    low = min(float(inside.min()), float(outside.min()), 0.0)
    high = max(float(inside.max()), float(outside.max()), 0.0)
    width = (high - low) or 1.0
    places = np.column_stack((100 * (inside - low) / width, 100 - 100 * (outside - low) / width)).round(1)
    zero = -100 * low / width
    return Cloud(
        points=[(x, y) for x, y in places.tolist()],
        zero_x=round(zero, 1),
        zero_y=round(100 - zero, 1),
        low=ratio_text(low),
        high=ratio_text(high),
    )


def map_lines(found: Neighbourhood | None) -> list[MapLine]:
    """Return the losses along each parameter that has several values."""
    if found is None:
        return []
    return [
        MapLine(line.axis.name, _cells(found, line.axis, line.losses))
        for line in found.lines
        if len(line.losses) > 1
    ]


def map_planes(found: Neighbourhood | None) -> list[MapPlane]:
    """Return the losses along pairs of parameters; both axes in order of their values."""
    return [] if found is None else [_plane(found, plane) for plane in found.planes]


def value_text(value: Any) -> str:
    """Format a value of a parameter."""
    return f"{value:.6g}".replace("-", MINUS) if isinstance(value, float) else str(value)


def _of_trials(found: Examination) -> Distribution:
    year = math.sqrt(found.record.grid.per_year)
    ratios = sharpe_ratios(found.record.returns) * year
    best, expected = found.deflated.sharpe * year, found.deflated.expected * year
    return Distribution(
        "trials",
        "Sharpe ratios of all trials",
        f"A year. The darker bar has the chosen trial ({ratio_text(best)}). By luck alone, the best of as "
        f"many trials would have about {ratio_text(expected)}.",
        _bars(ratios, ratio_text, "trial", best),
    )


def _of_ranks(result: Overfitting) -> Distribution:
    ranks = 1 / (1 + np.exp(-result.logits))
    counts = np.bincount(np.minimum((ranks * _RANK_BINS).astype(int), _RANK_BINS - 1), minlength=_RANK_BINS)
    shares = counts / max(1, int(counts.sum()))
    highest = float(shares.max()) or 1.0
    bars = [
        Bar(
            height=round(100 * float(part) / highest, 2),
            tone="down" if place < _RANK_BINS // 2 else "up",
            title=f"better than {10 * place} to {10 * place + 10} % of the others: {part:.1%} of the splits",
            label=f"{10 * place} %" if place in (0, 5) else "",
        )
        for place, part in enumerate(shares.tolist())
    ]
    return Distribution(
        "ranks",
        "How the best of one half did in the other",
        "By how many of the other trials it was better than, in the half of the time that it was not "
        "chosen by. Chosen by luck, it is anywhere; chosen by an edge, it is at the right.",
        bars,
    )


def _of_falls(found: Examination) -> Distribution:
    orders = found.orders
    return Distribution(
        "falls",
        "Drawdowns in other orders",
        f"The same {orders.trades:,} trades in {len(orders.falls):,} other orders. The darker bar has the "
        f"drawdown of the backtest ({percent(-orders.observed_fall, 1)}).",
        _bars(-orders.falls, lambda value: percent(value, 1), "order", -orders.observed_fall),
    )


def _of_histories(found: Examination) -> Distribution:
    assert found.histories is not None
    outcome = found.record.outcome
    made = outcome.final_balance / outcome.starting_balance - 1
    return Distribution(
        "histories",
        "Profits on made-up candles",
        f"The days of the real candles in other orders. The real ones made {percent(made, 1)}.",
        _bars(found.histories.profits, lambda value: percent(value, 1), "history", made),
    )


def _bars(values: Floats, text: Callable[[float], str], what: str, here: float) -> list[Bar]:
    bins = histogram(values, _BINS)
    highest = max((one.size for one in bins), default=1)
    first = next((place for place, one in enumerate(bins) if one.start == 0), 0)
    plural = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return [
        Bar(
            height=round(100 * one.size / highest, 2),
            tone=("down" if (one.end is not None and one.end <= 0) else "up")
            + (" here" if _holds(one, here) else ""),
            title=f"{_span(one, text)}: {one.size} {what if one.size == 1 else plural}",
            label=text(one.start) if one.start is not None and (place - first) % _EVERY == 0 else "",
        )
        for place, one in enumerate(bins)
    ]


def _holds(one: Bin, value: float) -> bool:
    return (one.start is None or one.start <= value) and (one.end is None or value < one.end)


def _span(one: Bin, text: Callable[[float], str]) -> str:
    if one.start is None:
        return f"below {text(one.end or 0.0)}"
    return f"{text(one.start)} or more" if one.end is None else f"{text(one.start)} to {text(one.end)}"


def _plane(found: Neighbourhood, plane: Plane) -> MapPlane:
    rows = [
        (
            value_text(value),
            _cells(found, plane.horizontal, plane.losses[place], is_best_row=place == plane.vertical.best),
        )
        for place, value in enumerate(plane.vertical.values)
    ]
    return MapPlane(
        plane.vertical.name,
        plane.horizontal.name,
        [value_text(value) for value in plane.horizontal.values],
        rows,
    )


def _cells(found: Neighbourhood, axis: Axis, losses: Floats, *, is_best_row: bool = True) -> list[Cell]:
    """Colour losses: full where as good as the best one, none where as an ordinary trial, red where worse."""
    advantage = found.ordinary - found.best
    cells = []
    for place, (value, loss) in enumerate(zip(axis.values, losses.tolist(), strict=True)):
        kept = (found.ordinary - loss) / advantage if advantage > 0 and math.isfinite(loss) else math.nan
        strength = 0 if math.isnan(kept) else round(_STRONGEST * min(1.0, abs(kept)))
        tone = "flat" if not strength else "up" if kept > 0 else "down"
        text = NOTHING if not math.isfinite(loss) else f"{loss:.4g}".replace("-", MINUS)
        cells.append(Cell(value_text(value), text, tone, strength, is_best_row and place == axis.best))
    return cells
