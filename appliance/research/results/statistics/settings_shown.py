"""Name the settings of a backtest that its result states."""

import math
from collections.abc import Mapping
from typing import Any

_DECIMALS = {"BTC": 8, "ETH": 5}
_OTHER_DECIMALS = 3


def stake_decimals(currency: str) -> int:
    """Return how many decimals amounts of a currency are shown with, as freqtrade shows them."""
    return _DECIMALS.get(currency, _OTHER_DECIMALS)


def settings_shown(config: Mapping[str, Any], strategy: str, pairs: int) -> dict[str, Any]:
    """Return settings by freqtrade's names. config: a strategy's `self.config`; pairs: how many there are."""
    most = config["max_open_trades"]
    return {
        "max_open_trades": min(most, pairs),
        "max_open_trades_setting": -1 if math.isinf(most) else most,
        "timeframe": config["timeframe"],
        "timeframe_detail": config.get("timeframe_detail") or "",
        "timerange": config.get("timerange") or "",
        "enable_protections": bool(config.get("enable_protections")),
        "strategy_name": strategy,
        "freqaimodel": config.get("freqaimodel"),
        "freqai_identifier": (config.get("freqai") or {}).get("identifier"),
        "stoploss": config.get("stoploss"),
        "trailing_stop": bool(config.get("trailing_stop")),
        "trailing_stop_positive": config.get("trailing_stop_positive"),
        "trailing_stop_positive_offset": config.get("trailing_stop_positive_offset") or 0.0,
        "trailing_only_offset_is_reached": bool(config.get("trailing_only_offset_is_reached")),
        "use_custom_stoploss": bool(config.get("use_custom_stoploss")),
        "minimal_roi": {str(minutes): ratio for minutes, ratio in config["minimal_roi"].items()},
        "use_exit_signal": config.get("use_exit_signal", True),
        "exit_profit_only": bool(config.get("exit_profit_only")),
        "exit_profit_offset": config.get("exit_profit_offset") or 0.0,
        "ignore_roi_if_entry_signal": bool(config.get("ignore_roi_if_entry_signal")),
        "trading_mode": config.get("trading_mode") or "spot",
        "margin_mode": config.get("margin_mode") or "",
    }
