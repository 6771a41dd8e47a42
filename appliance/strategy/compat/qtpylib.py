"""Offer the indicators as qtpylib does: as functions, and as methods of series (`close.sma(20)`)."""

from pandas.core.base import PandasObject

from appliance.strategy import indicators
from appliance.strategy.indicators import *  # noqa: F403 - the names are the module's purpose

__all__ = list(indicators.__all__)

_NOT_METHODS = {"awesome_oscillator", "nans"}
_FURTHER_NAMES = {"ema": "wma", "zlwma": "zlema"}

for _name in __all__:
    if _name not in _NOT_METHODS and not _name.startswith("numpy_"):
        setattr(PandasObject, _name, getattr(indicators, _name))
for _name, _same in _FURTHER_NAMES.items():
    setattr(PandasObject, _name, getattr(indicators, _same))
