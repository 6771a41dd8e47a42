"""Explore the neighbourhood of the best parameters: backtest those beside them."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from appliance.research.hyperopt.trials import distribution
from appliance.research.overfitting.neighbourhood import (
    Axis,
    Dimension,
    Line,
    Neighbourhood,
    Plane,
    axis_around,
    influential,
    on_lines,
    on_plane,
    surveyed,
)
from appliance.research.overfitting.returns import Floats

Params = Mapping[str, Any]
Losses = Callable[[Sequence[dict[str, Any]]], Sequence[float]]
"""Gives the loss of each set of parameters; infinite where it has none."""

REACH = 2
MOST_PLANES_OF = 3
"""Parameters of which every pair is explored: those with the largest effect."""


def explored(
    losses_of: Losses, dimensions: Sequence[Any], best: Params, best_loss: float, losses: Floats
) -> Neighbourhood:
    """Return the map around the best parameters; `losses` are those of all trials of the search.

    `dimensions` are those of a search space. One backtest for each value on a line and in a plane.
    """
    known = _Known(losses_of, dict(best), best_loss)
    axes = [axis_around(dimension_of(one), best[one.name], REACH) for one in dimensions if one.name in best]
    lines = [Line(axis, known.losses(tried)) for axis, tried in on_lines(axes, best)]
    found = influential([line for line in lines if np.isfinite(line.losses).all()], MOST_PLANES_OF)
    pairs = [(one.axis, other.axis) for place, one in enumerate(found) for other in found[place + 1 :]]
    planes = [_plane(known, vertical, horizontal, best) for vertical, horizontal in pairs]
    return surveyed(best_loss, losses, lines, planes)


class _Known:
    """Remember losses, so that nothing is backtested twice."""

    def __init__(self, losses_of: Losses, best: dict[str, Any], best_loss: float) -> None:
        self._losses_of = losses_of
        self._known = {_key(best): best_loss}

    def losses(self, tried: Sequence[dict[str, Any]]) -> Floats:
        """Return the loss of each set of parameters."""
        new = {key: one for one in tried if (key := _key(one)) not in self._known}
        if new:
            self._known |= zip(new, self._losses_of(list(new.values())), strict=True)
        return np.array([self._known[_key(one)] for one in tried])


def _plane(known: _Known, vertical: Axis, horizontal: Axis, best: Params) -> Plane:
    losses = known.losses(on_plane(vertical, horizontal, best))
    return Plane(vertical, horizontal, losses.reshape(len(vertical.values), len(horizontal.values)))


def _key(params: Params) -> str:
    return repr(sorted(params.items()))


def dimension_of(searched: Any) -> Dimension:
    """Return where a dimension of a search space may be searched. Raises ConfigurationError."""
    match distribution(searched):
        case CategoricalDistribution(choices=choices):
            return Dimension(name=searched.name, choices=tuple(choices))
        case IntDistribution(low=low, high=high, step=step):
            return Dimension(name=searched.name, low=low, high=high, step=step)
        case FloatDistribution(low=low, high=high, step=step):
            return Dimension(name=searched.name, low=low, high=high, step=step or 0.0)
    return Dimension(name=searched.name, low=math.nan, high=math.nan)
