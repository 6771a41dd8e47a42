"""Put the searched spaces of a strategy together, and set the values of an epoch."""

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from appliance.domain.errors import ConfigurationError
from appliance.research.hyperopt.spaces.choice import check_spaces, is_chosen
from appliance.research.hyperopt.spaces.overrides import Overrides

if TYPE_CHECKING:
    from appliance.research.hyperopt.options import SearchOptions
    from appliance.strategy.dimensions import Dimension
    from appliance.strategy.interface import IStrategy

log = logging.getLogger(__name__)

Params = dict[str, Any]
"""The sampled values of an epoch, by the names of dimensions."""

_TRAILING = (
    *("trailing_stop", "trailing_stop_positive", "trailing_stop_positive_offset"),
    "trailing_only_offset_is_reached",
)
_ORDER = ("buy", "sell", "protection", "roi", "stoploss", "trailing", "trades")
_PLACES = 13
"""Decimal places of values in results: what is beyond them is noise of binary fractions."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SearchSpace:
    """Hold the dimensions by space, and the strategy whose values they are."""

    strategy: "IStrategy"
    overrides: Overrides
    spaces: "Mapping[str, Sequence[Dimension]]"

    @property
    def dimensions(self) -> "list[Dimension]":
        return [dimension for space in self.spaces.values() for dimension in space]

    def apply(self, params: Params) -> None:
        """Set the values of an epoch in the strategy."""
        strategy = self.strategy
        for name, parameter in strategy.enumerate_parameters():
            parameter.is_sampled = True
            if parameter.is_searched and name in params:
                parameter.value = params[name]
        if "roi" in self.spaces:
            strategy.minimal_roi = self.overrides.generate_roi_table(params)
        if "stoploss" in self.spaces:
            strategy.stoploss = params["stoploss"]
        if "trailing" in self.spaces:
            found = self.overrides.generate_trailing_params(params)
            for name in _TRAILING:
                setattr(strategy, name, found[name])
        if "trades" in self.spaces:
            self._limit_trades(params)

    def details(self, params: Params) -> dict[str, dict[str, Any]]:
        """Return what is exported of an epoch, by space; the strategy has its values."""
        found: dict[str, dict[str, Any]] = {}
        for space, dimensions in self.spaces.items():
            if space == "roi":
                table = self.overrides.generate_roi_table(params)
                found["roi"] = _rounded({str(minute): ratio for minute, ratio in table.items()})
            elif space == "trailing":
                found["trailing"] = _rounded(self.overrides.generate_trailing_params(params))
            elif space == "trades":
                found["max_open_trades"] = {"max_open_trades": _limit(self.strategy)}
            else:
                found[space] = _rounded({one.name: params.get(one.name) for one in dimensions})
        return found

    def not_searched(self) -> dict[str, dict[str, Any]]:
        """Return the values that stay as they are, by space."""
        strategy, found = self.strategy, dict[str, dict[str, Any]]()
        if "roi" not in self.spaces:
            found["roi"] = {str(minute): ratio for minute, ratio in strategy.minimal_roi.items()}
        if "stoploss" not in self.spaces:
            found["stoploss"] = {"stoploss": strategy.stoploss}
        if "trailing" not in self.spaces:
            found["trailing"] = {name: getattr(strategy, name) for name in _TRAILING}
        if "trades" not in self.spaces:
            found["max_open_trades"] = {"max_open_trades": _limit(strategy)}
        for space, values in strategy.get_no_optimize_params().items():
            found[space] = found.get(space, {}) | values
        return found

    def _limit_trades(self, params: Params) -> None:
        strategy, limit = self.strategy, params["max_open_trades"]
        if limit in (-1, 0) and strategy.config["stake_amount"] == "unlimited":
            limit = strategy.config["max_open_trades"]  # stakes are parts of the balance: there is a number
        strategy.max_open_trades = int(limit) if limit not in (-1, 0, math.inf) else math.inf
        strategy.config["max_open_trades"] = strategy.max_open_trades


def search_space(strategy: "IStrategy", options: "SearchOptions") -> SearchSpace:
    """Return what is searched of a strategy whose parameters are set.

    Raises ConfigurationError for unknown spaces, and for named ones without parameters; StrategyError.
    """
    own = list(dict.fromkeys(str(parameter.space) for _, parameter in strategy.enumerate_parameters()))
    check_spaces(options.spaces, own)
    overrides = Overrides(strategy)
    built: dict[str, Callable[[], Sequence[Dimension]]] = {
        "roi": overrides.roi_space,
        "stoploss": overrides.stoploss_space,
        "trailing": overrides.trailing_space,
        "trades": overrides.max_open_trades_space,
    }
    spaces: dict[str, Sequence[Dimension]] = {}
    for name in dict.fromkeys((*_ORDER, *own, *options.spaces)):
        if name in ("default", "all") or not is_chosen(name, options.spaces):
            continue
        found = built[name]() if name in built else _parameters(strategy, name)
        if found:
            spaces[name] = found
        else:
            _report_missing(name, options)
    if not spaces:
        raise ConfigurationError(
            f"--spaces {' '.join(options.spaces)}: {type(strategy).__name__} has no parameter in them: give "
            "it some, such as buy_rsi = IntParameter(10, 40, default=30), or search roi, stoploss or trailing"
        )
    return SearchSpace(strategy=strategy, overrides=overrides, spaces=spaces)


def _parameters(strategy: "IStrategy", space: str) -> "Sequence[Dimension]":
    return [
        parameter.get_space(name)
        for name, parameter in strategy.enumerate_parameters(space)
        if parameter.optimize
    ]


def _report_missing(space: str, options: "SearchOptions") -> None:
    text = f"the strategy has no parameter of the space {space} that may be searched"
    if space not in options.spaces:
        log.info("Left out: %s", text)
    elif options.hyperopt_ignore_missing_space:
        log.warning("Left out: %s", text)
    else:
        raise ConfigurationError(f"--spaces: {text}; leave it out, or use --ignore-missing-spaces")


def _limit(strategy: "IStrategy") -> float:
    limit = strategy.max_open_trades
    return -1 if limit == math.inf else limit


def _rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: round(value, _PLACES) if isinstance(value, float) else value for name, value in values.items()
    }
