"""Show the settings for trading; none of them is a secret."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, to_builtins

from appliance import __version__
from appliance.config.settings import Settings
from appliance.domain.enums import MarginMode, RunMode, State, TradingMode
from appliance.domain.timeframe import milliseconds, minutes

if TYPE_CHECKING:
    from appliance.strategy.loading.resolve import ResolvedStrategy

API_VERSION = 2.5
"""The wire contract's version, as a number: 2.50."""

_PLACES = {"BTC": 8, "ETH": 5}
_PLACES_ELSE = 3


class OrderTypesView(Struct, frozen=True, kw_only=True):
    entry: str
    exit: str
    emergency_exit: str | None = None
    force_exit: str | None = None
    force_entry: str | None = None
    stoploss: str
    stoploss_on_exchange: bool
    stoploss_on_exchange_interval: int | None = None


class UnfilledTimeoutView(Struct, frozen=True, kw_only=True):
    entry: int | None = None
    exit: int | None = None
    unit: str | None = None
    exit_timeout_count: int | None = None


class ShowConfig(Struct, frozen=True, kw_only=True):
    """Show settings. Ratios are 0.01 for one percent, `minimal_roi` by minutes, -1 open trades no limit.

    Where freqtrade returns the configuration as written, so does this: 1 stays 1.
    """

    version: str
    strategy_version: str | None
    api_version: float
    dry_run: bool
    trading_mode: str
    margin_mode: str
    short_allowed: bool
    stake_currency: str
    stake_amount: str
    available_capital: float | None
    stake_currency_decimals: int
    max_open_trades: float
    minimal_roi: dict[str, Any]
    stoploss: float | None
    stoploss_on_exchange: bool
    trailing_stop: bool | None
    trailing_stop_positive: float | None
    trailing_stop_positive_offset: float | None
    trailing_only_offset_is_reached: bool | None
    unfilledtimeout: UnfilledTimeoutView | None
    order_types: OrderTypesView | None
    use_custom_stoploss: bool | None
    timeframe: str | None
    timeframe_ms: int
    timeframe_min: int
    exchange: str
    demo_trading: bool
    strategy: str | None
    force_entry_enable: bool
    exit_pricing: dict[str, Any]
    entry_pricing: dict[str, Any]
    bot_name: str
    state: str
    runmode: str
    position_adjustment_enable: bool
    max_entry_position_adjustment: int
    proxy_coin: str | None


def show_config(  # noqa: PLR0913 -- keyword-only options
    settings: Settings,
    resolved: "ResolvedStrategy",
    given: Mapping[str, Any],
    *,
    state: State,
    run_mode: RunMode,
    max_open_trades: float,
) -> ShowConfig:
    """Show the effective settings: the configuration's, else the strategy's.

    `given` is the configuration as written.
    """
    order_types = resolved.order_types
    return ShowConfig(
        version=__version__,
        strategy_version=resolved.version,
        api_version=API_VERSION,
        dry_run=settings.dry_run,
        trading_mode=TradingMode(settings.trading_mode).value,
        margin_mode=MarginMode(settings.margin_mode).value,
        short_allowed=settings.trading_mode is not TradingMode.SPOT,
        stake_currency=settings.stake_currency,
        stake_amount=str(_as_written(_plain(settings.stake_amount), given.get("stake_amount"))),
        available_capital=settings.available_capital,
        stake_currency_decimals=_PLACES.get(settings.stake_currency, _PLACES_ELSE),
        max_open_trades=-1.0 if math.isinf(max_open_trades) else float(max_open_trades),
        minimal_roi=_roi(resolved.minimal_roi, given.get("minimal_roi")),
        stoploss=resolved.stoploss,
        stoploss_on_exchange=bool(order_types.get("stoploss_on_exchange")),
        trailing_stop=resolved.trailing_stop,
        trailing_stop_positive=resolved.trailing_stop_positive,
        trailing_stop_positive_offset=float(resolved.trailing_stop_positive_offset),
        trailing_only_offset_is_reached=resolved.trailing_only_offset_is_reached,
        unfilledtimeout=_timeouts(resolved.unfilledtimeout),
        order_types=_order_types(order_types),
        use_custom_stoploss=resolved.use_custom_stoploss,
        timeframe=resolved.timeframe,
        timeframe_ms=milliseconds(resolved.timeframe),
        timeframe_min=minutes(resolved.timeframe),
        exchange=settings.exchange.name,
        demo_trading=settings.exchange.demo_trading,
        strategy=resolved.name,
        force_entry_enable=settings.force_entry_enable,
        exit_pricing=_as_written(to_builtins(settings.exit_pricing), given.get("exit_pricing")),
        entry_pricing=_as_written(to_builtins(settings.entry_pricing), given.get("entry_pricing")),
        bot_name=settings.bot_name,
        state=state.value,
        runmode=run_mode.value,
        position_adjustment_enable=resolved.position_adjustment_enable,
        max_entry_position_adjustment=int(resolved.max_entry_position_adjustment),
        proxy_coin=settings.proxy_coin or None,
    )


