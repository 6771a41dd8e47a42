"""Offer the indicators as qtpylib does: as functions, and as methods of series (`close.sma(20)`)."""

from collections.abc import Callable
from types import MethodType
from typing import Any

from pandas import DataFrame
from pandas.core.base import PandasObject

from appliance.strategy import indicators
from appliance.strategy.indicators import *  # noqa: F403 - the names are the module's purpose

__all__ = list(indicators.__all__)

_NOT_METHODS = {"awesome_oscillator", "nans"}
_FURTHER_NAMES = {"ema": "wma", "zlwma": "zlema"}


class _Method:
    """Add a method to pandas objects, hidden by a column of that name: `dataframe.rsi`."""

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self._name = name
        self._function = function

    def __get__(self, owner: Any, kind: type) -> Any:
        if owner is None:
            return self._function
        if isinstance(owner, DataFrame) and self._name in owner.columns:
            return owner[self._name]
        return MethodType(self._function, owner)


def _methods() -> dict[str, str]:
    own = [name for name in __all__ if name not in _NOT_METHODS and not name.startswith("numpy_")]
    return {**{name: name for name in own}, **_FURTHER_NAMES}


for _name, _function in _methods().items():
    setattr(PandasObject, _name, _Method(_name, getattr(indicators, _function)))
