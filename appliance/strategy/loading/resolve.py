"""Resolve the settings of a strategy: configuration over strategy over default, checked and normalised."""

import logging
from typing import Any

import msgspec

from appliance.domain.errors import StrategyError
from appliance.strategy.interface import IStrategy
from appliance.strategy.loading.checks import check_settings
from appliance.strategy.safe_call import failed, is_overridden, safe_call

logger = logging.getLogger(__name__)

NO_LIMIT = float("inf")

_SETTINGS: dict[str, Any] = {
    "minimal_roi": {"0": 10.0},
    "timeframe": None,
    "stoploss": None,
    "trailing_stop": None,
    "trailing_stop_positive": None,
    "trailing_stop_positive_offset": 0.0,
    "trailing_only_offset_is_reached": None,
    "use_custom_stoploss": None,
    "process_only_new_candles": None,
    "order_types": None,
    "order_time_in_force": None,
    "stake_currency": None,
    "stake_amount": None,
    "startup_candle_count": None,
    "unfilledtimeout": None,
    "use_exit_signal": True,
    "exit_profit_only": False,
    "ignore_roi_if_entry_signal": False,
    "exit_profit_offset": 0.0,
    "disable_dataframe_checks": False,
    "ignore_buying_expired_candle_after": 0,
    "position_adjustment_enable": False,
    "max_entry_position_adjustment": -1,
    "max_open_trades": NO_LIMIT,
}
"""The settings that the configuration may override, and their defaults."""

STRATEGY_SETTINGS = tuple(name for name in _SETTINGS if not name.startswith("stake_"))
"""The settings that a strategy may set, except those of money."""

_VERSION_2_ATTRIBUTES = {
    "use_sell_signal": "use_exit_signal",
    "sell_profit_only": "exit_profit_only",
    "sell_profit_offset": "exit_profit_offset",
    "ignore_roi_if_buy_signal": "ignore_roi_if_entry_signal",
}
_VERSION_2_KEYS = {
    "buy": "entry",
    "sell": "exit",
    "emergencysell": "emergency_exit",
    "forcesell": "force_exit",
    "forcebuy": "force_entry",
    "emergencyexit": "emergency_exit",
    "forceexit": "force_exit",
    "forceentry": "force_entry",
}


class ResolvedStrategy(msgspec.Struct, frozen=True, kw_only=True):
    """Hold the resolved settings of a strategy. Ratios: 0.01 is 1 %; ROI keys in minutes, ascending."""

    name: str
    file: str
    version: str | None
    interface_version: int
    timeframe: str
    minimal_roi: dict[int, float]
    stoploss: float
    can_short: bool
    trailing_stop: bool
    trailing_stop_positive: float | None
    trailing_stop_positive_offset: float
    trailing_only_offset_is_reached: bool
    use_custom_stoploss: bool
    stop_uses_after_fill: bool
    use_custom_roi: bool
    order_types: dict[str, Any]
    order_time_in_force: dict[str, str]
    unfilledtimeout: dict[str, Any]
    use_exit_signal: bool
    exit_profit_only: bool
    exit_profit_offset: float
    ignore_roi_if_entry_signal: bool
    ignore_buying_expired_candle_after: int
    process_only_new_candles: bool
    startup_candle_count: int
    position_adjustment_enable: bool
    max_entry_position_adjustment: int
    max_open_trades: float
    stake_currency: str
    stake_amount: float | str
    protections: list[dict[str, Any]]


def resolved(strategy: IStrategy) -> ResolvedStrategy:
    """Return the resolved settings of a loaded strategy. Raises StrategyError if its protections fail."""
    values: dict[str, Any] = {
        name: getattr(strategy, name, None)
        for name in ResolvedStrategy.__struct_fields__
        if name in _SETTINGS or name in ("can_short", "use_custom_roi")
    }
    values["unfilledtimeout"] = values["unfilledtimeout"] or {}
    values["stake_amount"] = values["stake_amount"] or strategy.config.get("stake_amount", 0.0)
    values["stake_currency"] = values["stake_currency"] or strategy.config.get("stake_currency", "")
    return ResolvedStrategy(
        name=type(strategy).__name__,
        file=strategy.__file__,
        version=safe_call(strategy, "version", None),
        interface_version=int(getattr(strategy, "INTERFACE_VERSION", 2)),
        stop_uses_after_fill=_uses_after_fill(strategy),
        protections=_protections(strategy),
        **values,
    )


def _protections(strategy: IStrategy) -> list[dict[str, Any]]:
    try:
        return list(strategy.protections or [])
    # The edge between the bot and the strategy: `protections` is often a property with code in it.
    except Exception as error:
        raise failed(strategy, "protections", "", error) from error


def apply_config(strategy: IStrategy, config: dict[str, Any]) -> None:
    """Set every setting in the strategy and in `config`. Raises StrategyError naming the setting."""
    _convert_version_2(strategy)
    for name, default in _SETTINGS.items():
        _resolve(strategy, config, name, default)
    _normalise(strategy, config)
    check_settings(strategy, config)


def _resolve(strategy: IStrategy, config: dict[str, Any], name: str, default: Any) -> None:
    is_property = isinstance(getattr(type(strategy), name, None), property)
    own = getattr(strategy, name, None)
    if name in config and not is_property:
        if own is not None and own != config[name]:
            logger.info("%s: %s is %r, from the configuration", type(strategy).__name__, name, config[name])
        setattr(strategy, name, config[name])
    elif own is not None:
        config[name] = own
    elif default is not None:
        setattr(strategy, name, default)
        config[name] = default


def _convert_version_2(strategy: IStrategy) -> None:
    if getattr(strategy, "timeframe", None) is None and getattr(strategy, "ticker_interval", None):
        logger.warning("%s: 'ticker_interval' is now called 'timeframe'", type(strategy).__name__)
        strategy.timeframe = strategy.ticker_interval  # type: ignore[attr-defined]
    for old, new in _VERSION_2_ATTRIBUTES.items():
        if hasattr(strategy, old):
            logger.warning("%s: '%s' is now called '%s'", type(strategy).__name__, old, new)
            setattr(strategy, new, getattr(strategy, old))


def _normalise(strategy: IStrategy, config: dict[str, Any]) -> None:
    for name in ("order_types", "order_time_in_force", "unfilledtimeout"):
        value = getattr(strategy, name, None)
        if isinstance(value, dict):
            renamed = {_VERSION_2_KEYS.get(key, key): setting for key, setting in value.items()}
            _set(strategy, config, name, renamed)
    try:
        minutes = {int(key): float(ratio) for key, ratio in strategy.minimal_roi.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise StrategyError(
            f"minimal_roi: expected minutes and ratios such as {{'0': 0.04, '60': 0.01}}, "
            f"found {strategy.minimal_roi!r}"
        ) from error
    _set(strategy, config, "minimal_roi", dict(sorted(minutes.items())))
    if (limit := getattr(strategy, "max_open_trades", None)) is not None and limit < 0:
        _set(strategy, config, "max_open_trades", NO_LIMIT)


def _set(strategy: IStrategy, config: dict[str, Any], name: str, value: Any) -> None:
    if not isinstance(getattr(type(strategy), name, None), property):
        setattr(strategy, name, value)
    if name != "minimal_roi":
        config[name] = value


def _uses_after_fill(strategy: IStrategy) -> bool:
    if not is_overridden(strategy, "custom_stoploss"):
        return False
    code = getattr(strategy.custom_stoploss, "__code__", None)
    return code is not None and "after_fill" in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
