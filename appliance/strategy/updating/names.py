"""Name what interface 3 of freqtrade's strategies calls otherwise.

Source: freqtrade's documentation, "Strategy Migration between V2 and V3", and the enums of its releases
2022.3 and 2022.4.
"""

METHODS = {
    "populate_buy_trend": "populate_entry_trend",
    "populate_sell_trend": "populate_exit_trend",
    "custom_sell": "custom_exit",
    "check_buy_timeout": "check_entry_timeout",
    "check_sell_timeout": "check_exit_timeout",
}
SETTINGS = {
    "ticker_interval": "timeframe",
    "use_sell_signal": "use_exit_signal",
    "sell_profit_only": "exit_profit_only",
    "sell_profit_offset": "exit_profit_offset",
    "ignore_roi_if_buy_signal": "ignore_roi_if_entry_signal",
    "forcebuy_enable": "force_entry_enable",
}
"""Attributes of strategies, which configurations have too."""
COLUMNS = {"buy": "enter_long", "sell": "exit_long", "buy_tag": "enter_tag"}
"""Columns of the dataframe."""
ORDER_KINDS = {
    "buy": "entry",
    "sell": "exit",
    "forcebuy": "force_entry",
    "forcesell": "force_exit",
    "emergencysell": "emergency_exit",
}
"""Keys of `ORDER_SETTINGS`."""
ORDER_SETTINGS = frozenset({"order_types", "order_time_in_force", "unfilledtimeout"})
EXIT_REASONS = {
    "sell_signal": "exit_signal",
    "force_sell": "force_exit",
    "emergency_sell": "emergency_exit",
    "custom_sell": "custom_exit",
}
"""Texts that stand for the reason of an exit."""
ATTRIBUTES = {
    "sell_reason": "exit_reason",
    "sell_order_status": "exit_order_status",
    "nr_of_successful_buys": "nr_of_successful_entries",
    "nr_of_successful_sells": "nr_of_successful_exits",
}
"""Attributes of trades."""
ENUMS = {"SellType": "ExitType", "SellCheckTuple": "ExitCheckTuple"}
MEMBERS = {
    "SELL_SIGNAL": "EXIT_SIGNAL",
    "FORCE_SELL": "FORCE_EXIT",
    "EMERGENCY_SELL": "EMERGENCY_EXIT",
    "CUSTOM_SELL": "CUSTOM_EXIT",
}
"""Of `ExitType`."""
ARGUMENTS = {"sell_reason": "exit_reason"}
"""Arguments of callbacks, which are passed by name."""
NUMPY = {**dict.fromkeys(("NaN", "NAN"), "nan"), **dict.fromkeys(("Inf", "Infinity", "infty", "PINF"), "inf")}
"""Names that numpy 2 has removed."""
FRAMES = frozenset({"dataframe", "df"})
"""What dataframes are called."""
