"""The strategy, and settings that override its attributes; None leaves them to the strategy."""

from typing import Annotated

from appliance.config.documented import doc
from appliance.config.sections.orders import OrderTimeInForce, OrderTypes, UnfilledTimeout
from appliance.config.sections.stake import StakeSettings

Minutes = Annotated[str, doc("Minutes since the entry.", pattern=r"^[0-9]+$", examples=["30"])]


class StrategySettings(StakeSettings, frozen=True, kw_only=True):
    strategy: Annotated[str | None, doc("Class name of the strategy.")] = None
    strategy_path: Annotated[
        str | None, doc("Further folder of strategies, besides user_data/strategies.")
    ] = None
    recursive_strategy_search: Annotated[bool, doc("Search subfolders for strategies, too.")] = False
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
        dict[Minutes, float] | None,
        doc("Profit ratio at which a trade is exited, by minutes since the entry."),
    ] = None
    stoploss: Annotated[float, doc("Loss ratio at which a trade is exited, e.g. -0.1.", lt=0)] | None = None
    trailing_stop: Annotated[bool | None, doc("Move the stop loss with the price.")] = None
    trailing_stop_positive: (
        Annotated[float, doc("Distance of the trailing stop once in profit, as a ratio.", ge=0, le=1)] | None
    ) = None
    trailing_stop_positive_offset: (
        Annotated[float, doc("Profit ratio from which that distance applies.", ge=0, le=1)] | None
    ) = None
    trailing_only_offset_is_reached: Annotated[bool | None, doc("Trail only once the offset is reached.")] = (
        None
    )
    use_custom_stoploss: Annotated[bool | None, doc("Call the strategy's `custom_stoploss`.")] = None
    use_exit_signal: Annotated[bool | None, doc("Exit on exit signals.")] = None
    exit_profit_only: Annotated[bool | None, doc("Exit on exit signals only in profit.")] = None
    exit_profit_offset: Annotated[float | None, doc("Minimum profit ratio for `exit_profit_only`.")] = None
    ignore_roi_if_entry_signal: Annotated[
        bool | None, doc("Do not exit by ROI while there is an entry signal.")
    ] = None
    ignore_buying_expired_candle_after: (
        Annotated[
            float, doc("Seconds after the candle close when an entry signal expires; 0 for never.", ge=0)
        ]
        | None
    ) = None
    process_only_new_candles: Annotated[bool | None, doc("Analyse each candle once, when it closes.")] = None
    startup_candle_count: (
        Annotated[int, doc("Candles that the indicators need before the first signal.", ge=0)] | None
    ) = None
    position_adjustment_enable: Annotated[
        bool | None, doc("Call the strategy's `adjust_trade_position`.")
    ] = None
    max_entry_position_adjustment: (
        Annotated[int, doc("Maximum number of additional entries of a trade; -1 for no limit.", ge=-1)] | None
    ) = None
    disable_dataframe_checks: Annotated[
        bool | None, doc("Do not check whether the strategy changed length or dates of its dataframe.")
    ] = None
    order_types: Annotated[OrderTypes | None, doc("Order types by purpose.")] = None
    order_time_in_force: Annotated[OrderTimeInForce | None, doc("Time in force of orders.")] = None
    unfilledtimeout: Annotated[UnfilledTimeout | None, doc("When unfilled orders are cancelled.")] = None


DECIDED_BY_STRATEGY = (
    frozenset(StrategySettings.__struct_fields__)
    - frozenset(StakeSettings.__struct_fields__)
    - {"strategy", "strategy_path", "recursive_strategy_search"}
) | {"max_open_trades", "stake_currency", "stake_amount"}
"""The settings that a strategy may define; those of the configuration override them."""
