"""Look around the best parameters: a plateau, where neighbours are nearly as good, or a peak.

What is known about a market is never so exact that 14 candles make money and 15 lose it. A result that
stands on a peak was found by trying, not by an edge.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from appliance.research.overfitting.returns import Floats

Shape = Literal["plateau", "slope", "peak"]

STEP = 0.05
"""Distance of neighbours on an axis, as a part of the whole range."""
REACH = 3
PLATEAU, PEAK = 0.7, 0.3
_MOST_CHOICES = 9


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """State where a parameter may be searched: numbers from `low` to `high`, or one of `choices`.

    `step` is the distance of the values of a number that has only some (1: whole numbers), 0 for all numbers.
    """

    name: str
    low: float = 0.0
    high: float = 0.0
    step: float = 0.0
    choices: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Axis:
    """Hold values of one parameter around its best one, in order; `best` is the place of that."""

    name: str
    values: tuple[Any, ...]
    best: int


@dataclass(frozen=True, eq=False)
class Line:
    """Hold the loss at each value of an axis, all other parameters at their best."""

    axis: Axis
    losses: Floats

    @property
    def nearest(self) -> Floats:
        """The losses one step away."""
        places = [
            place for place in (self.axis.best - 1, self.axis.best + 1) if 0 <= place < len(self.losses)
        ]
        return self.losses[places]


@dataclass(frozen=True, eq=False)
class Plane:
    """Hold the losses of pairs of values: rows are those of `vertical`, columns those of `horizontal`."""

    vertical: Axis
    horizontal: Axis
    losses: Floats


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """Hold the map around the best parameters.

    `kept` is the share of the best one's advantage over an ordinary trial that neighbours one step away
    have (median): 1 on a plateau, 0 where they are as bad as any trial, below if worse. None where there
    are no neighbours.
    """

    best: float
    ordinary: float
    lines: tuple[Line, ...]
    planes: tuple[Plane, ...]
    kept: float | None

    @property
    def shape(self) -> Shape | None:
        if self.kept is None:
            return None
        return "plateau" if self.kept >= PLATEAU else "peak" if self.kept < PEAK else "slope"


def axis_around(dimension: Dimension, best: Any, reach: int = REACH) -> Axis:
    """Return the values of a parameter up to `reach` steps around the best one.

    A step is a twentieth of the range, at least the distance of two values. Choices have no order: all of
    them, up to nine, are neighbours of the best one, which comes first.
    """
    if dimension.choices:
        others = [choice for choice in dimension.choices if choice != best][: _MOST_CHOICES - 1]
        return Axis(dimension.name, (best, *others), 0)
    width = max((dimension.high - dimension.low) * STEP, dimension.step)
    if dimension.step:
        width = max(1, round(width / dimension.step)) * dimension.step
    if width <= 0:
        return Axis(dimension.name, (best,), 0)
    found = [place for place in range(-reach, reach + 1) if _is_inside(dimension, best + place * width)]
    values = tuple(best if not place else _rounded(dimension, best + place * width) for place in found)
    return Axis(dimension.name, values, found.index(0))


def on_lines(axes: Sequence[Axis], best: Mapping[str, Any]) -> Iterator[tuple[Axis, list[dict[str, Any]]]]:
    """Yield each axis with the parameters at its values, all others at their best."""
    for axis in axes:
        yield axis, [{**best, axis.name: value} for value in axis.values]


def on_plane(vertical: Axis, horizontal: Axis, best: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the parameters at each pair of values, row by row."""
    return [
        {**best, vertical.name: one, horizontal.name: other}
        for one in vertical.values
        for other in horizontal.values
    ]


def influential(lines: Sequence[Line], most: int) -> list[Line]:
    """Return the lines along which the loss changes most, at most so many, in their order."""
    spread = [float(np.ptp(line.losses)) if len(line.losses) > 1 else 0.0 for line in lines]
    chosen = sorted(range(len(lines)), key=lambda place: -spread[place])[:most]
    return [lines[place] for place in sorted(chosen) if spread[place] > 0]


def surveyed(
    best: float, losses_of_trials: Floats, lines: Sequence[Line], planes: Sequence[Plane] = ()
) -> Neighbourhood:
    """Sum a map up.

        kept = median over neighbours one step away of (ordinary - loss) / (ordinary - best)

    with `ordinary` the median loss of all trials of the search; a lower loss is better. None where the best
    one has no advantage, or no parameter has a second value.
    """
    finite = losses_of_trials[np.isfinite(losses_of_trials)]
    ordinary = float(np.median(finite)) if len(finite) else math.nan
    near = np.concatenate([line.nearest for line in lines]) if lines else np.zeros(0)
    advantage = ordinary - best
    kept = None
    if len(near) and advantage > 0:
        kept = float(np.median((ordinary - near) / advantage))
    return Neighbourhood(best, ordinary, tuple(lines), tuple(planes), kept)


def _is_inside(dimension: Dimension, value: float) -> bool:
    slack = 1e-9 * max(1.0, abs(dimension.low), abs(dimension.high))
    return dimension.low - slack <= value <= dimension.high + slack


def _rounded(dimension: Dimension, value: float) -> float | int:
    if not dimension.step:
        return value
    if float(dimension.step).is_integer():
        return round(value)
    digits = max(0, -math.floor(math.log10(dimension.step) + 1e-9))
    return round(value, digits)
