"""Stand in for a strategy that cannot be loaded, so that open trades are protected all the same."""

from typing import TYPE_CHECKING, Any

from appliance.domain.errors import StrategyError
from appliance.strategy.interface import IStrategy
from appliance.strategy.loading.resolve import SETTLED, apply_config

if TYPE_CHECKING:
    from pandas import DataFrame


class ProtectOnly(IStrategy):
    """Enter nothing and have no opinion: trades end by the stops that they have, and by the configuration."""

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
    """Return the strategy that stands in, with what the configuration says of stops and return on investment.

    Where that makes no sense, it is taken out of `config`.
    """
    ProtectOnly.__file__ = __file__
    try:
        return _settled(config)
    except StrategyError:
        for name in SETTLED:
            config.pop(name, None)
        return _settled(config)


def _settled(config: dict[str, Any]) -> IStrategy:
    strategy = ProtectOnly(config)
    # Exits at the market, and stops by the bot: nothing here knows what the exchange takes.
    types = {"entry": "market", "exit": "market", "stoploss": "market", "stoploss_on_exchange": False}
    strategy.order_types = types
    apply_config(strategy, config)
    return strategy
