"""Notice attributes that a strategy changes while it is walked.

Changes of `bot_loop_start` count from that candle on, as in freqtrade. Those of other callbacks do so from
the next candle (or detail candle) on; in freqtrade they count at once.
"""

from types import CodeType, FunctionType
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
_NOT_OF_THE_WALK = frozenset(
    ("__init__", "bot_start", "bot_loop_start", "informative_pairs", "populate_indicators")
) | {f"populate_{what}_trend" for what in ("entry", "exit", "buy", "sell")}


def attributes_of(strategy: StrategyBase) -> dict[str, Any]:
    """Return the attributes, dicts copied."""
    values = {name: getattr(strategy, name) for name in NAMES}
    values["unfilledtimeout"] = strategy.config.get("unfilledtimeout") or {}
    return {name: dict(value) if isinstance(value, dict) else value for name, value in values.items()}


def may_change(strategy: StrategyBase) -> bool:
    """Return whether code of the strategy that a walk calls names one of the attributes.

    Comparing all of them at each step would take a tenth of a walk.
    """
    watched = {*NAMES, "unfilledtimeout"}
    for kind in type(strategy).__mro__:
        if kind.__module__.startswith(("appliance.", "builtins", "abc")):
            continue
        called = [value for name, value in vars(kind).items() if name not in _NOT_OF_THE_WALK]
        if any(watched & _words(value.__code__) for value in called if isinstance(value, FunctionType)):
            return True
    return False


def _words(code: CodeType) -> set[str]:
    """Return the names and texts in code, and in functions within it."""
    inner = [_words(value) for value in code.co_consts if isinstance(value, CodeType)]
    texts = {value for value in code.co_consts if isinstance(value, str)}
    return texts.union(code.co_names, *inner)


def resolved_again(before: ResolvedStrategy, attributes: dict[str, Any]) -> ResolvedStrategy:
    """Return the settings of a strategy with its present attributes."""
    roi = {int(minute): float(ratio) for minute, ratio in attributes["minimal_roi"].items()}
    return msgspec.structs.replace(before, **{**attributes, "minimal_roi": roi})
