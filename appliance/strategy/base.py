"""Define the parts of a strategy that the code running it needs; `IStrategy` adds what authors call."""

# Strategies set these attributes in their class body: they cannot be ClassVar, nor made in __init__.
# ruff: noqa: RUF012

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from appliance.domain.enums import MarketDirection
from appliance.strategy.callbacks import Callbacks
from appliance.strategy.failures import FailureLog
from appliance.strategy.informative import InformativeCache, InformativeRequest, requests_of
from appliance.strategy.roi import Roi
from appliance.strategy.tuning import Tunable

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.strategy.data_provider import DataProvider
    from appliance.strategy.ports import WalletsPort


class StrategyBase(ABC, Callbacks, Roi, Tunable):
    """Hold the attributes of a strategy with their defaults, its callbacks and its populate functions.

    Ratios: 0.01 is one percent.
    """

    INTERFACE_VERSION: int = 3

    timeframe: str
    stoploss: float
    minimal_roi: dict[Any, float] = {}
    can_short: bool = False
    max_open_trades: float

    trailing_stop: bool = False
    trailing_stop_positive: float | None = None
    trailing_stop_positive_offset: float = 0.0
    trailing_only_offset_is_reached: bool = False
    use_custom_stoploss: bool = False
    use_custom_roi: bool = False

    order_types: dict[str, Any] = {
        "entry": "limit",
        "exit": "limit",
        "stoploss": "limit",
        "stoploss_on_exchange": False,
        "stoploss_on_exchange_interval": 60,
    }
    order_time_in_force: dict[str, str] = {"entry": "GTC", "exit": "GTC"}

    process_only_new_candles: bool = True
    use_exit_signal: bool
    exit_profit_only: bool
    exit_profit_offset: float
    ignore_roi_if_entry_signal: bool
    ignore_buying_expired_candle_after: int = 0
    position_adjustment_enable: bool = False
    max_entry_position_adjustment: int = -1
    disable_dataframe_checks: bool = False
    startup_candle_count: int = 0
    protections: list[dict[str, Any]] = []
    plot_config: dict[str, Any] = {}

    dp: "DataProvider"
    wallets: "WalletsPort | None" = None
    market_direction: MarketDirection = MarketDirection.NONE
    stake_currency: str

    __source__: str = ""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self.ft_informative_requests: list[InformativeRequest] = requests_of(type(self))
        self.ft_informative_cache = InformativeCache()
        self.failures = FailureLog()

    @abstractmethod
    def populate_indicators(self, dataframe: "DataFrame", metadata: dict[str, Any]) -> "DataFrame":
        """Return the dataframe with indicator columns and all its rows. `metadata` has the `pair`."""
        return dataframe  # strategies call `super()` too

    def populate_entry_trend(self, dataframe: "DataFrame", metadata: dict[str, Any]) -> "DataFrame":
        """Set `enter_long` or `enter_short` to 1 where to enter, and `enter_tag` to the reason."""
        return self.populate_buy_trend(dataframe, metadata)

    def populate_exit_trend(self, dataframe: "DataFrame", metadata: dict[str, Any]) -> "DataFrame":
        """Set `exit_long` or `exit_short` to 1 where to exit, and `exit_tag` to the reason."""
        return self.populate_sell_trend(dataframe, metadata)

    def populate_buy_trend(self, dataframe: "DataFrame", metadata: dict[str, Any]) -> "DataFrame":
        """Set `buy` and `buy_tag`: interface version 2."""
        return dataframe

    def populate_sell_trend(self, dataframe: "DataFrame", metadata: dict[str, Any]) -> "DataFrame":
        """Set `sell` and `exit_tag`: interface version 2."""
        return dataframe
