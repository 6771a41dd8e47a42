"""Define the parameters of a strategy, which a parameter search may tune and a parameter file may set."""

from abc import ABC
from collections.abc import Iterable, Sequence
from math import ceil, floor
from typing import Any

from appliance.domain.errors import StrategyError
from appliance.strategy.dimensions import Categorical, Dimension, Integer, Real, SKDecimal

SPACES_BY_PREFIX = ("buy", "sell", "enter", "exit", "protection")
"""A parameter without a space belongs to the space that its name begins with: `buy_rsi` to `buy`."""


_FLOAT_TOLERANCE = 1e-9
"""Tolerance for bounds that floats do not represent exactly."""


class BaseParameter(ABC):  # noqa: B024 - strategies use isinstance(…, ABC) to recognise parameters
    """Hold one tunable value.

    `space` groups parameters in the search and in the parameter file; `optimize=False` excludes it from the
    search; `load=False` ignores the value of the file. `in_space` is set where a search tunes this parameter,
    `is_sampled` once it has the value of an epoch; `was_read` is set when the value is read.
    """

    name: str = ""
    category: str | None = None
    in_space: bool = False
    is_sampled: bool = False
    was_read: bool = False

    def __init__(
        self,
        *,
        default: Any,
        space: str | None = None,
        optimize: bool = True,
        load: bool = True,
        **kwargs: Any,
    ) -> None:
        self.space = space
        self.optimize = optimize
        self.load = load
        self.default = default
        self._space_params = kwargs
        self._value = default

    @property
    def value(self) -> Any:
        self.was_read = True
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        self._value = self._accept(value)

    @property
    def range(self) -> Iterable[Any]:
        """Return every value before a search samples this parameter; else only the current value."""
        return self._every_value() if self.can_optimize() else [self.value]

    @property
    def is_searched(self) -> bool:
        """Whether a search tunes this parameter."""
        return self.in_space and self.optimize

    def can_optimize(self) -> bool:
        return self.is_searched and not self.is_sampled

    def _accept(self, value: Any) -> Any:
        return value

    def _every_value(self) -> Iterable[Any]:
        return [self.value]

    def get_space(self, name: str) -> Dimension:
        """Return what a search varies: a dimension of its space."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.value!r})"


class NumericParameter(BaseParameter):
    """Hold a number between `low` and `high` (both included), given as two values or as one list of two."""

    def __init__(  # noqa: PLR0913 -- freqtrade's signature
        self,
        low: float | Sequence[float],
        high: float | None = None,
        *,
        default: float,
        space: str | None = None,
        optimize: bool = True,
        load: bool = True,
        **kwargs: Any,
    ) -> None:
        kind = type(self).__name__
        if isinstance(low, Sequence):
            if high is not None or len(low) != 2:
                raise StrategyError(
                    f"{kind}: expected low and high, or one list [low, high]; found {low!r}, {high!r}"
                )
            self.low, self.high = low[0], low[1]
        elif high is None:
            raise StrategyError(f"{kind}: expected low and high, or one list [low, high]; found only {low!r}")
        else:
            self.low, self.high = low, high
        super().__init__(default=default, space=space, optimize=optimize, load=load, **kwargs)
        self._value = self._accept(default)


class IntParameter(NumericParameter):
    """Hold a whole number between `low` and `high`."""

    low: int
    high: int

    def _every_value(self) -> Iterable[int]:
        return range(int(self.low), int(self.high) + 1)

    def get_space(self, name: str) -> Dimension:
        return Integer(self.low, self.high, name, **self._space_params)


class RealParameter(NumericParameter):
    """Hold any number between `low` and `high`; there is no list of all values."""

    def get_space(self, name: str) -> Dimension:
        return Real(self.low, self.high, name, **self._space_params)


class DecimalParameter(NumericParameter):
    """Hold a number between `low` and `high` with `decimals` decimal places."""

    def __init__(  # noqa: PLR0913 -- freqtrade's signature
        self,
        low: float | Sequence[float],
        high: float | None = None,
        *,
        default: float,
        decimals: int = 3,
        space: str | None = None,
        optimize: bool = True,
        load: bool = True,
        **kwargs: Any,
    ) -> None:
        self.decimals = decimals
        super().__init__(low, high, default=default, space=space, optimize=optimize, load=load, **kwargs)

    def _accept(self, value: Any) -> float:
        rounded: float = round(value, self.decimals)
        return rounded

    def _every_value(self) -> list[float]:
        scale = 10**self.decimals
        first, last = ceil(self.low * scale - _FLOAT_TOLERANCE), floor(self.high * scale + _FLOAT_TOLERANCE)
        return [round(step / scale, self.decimals) for step in range(first, last + 1)]

    def get_space(self, name: str) -> Dimension:
        return SKDecimal(self.low, self.high, self.decimals, name, **self._space_params)


class CategoricalParameter(BaseParameter):
    """Hold one of several choices."""

    def __init__(
        self,
        categories: Sequence[Any],
        *,
        default: Any | None = None,
        space: str | None = None,
        optimize: bool = True,
        load: bool = True,
        **kwargs: Any,
    ) -> None:
        if len(categories) < 2:
            raise StrategyError(
                f"CategoricalParameter: expected at least two choices, found {list(categories)!r}"
            )
        self.opt_range = categories
        super().__init__(default=default, space=space, optimize=optimize, load=load, **kwargs)

    def _every_value(self) -> list[Any]:
        return list(self.opt_range)

    def get_space(self, name: str) -> Dimension:
        return Categorical(self.opt_range, name)


class BooleanParameter(CategoricalParameter):
    """Hold True or False."""

    def __init__(
        self,
        *,
        default: Any | None = None,
        space: str | None = None,
        optimize: bool = True,
        load: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__([True, False], default=default, space=space, optimize=optimize, load=load, **kwargs)


def parameters_of(strategy: object) -> dict[str, dict[str, BaseParameter]]:
    """Return the parameters of a strategy by space and name. Raises StrategyError for an unknown space."""
    found: dict[str, dict[str, BaseParameter]] = {}
    for name in dir(type(strategy)) + list(vars(strategy)):
        if name.startswith("__"):
            continue
        parameter = vars(strategy).get(name, getattr(type(strategy), name, None))
        if isinstance(parameter, BaseParameter):
            parameter.space = parameter.space or _space_by_name(name)
            parameter.name = name
            _check_space(name, parameter.space)
            found.setdefault(str(parameter.space), {})[name] = parameter
    return found


def _space_by_name(name: str) -> str | None:
    return next((space for space in SPACES_BY_PREFIX if name.startswith(f"{space}_")), None)


def _check_space(name: str, space: str | None) -> None:
    if space is None:
        raise StrategyError(
            f"parameter '{name}' has no space: give it `space=`, or a name that starts with one of "
            f"{', '.join(p + '_' for p in SPACES_BY_PREFIX)}"
        )
    if space in ("all", "default") or not space.isidentifier():
        raise StrategyError(f"parameter '{name}': '{space}' is not allowed as the name of a space")
