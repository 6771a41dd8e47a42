"""Notice attributes that a strategy changes while it is walked: as in freqtrade, they count from then on."""

from typing import Any

import msgspec

from appliance.strategy.base import StrategyBase
from appliance.strategy.loading.resolve import ResolvedStrategy

NAMES = (
    "minimal_roi",
    "stoploss",
    "trailing_stop",
    "trailing_stop_positive",
    "trailing_stop_positive_offset",
    "trailing_only_offset_is_reached",
    "use_custom_stoploss",
    "use_custom_roi",
    "order_types",
    "order_time_in_force",
    "use_exit_signal",
    "exit_profit_only",
    "exit_profit_offset",
    "ignore_roi_if_entry_signal",
    "position_adjustment_enable",
    "max_entry_position_adjustment",
    "max_open_trades",
)
"""What is read again. Signals have been made already: `ignore_buying_expired_candle_after` is not."""


def attributes_of(strategy: StrategyBase) -> dict[str, Any]:
    """Return the attributes, dicts copied."""
    values = {name: getattr(strategy, name) for name in NAMES}
    values["unfilledtimeout"] = strategy.config.get("unfilledtimeout") or {}
    return {name: dict(value) if isinstance(value, dict) else value for name, value in values.items()}


def resolved_again(before: ResolvedStrategy, attributes: dict[str, Any]) -> ResolvedStrategy:
    """Return the settings of a strategy with its present attributes."""
    roi = {int(minute): float(ratio) for minute, ratio in attributes["minimal_roi"].items()}
    return msgspec.structs.replace(before, **{**attributes, "minimal_roi": roi})
