"""Make the sampler that draws the values of epochs, by its name in optuna."""

import importlib.util
import warnings
from typing import TYPE_CHECKING, Any

from appliance.domain.errors import ConfigurationError
from appliance.research.hyperopt.epoch import INITIAL_EPOCHS

if TYPE_CHECKING:
    from optuna.samplers import BaseSampler

_POPULATION = ("NSGAIISampler", "NSGAIIISampler")
_STARTUP = ("TPESampler", "GPSampler", "CmaEsSampler")
_PACKAGES = {
    "CmaEsSampler": ("cmaes",),
    "GPSampler": ("scipy", "torch"),
    "QMCSampler": ("scipy",),
}
"""Packages that samplers need and this program does not have."""
SAMPLERS = (*_STARTUP, *_POPULATION, "QMCSampler", "RandomSampler")

GENERATION = INITIAL_EPOCHS
"""Epochs of a generation, all of which are drawn before the first has ended."""
_AT_ONCE = 10
"""Epochs that other samplers draw before they learn of the first."""


def sampler_of(wanted: Any, seed: int) -> "BaseSampler":
    """Return a sampler by its name; one that a strategy has made itself stays as it is.

    Raises ConfigurationError for an unknown name, or naming the missing package.
    """
    if not isinstance(wanted, str):
        return wanted  # type: ignore[no-any-return]
    if wanted not in SAMPLERS:
        raise ConfigurationError(
            f"HyperOpt.generate_estimator: expected one of {', '.join(SAMPLERS)}, or a sampler of optuna; "
            f"found {wanted}"
        )
    missing = [name for name in _PACKAGES.get(wanted, ()) if importlib.util.find_spec(name) is None]
    if missing:
        names = " ".join(missing)
        raise ConfigurationError(
            f"HyperOpt.generate_estimator: {wanted} needs {names}: `appliance packages install {names}`"
        )
    return _made(wanted, seed)


def at_once(sampler: "BaseSampler", jobs: int) -> int:
    """Return how many epochs are drawn at a time: a whole generation, or at least as many as run at once.

    As long as `jobs` is not above it, the number of jobs changes no value.
    """
    return max(GENERATION if type(sampler).__name__ in _POPULATION else _AT_ONCE, jobs)


def _made(name: str, seed: int) -> "BaseSampler":
    from optuna import samplers  # late: only a search needs it

    kind = getattr(samplers, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some samplers call themselves experimental
        if name in _POPULATION:
            return kind(seed=seed, population_size=GENERATION)  # type: ignore[no-any-return]
        if name in _STARTUP:
            return kind(seed=seed, n_startup_trials=INITIAL_EPOCHS)  # type: ignore[no-any-return]
        return kind(seed=seed)  # type: ignore[no-any-return]
