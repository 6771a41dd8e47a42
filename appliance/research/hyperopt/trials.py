"""Draw the values of epochs and tell the sampler what came of them, the same way for the same seed."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState

from appliance.domain.errors import ConfigurationError
from appliance.strategy.dimensions import Categorical, Integer, Real, SKDecimal

if TYPE_CHECKING:
    from optuna.samplers import BaseSampler

    from appliance.research.hyperopt.spaces.space import Params

_TRIES = 3
"""How often as many values are drawn as are needed, while those drawn are known."""


class Trials:
    """Hold the study. Values that were drawn before are not drawn again."""

    def __init__(self, dimensions: Sequence[Any], sampler: "BaseSampler") -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._distributions = {one.name: distribution(one) for one in dimensions}
        self._study = optuna.create_study(sampler=sampler, direction="minimize")
        self._drawn: set[str] = set()
        self.repeated = 0

    def ask(self, count: int) -> "list[tuple[int, Params]]":
        """Return up to `count` new epochs, each with the number by which it is told; none: all are known."""
        found: list[tuple[int, Params]] = []
        for _ in range(_TRIES * count):
            trial = self._study.ask(self._distributions)
            key = repr(sorted(trial.params.items()))
            if key in self._drawn:
                self._study.tell(trial.number, state=TrialState.FAIL)
                self.repeated += 1
                continue
            self._drawn.add(key)
            found.append((trial.number, dict(trial.params)))
            if len(found) == count:
                break
        return found

    def tell(self, number: int, loss: float | None) -> None:
        """State the loss of an epoch; None, or NaN, if it has none."""
        if loss is None or math.isnan(loss):
            self._study.tell(number, state=TrialState.FAIL)
        else:
            self._study.tell(number, loss)


def distribution(dimension: Any) -> BaseDistribution:
    """Return a dimension as optuna has it. Raises ConfigurationError for what it cannot be."""
    try:
        match dimension:
            case BaseDistribution():
                return dimension
            case Categorical():
                return CategoricalDistribution(dimension.categories)
            case Integer():
                return IntDistribution(dimension.low, dimension.high, **dimension.settings)
            case Real():
                return FloatDistribution(dimension.low, dimension.high, **dimension.settings)
            case SKDecimal():
                return FloatDistribution(dimension.low, dimension.high, step=dimension.step)
    except (ValueError, TypeError) as error:
        name = getattr(dimension, "name", "")
        raise ConfigurationError(f"parameter {name}: it cannot be searched: {error}") from error
    raise ConfigurationError(f"expected Integer, Real, SKDecimal or Categorical, found {dimension!r}")
