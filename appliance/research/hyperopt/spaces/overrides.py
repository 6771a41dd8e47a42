"""Call what a strategy's nested class `HyperOpt` replaces, and what it does not."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from appliance.domain.errors import StrategyError
from appliance.research.hyperopt.spaces import defaults

if TYPE_CHECKING:
    from appliance.strategy.dimensions import Dimension
    from appliance.strategy.interface import IStrategy


class Overrides:
    """Answer what a space is made of, and what its values mean. Raises StrategyError if its code fails."""

    def __init__(self, strategy: "IStrategy") -> None:
        self._name = type(strategy).__name__
        self._own = getattr(strategy, "HyperOpt", None)
        self._timeframe = strategy.timeframe

    def roi_space(self) -> "Sequence[Dimension]":
        return self._dimensions("roi_space", partial(defaults.roi_space, self._timeframe))

    def generate_roi_table(self, params: Mapping[str, Any]) -> dict[int, float]:
        table: dict[int, float] = self._call("generate_roi_table", defaults.generate_roi_table, params)
        return table

    def stoploss_space(self) -> "Sequence[Dimension]":
        return self._dimensions("stoploss_space", defaults.stoploss_space)

    def trailing_space(self) -> "Sequence[Dimension]":
        return self._dimensions("trailing_space", defaults.trailing_space)

    def generate_trailing_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self._call(
            "generate_trailing_params", defaults.generate_trailing_params, params
        )
        return found

    def max_open_trades_space(self) -> "Sequence[Dimension]":
        return self._dimensions("max_open_trades_space", defaults.max_open_trades_space)

    def generate_estimator(self, dimensions: "Sequence[Dimension]", seed: int) -> Any:
        """Return the name of a sampler of optuna, or a sampler."""
        call = partial(self._call, "generate_estimator", defaults.generate_estimator)
        return call(dimensions=list(dimensions), random_state=seed)

    def _dimensions(self, name: str, default: Callable[[], Any]) -> "Sequence[Dimension]":
        found: list[Dimension] = list(self._call(name, default))
        return found

    def _call(self, name: str, default: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        function = getattr(self._own, name, None)
        if function is None:
            return default(*args, **kwargs)
        try:
            if "self" in inspect.signature(function).parameters:  # written without @staticmethod
                function = partial(function, self._own)
            return function(*args, **kwargs)
        except Exception as error:  # the edge: this is code of the strategy
            reason = f"{type(error).__name__}: {error}"
            raise StrategyError(f"{self._name}: HyperOpt.{name} failed: {reason}") from error
