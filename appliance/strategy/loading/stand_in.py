"""Replace a strategy that cannot be loaded, so that open trades stay protected."""

from typing import TYPE_CHECKING, Any

from appliance.domain.errors import StrategyError
from appliance.strategy.interface import IStrategy
from appliance.strategy.loading.resolve import STRATEGY_SETTINGS, apply_config

if TYPE_CHECKING:
    from pandas import DataFrame


class ProtectOnly(IStrategy):
    """Enter no trades; exit open ones only by their stops and by the configuration."""

    minimal_roi: dict[Any, float] = {"0": 10.0}  # noqa: RUF012 - as strategies set it
    stoploss = -0.99
    timeframe = "5m"

    def populate_indicators(self, dataframe: "DataFrame", metadata: dict[str, Any]) -> "DataFrame":
        return dataframe

    def populate_entry_trend(self, dataframe: "DataFrame", metadata: dict[str, Any]) -> "DataFrame":
        return dataframe

    def populate_exit_trend(self, dataframe: "DataFrame", metadata: dict[str, Any]) -> "DataFrame":
        return dataframe


def stand_in(config: dict[str, Any]) -> IStrategy:
    """Return the replacement strategy, with stops and ROI from the configuration.

    If these are invalid, they are removed from `config`.
    """
    ProtectOnly.__file__ = __file__
    try:
        return _resolved(config)
    except StrategyError:
        for name in STRATEGY_SETTINGS:
            config.pop(name, None)
        return _resolved(config)


def _resolved(config: dict[str, Any]) -> IStrategy:
    strategy = ProtectOnly(config)
    # Market orders, and stops by the bot: which other orders the exchange accepts is unknown here.
    types = {"entry": "market", "exit": "market", "stoploss": "market", "stoploss_on_exchange": False}
    strategy.order_types = types
    apply_config(strategy, config)
    return strategy