def show_config_without_bot(settings: Settings, given: Mapping[str, Any]) -> ShowConfig:
    """Show the settings in webserver mode, where there is no strategy: what it would decide is empty.

    `given` is the configuration as written.
    """
    timeframe = settings.timeframe or None
    most = settings.max_open_trades
    return ShowConfig(
        version=__version__,
        strategy_version=None,
        api_version=API_VERSION,
        dry_run=settings.dry_run,
        trading_mode=TradingMode(settings.trading_mode).value,
        margin_mode=MarginMode(settings.margin_mode).value,
        short_allowed=settings.trading_mode is not TradingMode.SPOT,
        stake_currency=settings.stake_currency,
        stake_amount=str(_as_written(_plain(settings.stake_amount), given.get("stake_amount"))),
        available_capital=settings.available_capital,
        stake_currency_decimals=_PLACES.get(settings.stake_currency, _PLACES_ELSE),
        max_open_trades=-1.0 if math.isinf(most) else float(most),
        minimal_roi=given.get("minimal_roi") or {},
        stoploss=settings.stoploss,
        stoploss_on_exchange=bool((given.get("order_types") or {}).get("stoploss_on_exchange")),
        trailing_stop=settings.trailing_stop,
        trailing_stop_positive=settings.trailing_stop_positive,
        trailing_stop_positive_offset=settings.trailing_stop_positive_offset,
        trailing_only_offset_is_reached=settings.trailing_only_offset_is_reached,
        unfilledtimeout=_timeouts(given.get("unfilledtimeout") or {}),
        order_types=_order_types(given["order_types"]) if given.get("order_types") else None,
        use_custom_stoploss=settings.use_custom_stoploss,
        timeframe=timeframe,
        timeframe_ms=milliseconds(timeframe) if timeframe else 0,
        timeframe_min=minutes(timeframe) if timeframe else 0,
        exchange=settings.exchange.name,
        demo_trading=settings.exchange.demo_trading,
        strategy=settings.strategy,
        force_entry_enable=settings.force_entry_enable,
        exit_pricing=_as_written(to_builtins(settings.exit_pricing), given.get("exit_pricing")),
        entry_pricing=_as_written(to_builtins(settings.entry_pricing), given.get("entry_pricing")),
        bot_name=settings.bot_name,
        state="",
        runmode=RunMode.WEBSERVER.value,
        position_adjustment_enable=bool(settings.position_adjustment_enable),
        max_entry_position_adjustment=int(settings.max_entry_position_adjustment or -1),
        proxy_coin=settings.proxy_coin or None,
    )


def _as_written(value: Any, given: Any) -> Any:
    """Return a value as it was written, if that is the effective one."""
    if isinstance(value, Mapping) and isinstance(given, Mapping):
        return {name: _as_written(one, given.get(name)) for name, one in value.items()}
    same = not isinstance(given, bool) and not isinstance(value, bool) and given == value
    return given if same else value


def _roi(resolved: Mapping[int, float], given: Any) -> dict[str, Any]:
    written = {str(after): ratio for after, ratio in given.items()} if isinstance(given, Mapping) else {}
    return {str(after): _as_written(ratio, written.get(str(after))) for after, ratio in resolved.items()}


def _order_types(given: dict[str, Any]) -> OrderTypesView:
    interval = given.get("stoploss_on_exchange_interval")
    return OrderTypesView(
        entry=given.get("entry", "limit"),
        exit=given.get("exit", "limit"),
        emergency_exit=given.get("emergency_exit") or "market",
        force_exit=given.get("force_exit"),
        force_entry=given.get("force_entry"),
        stoploss=given.get("stoploss", "limit"),
        stoploss_on_exchange=bool(given.get("stoploss_on_exchange")),
        stoploss_on_exchange_interval=None if interval is None else int(interval),
    )


def _timeouts(given: dict[str, Any]) -> UnfilledTimeoutView | None:
    if not given:
        return None
    return UnfilledTimeoutView(
        entry=_whole(given.get("entry")),
        exit=_whole(given.get("exit")),
        unit=given.get("unit"),
        exit_timeout_count=_whole(given.get("exit_timeout_count") or 0),
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _plain(value: float | str) -> float | str:
    return int(value) if isinstance(value, float) and value.is_integer() else value
