"""Convert stops to the ratio from the current rate that `custom_stoploss` returns."""


def stoploss_from_open(
    open_relative_stop: float, current_profit: float, is_short: bool = False, leverage: float = 1.0
) -> float:
    """Return the ratio for a stop at `open_relative_stop` from the entry rate (0.02: two percent in profit).

    Both profits are ratios after leverage. 0 means no stop: it would be beyond the current rate.
    With r the rate over the entry rate: stop distance = 1 - (1 + stop) / r for longs, the mirror for shorts.
    """
    sign = -1 if is_short else 1
    current = 1 + sign * current_profit / leverage
    if current == 0:
        return 1
    wanted = 1 + sign * open_relative_stop / leverage
    return max(sign * (1 - wanted / current) * leverage, 0.0)


def stoploss_from_absolute(
    stop_rate: float, current_rate: float, is_short: bool = False, leverage: float = 1.0
) -> float:
    """Return the ratio for a stop at the rate `stop_rate`; 0 if that is beyond the current rate."""
    if current_rate == 0:
        return 1
    distance = 1 - stop_rate / current_rate
    return max(-distance if is_short else distance, 0.0) * leverage
