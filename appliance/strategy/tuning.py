"""Set the parameters of a strategy: from the parameter file, else `<space>_params`, else the default."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from appliance.domain.errors import StrategyError
from appliance.strategy.parameters import BaseParameter, parameters_of

logger = logging.getLogger(__name__)

_TRAILING = (
    "trailing_stop",
    "trailing_stop_positive",
    "trailing_stop_positive_offset",
    "trailing_only_offset_is_reached",
)


class Tunable:
    """Hold the parameters of a strategy."""

    __file__: str = ""
    config: dict[str, Any]
    _ft_params_from_file: dict[str, Any]
    _ft_hyper_params: dict[str, dict[str, BaseParameter]]

    def __init__(self, config: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        self.config = config
        self._ft_hyper_params = {}
        self._ft_params_from_file = self.load_params_from_file().get("params", {})

    @property
    def ft_params_from_file(self) -> dict[str, Any]:
        """The values of the parameter file by space; empty without one."""
        return self._ft_params_from_file

    def enumerate_parameters(self, space: str | None = None) -> Iterator[tuple[str, BaseParameter]]:
        """Yield (name, parameter) of one space, or of all."""
        for name, parameters in self._ft_hyper_params.items():
            if space in (None, name):
                yield from parameters.items()

    def get_no_optimize_params(self) -> dict[str, dict[str, Any]]:
        """Return the values, by space, that a search does not change."""
        fixed: dict[str, dict[str, Any]] = {}
        for name, parameter in self.enumerate_parameters():
            if not parameter.is_searched:
                fixed.setdefault(str(parameter.space), {})[name] = parameter.value
        return fixed

    def load_params_from_file(self) -> dict[str, Any]:
        """Read the parameter file: the strategy's file with the ending `.json`. Empty if there is none.

        Raises StrategyError if the file belongs to another strategy; invalid JSON is logged and ignored.
        """
        if not self.__file__:
            return {}
        path = Path(self.__file__).with_suffix(".json")
        if not path.is_file():
            return {}
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            logger.warning("%s: not valid JSON (%s); its parameters are not used", path, error)
            return {}
        name = content.get("strategy_name") if isinstance(content, dict) else None
        if name != type(self).__name__:
            raise StrategyError(
                f"{path}: strategy_name: expected '{type(self).__name__}', found {name!r}; "
                "this parameter file belongs to another strategy"
            )
        logger.info("Parameters are read from %s", path)
        return dict(content)

    def ft_set_special_params_from_file(self) -> None:
        """Set ROI, stop loss, trailing stop and number of trades from the parameter file."""
        params = self._ft_params_from_file
        special = {
            **params.get("stoploss", {}),
            **params.get("max_open_trades", {}),
            **params.get("trailing", {}),
        }
        if "roi" in params:
            self.minimal_roi = params["roi"]
        for name in ("stoploss", "max_open_trades", *_TRAILING):
            if name in special:
                setattr(self, name, special[name])

    def ft_load_hyper_params(self, hyperopt: bool = False) -> None:
        """Set every parameter's value. `hyperopt`: a search tunes the spaces that the configuration names."""
        self._ft_hyper_params = parameters_of(self)
        for space, parameters in self._ft_hyper_params.items():
            values = {**getattr(self, f"{space}_params", {}), **self._ft_params_from_file.get(space, {})}
            for name, parameter in parameters.items():
                parameter.in_space = hyperopt and self._is_searched(space)
                if name in values:
                    _set(name, parameter, values[name])

    def _is_searched(self, space: str) -> bool:
        chosen = self.config.get("spaces", ["default"])
        default_spaces = space not in ("trailing", "protection", "trades")
        return space in chosen or "all" in chosen or ("default" in chosen and default_spaces)


def _set(name: str, parameter: BaseParameter, value: Any) -> None:
    if parameter.load:
        parameter.value = value
    else:
        logger.warning("Parameter '%s' has load=False: its default %r is used", name, parameter.value)
