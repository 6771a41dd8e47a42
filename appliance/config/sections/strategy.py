"""Which strategy, and what the configuration says over its head; None leaves it to the strategy."""

from typing import Annotated

from appliance.config.documented import doc
from appliance.config.sections.orders import OrderTimeInForce, OrderTypes, UnfilledTimeout
from appliance.config.sections.stake import StakeSettings

Minutes = Annotated[str, doc("Minutes since the entry.", pattern=r"^[0-9]+$", examples=["30"])]


class StrategySettings(StakeSettings, frozen=True, kw_only=True):
    strategy: Annotated[str | None, doc("Class name of the strategy.")] = None
    strategy_path: Annotated[
        str | None, doc("Folder to look for strategies in besides user_data/strategies.")
    ] = None
    recursive_strategy_search: Annotated[bool, doc("Look for strategies in subfolders too.")] = False
    timeframe: (
        Annotated[
            str,
            doc(
                "Length of a candle, e.g. 1m, 5m, 1h, 1d.", pattern=r"^[1-9][0-9]*[smhdwMy]$", examples=["5m"]
            ),
        ]
        | None
    ) = None
    minimal_roi: Annotated[
        dict[Minutes, float] | None, doc("Profit ratio at which to exit, by minutes since the entry.")
    ] = None
    stoploss: Annotated[float, doc("Loss ratio at which to exit, e.g. -0.1.", lt=0)] | None = None
    trailing_stop: Annotated[bool | None, doc("Let the stop loss follow the price.")] = None
    trailing_stop_positive: (
        Annotated[float, doc("Distance of the trailing stop once in profit, as a ratio.", ge=0, le=1)] | None
    ) = None
    trailing_stop_positive_offset: (
        Annotated[float, doc("Profit ratio from which that distance applies.", ge=0, le=1)] | None
    ) = None
    trailing_only_offset_is_reached: Annotated[bool | None, doc("Trail only once the offset is reached.")] = (
        None
    )
    use_custom_stoploss: Annotated[bool | None, doc("Ask the strategy's `custom_stoploss`.")] = None
    use_exit_signal: Annotated[bool | None, doc("Follow exit signals.")] = None
    exit_profit_only: Annotated[bool | None, doc("Follow exit signals only in profit.")] = None
    exit_profit_offset: Annotated[float | None, doc("Profit ratio that counts as profit there.")] = None
    ignore_roi_if_entry_signal: Annotated[
        bool | None, doc("Do not exit by ROI while the entry signal stands.")
    ] = None
    ignore_buying_expired_candle_after: (
        Annotated[
            float, doc("Seconds after candle close from which an entry signal is too old; 0 is never.", ge=0)
        ]
        | None
    ) = None
    process_only_new_candles: Annotated[bool | None, doc("Analyse a candle once, when it closes.")] = None
    startup_candle_count: Annotated[int, doc("Candles that the indicators need first.", ge=0)] | None = None
    position_adjustment_enable: Annotated[bool | None, doc("Ask the strategy's `adjust_trade_position`.")] = (
        None
    )
    max_entry_position_adjustment: (
        Annotated[int, doc("Most additional entries of one trade; -1 is no limit.", ge=-1)] | None
    ) = None
    disable_dataframe_checks: Annotated[
        bool | None, doc("Do not check that the strategy left length and dates of its dataframe alone.")
    ] = None
    order_types: Annotated[OrderTypes | None, doc("Order types by occasion.")] = None
    order_time_in_force: Annotated[OrderTimeInForce | None, doc("How long orders stand.")] = None
    unfilledtimeout: Annotated[UnfilledTimeout | None, doc("When unfilled orders are cancelled.")] = None


DECIDED_BY_STRATEGY = (
    frozenset(StrategySettings.__struct_fields__)
    - frozenset(StakeSettings.__struct_fields__)
    - {"strategy", "strategy_path", "recursive_strategy_search"}
) | {"max_open_trades", "stake_currency", "stake_amount"}
"""The settings that a strategy's attributes give where the configuration is silent."""
