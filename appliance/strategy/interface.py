"""Define `IStrategy`, which strategies inherit from."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from appliance.domain.enums import CandleType, LockSide, RunMode
from appliance.strategy.base import StrategyBase
from appliance.strategy.informative_candles import add_informatives, wanted_candles
from appliance.strategy.ports import plugged
from appliance.strategy.safe_call import call
from appliance.strategy.timeframes import timeframe_to_next_date

if TYPE_CHECKING:
    from pandas import DataFrame


class IStrategy(StrategyBase):
    """Turn candles into signals and answer the bot's callbacks. Ratios: 0.01 is one percent."""

    # -- called by other strategies that load this one -------------------------------------------------

    def advise_indicators(self, dataframe: "DataFrame", metadata: dict[str, Any]) -> "DataFrame":
        """Return the dataframe with informative columns and indicators. The bot does not call this."""
        return self.populate_indicators(add_informatives(self, dataframe, metadata["pair"]), metadata)

    def advise_entry(self, dataframe: "DataFrame", metadata: dict[str, Any]) -> "DataFrame":
        """Return the dataframe with entry signals, in the columns of interface version 3."""
        from appliance.strategy.analysis import entries  # late: it loads pandas

        return entries(self, dataframe, metadata)

    def advise_exit(self, dataframe: "DataFrame", metadata: dict[str, Any]) -> "DataFrame":
        """Return the dataframe with exit signals, in the columns of interface version 3."""
        from appliance.strategy.analysis import exits  # late: it loads pandas

        return exits(self, dataframe, metadata)

    # -- locks -----------------------------------------------------------------------------------------

    def lock_pair(self, pair: str, until: datetime, reason: str | None = None, side: LockSide = "*") -> None:
        """Lock the pair against entries until a date (UTC)."""
        plugged().locks.lock_pair(pair, until, reason, side=side)

    def unlock_pair(self, pair: str) -> None:
        plugged().locks.unlock_pair(pair)

    def unlock_reason(self, reason: str) -> None:
        """Remove every lock that was set with this reason."""
        plugged().locks.unlock_reason(reason)

    def is_pair_locked(self, pair: str, *, candle_date: datetime | None = None, side: LockSide = "*") -> bool:
        """Return whether the pair is locked now, or when the candle of `candle_date` closes."""
        closes = timeframe_to_next_date(self.timeframe, candle_date) if candle_date else None
        return plugged().locks.is_pair_locked(pair, closes, side)

    # -- called by the bot ---------------------------------------------------------

    def get_strategy_name(self) -> str:
        return type(self).__name__

    def ft_bot_start(self, **kwargs: Any) -> None:
        """Call the strategy's `bot_start`, then set its parameters. Raises StrategyError, already logged."""
        call(self, "bot_start", **kwargs)
        self.ft_load_hyper_params(hyperopt=self.config.get("runmode") == RunMode.HYPEROPT)

    def gather_informative_pairs(self) -> list[tuple[str, str, CandleType]]:
        """Return every (pair, timeframe, candle type) that analysis needs besides the whitelist."""
        return wanted_candles(self)
