"""Be what a strategy inherits from: its attributes with their defaults, and its three populate functions."""

# Strategies set these attributes in their class body: they cannot be ClassVar, nor made in __init__.
# ruff: noqa: RUF012

import logging
from abc import ABC, abstractmethod
from datetime import datetime
from typing import TYPE_CHECKING, Any

from appliance.domain.enums import CandleType, LockSide, MarketDirection, RunMode
from appliance.strategy.callbacks import Callbacks
from appliance.strategy.informative import (
    InformativeCache,
    InformativeRequest,
    add_informatives,
    requests_of,
    wanted_frames,
)
from appliance.strategy.ports import WalletsPort, plugged
from appliance.strategy.roi import Roi
from appliance.strategy.safe_call import FailureLog, call
from appliance.strategy.timeframes import timeframe_to_next_date
from appliance.strategy.tuning import Tunable

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.strategy.data_provider import DataProvider

logger = logging.getLogger(__name__)


class IStrategy(ABC, Callbacks, Roi, Tunable):
    """Turn candles into signals and answer the bot's questions. Ratios: 0.01 is one percent."""

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
    wallets: WalletsPort | None = None
    market_direction: MarketDirection = MarketDirection.NONE
    stake_currency: str

    __source__: str = ""
    _ft_stop_uses_after_fill: bool = False

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._ft_informative: list[InformativeRequest] = requests_of(type(self))
        self.failures = FailureLog()
        self._ft_informative_cache = InformativeCache()

    # -- signals ---------------------------------------------------------------------------------------

    @abstractmethod
    def populate_indicators(self, dataframe: "DataFrame", metadata: dict[str, Any]) -> "DataFrame":
        """Add indicator columns. `metadata` has the `pair`. Keep every row."""
        return dataframe  # strategies ask `super()` too

    def populate_entry_trend(self, dataframe: "DataFrame", metadata: dict[str, Any]) -> "DataFrame":
        """Set `enter_long`, `enter_short` to 1 where to enter, and `enter_tag` to say why."""
        return self.populate_buy_trend(dataframe, metadata)

    def populate_exit_trend(self, dataframe: "DataFrame", metadata: dict[str, Any]) -> "DataFrame":
        """Set `exit_long`, `exit_short` to 1 where to exit, and `exit_tag` to say why."""
        return self.populate_sell_trend(dataframe, metadata)

    def populate_buy_trend(self, dataframe: "DataFrame", metadata: dict[str, Any]) -> "DataFrame":
        """Set `buy` and `buy_tag`: interface version 2."""
        return dataframe

    def populate_sell_trend(self, dataframe: "DataFrame", metadata: dict[str, Any]) -> "DataFrame":
        """Set `sell` and `exit_tag`: interface version 2."""
        return dataframe

    # -- what other strategies ask, that load this one -------------------------------------------------

    def advise_indicators(self, dataframe: "DataFrame", metadata: dict[str, Any]) -> "DataFrame":
        """Return the frame with informative columns and indicators. The bot does not ask this."""
        return self.populate_indicators(add_informatives(self, dataframe, metadata["pair"]), metadata)

    def advise_entry(self, dataframe: "DataFrame", metadata: dict[str, Any]) -> "DataFrame":
        """Return the frame with entry signals, in the columns of interface version 3."""
        from appliance.strategy.analysis import entries

        return entries(self, dataframe, metadata)

    def advise_exit(self, dataframe: "DataFrame", metadata: dict[str, Any]) -> "DataFrame":
        """Return the frame with exit signals, in the columns of interface version 3."""
        from appliance.strategy.analysis import exits

        return exits(self, dataframe, metadata)

    # -- locks -----------------------------------------------------------------------------------------

    def lock_pair(self, pair: str, until: datetime, reason: str | None = None, side: LockSide = "*") -> None:
        """Keep the pair from being entered until then (UTC)."""
        plugged().locks.lock_pair(pair, until, reason, side=side)

    def unlock_pair(self, pair: str) -> None:
        plugged().locks.unlock_pair(pair)

    def unlock_reason(self, reason: str) -> None:
        """Lift every lock that was set with this reason."""
        plugged().locks.unlock_reason(reason)

    def is_pair_locked(self, pair: str, *, candle_date: datetime | None = None, side: LockSide = "*") -> bool:
        """Tell whether the pair is locked now, or when the candle of `candle_date` closes."""
        closes = timeframe_to_next_date(self.timeframe, candle_date) if candle_date else None
        return plugged().locks.is_pair_locked(pair, closes, side)

    # -- what the bot asks of the class itself ---------------------------------------------------------

    def get_strategy_name(self) -> str:
        return type(self).__name__

    def ft_bot_start(self, **kwargs: Any) -> None:
        """Call the strategy's `bot_start`, then set its parameters. Raises StrategyError, already told."""
        call(self, "bot_start", **kwargs)
        self.ft_load_hyper_params(hyperopt=self.config.get("runmode") == RunMode.HYPEROPT)

    def gather_informative_pairs(self) -> list[tuple[str, str, CandleType]]:
        """Return every (pair, timeframe, candle type) beyond the whitelist's own that analysis needs."""
        return wanted_frames(self)
