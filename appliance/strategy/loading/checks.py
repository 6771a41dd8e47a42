"""Check a strategy before it trades."""

from typing import Any

from appliance.domain.errors import StrategyError
from appliance.strategy.interface import IStrategy
from appliance.strategy.timeframes import timeframe_to_seconds

TIMES_IN_FORCE = ("GTC", "FOK", "IOC", "PO")
"""Values of a time in force, in upper or lower case."""


def check_class(strategy_class: type[IStrategy]) -> None:
    """Check that a class has the required methods. Raises StrategyError."""
    missing = [
        what
        for what, names in (
            ("populate_indicators", ("populate_indicators",)),
            ("populate_entry_trend", ("populate_entry_trend", "populate_buy_trend")),
            ("populate_exit_trend", ("populate_exit_trend", "populate_sell_trend")),
        )
        if all(getattr(strategy_class, name) is getattr(IStrategy, name) for name in names)
    ]
    if missing:
        raise StrategyError(f"it must define {' and '.join(missing)}")
    if _uses_freqai(strategy_class):
        raise StrategyError(
            "it uses FreqAI (self.freqai.start), which is not supported here: use a strategy without it"
        )
    adjusts_both = strategy_class.adjust_order_price is not IStrategy.adjust_order_price and any(
        getattr(strategy_class, name) is not getattr(IStrategy, name)
        for name in ("adjust_entry_price", "adjust_exit_price")
    )
    if adjusts_both:
        raise StrategyError(
            "it defines adjust_order_price, which replaces adjust_entry_price and adjust_exit_price, "
            "and one of these: define either the first or the other two"
        )


def _uses_freqai(strategy_class: type[IStrategy]) -> bool:
    """Return whether a method calls FreqAI without checking whether it is enabled."""
    for method in {**vars(strategy_class)}.values():
        code = getattr(method, "__code__", None)
        if code and {"freqai", "start"} <= set(code.co_names) and "enabled" not in code.co_consts:
            return True
    return False


def check_settings(strategy: IStrategy, config: dict[str, Any]) -> None:
    """Check the settings of a loaded strategy. Raises StrategyError naming the setting."""
    _check_timeframe(strategy)
    _check_stop(strategy)
    _check_orders(strategy)
    futures = str(config.get("trading_mode", "spot")).lower().endswith(("futures", "margin"))
    if strategy.can_short and not futures:
        raise StrategyError(
            "can_short is True, which needs trading_mode 'futures'; on spot markets set can_short = False "
            "(short signals are then ignored)"
        )


def _check_timeframe(strategy: IStrategy) -> None:
    timeframe = getattr(strategy, "timeframe", None)
    if timeframe is None:
        raise StrategyError("timeframe: expected one such as '5m', found none")
    try:
        timeframe_to_seconds(timeframe)
    except (ValueError, TypeError) as error:
        raise StrategyError(f"timeframe: expected one such as '5m', found {timeframe!r}") from error


def _check_stop(strategy: IStrategy) -> None:
    stop = getattr(strategy, "stoploss", None)
    if not isinstance(stop, int | float) or isinstance(stop, bool) or not -1e9 < stop < 0:
        raise StrategyError(f"stoploss: expected a ratio below 0 such as -0.1, found {stop!r}")
    strategy.stoploss = float(stop)
    if not strategy.trailing_stop:
        return
    positive, offset = strategy.trailing_stop_positive, strategy.trailing_stop_positive_offset
    if positive == 0:
        raise StrategyError("trailing_stop_positive: expected a ratio above 0 such as 0.01, found 0")
    if strategy.trailing_only_offset_is_reached and not offset:
        raise StrategyError("trailing_only_offset_is_reached needs trailing_stop_positive_offset above 0")
    if positive is not None and 0 < offset <= positive:
        raise StrategyError(
            f"trailing_stop_positive_offset: expected more than trailing_stop_positive ({positive}), "
            f"found {offset}"
        )


def _check_orders(strategy: IStrategy) -> None:
    needed = {
        "order_types": ("entry", "exit", "stoploss", "stoploss_on_exchange"),
        "order_time_in_force": ("entry", "exit"),
    }
    for name, keys in needed.items():
        value = getattr(strategy, name, None) or {}
        missing = [key for key in keys if key not in value]
        if missing:
            raise StrategyError(f"{name}: {', '.join(missing)} missing; found {value!r}")
    for key in ("entry", "exit", "stoploss", "force_entry", "force_exit", "emergency_exit"):
        if (strategy.order_types.get(key) or "limit") not in ("limit", "market"):
            raise StrategyError(
                f"order_types.{key}: expected 'limit' or 'market', found {strategy.order_types[key]!r}"
            )
    for key in ("entry", "exit"):
        found = strategy.order_time_in_force[key]
        if str(found).upper() not in TIMES_IN_FORCE:
            raise StrategyError(
                f"order_time_in_force.{key}: expected one of {', '.join(TIMES_IN_FORCE)}, found {found!r}"
            )
