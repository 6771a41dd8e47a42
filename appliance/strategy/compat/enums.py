"""Offer the enums that strategies import."""

from enum import Enum
from typing import NamedTuple

from appliance.domain.enums import (
    CandleType,
    ExitType,
    MarginMode,
    MarketDirection,
    OrderType,
    RunMode,
    SignalDirection,
    State,
    TradingMode,
)

OrderTypeValues = OrderType
TRADE_MODES = [RunMode.LIVE, RunMode.DRY_RUN]
OPTIMIZE_MODES = [RunMode.BACKTEST, RunMode.HYPEROPT]


class SignalType(str, Enum):
    """Name the signal columns of a dataframe."""

    ENTER_LONG = "enter_long"
    EXIT_LONG = "exit_long"
    ENTER_SHORT = "enter_short"
    EXIT_SHORT = "exit_short"


class SignalTagType(str, Enum):
    """Name the tag columns of a dataframe."""

    ENTER_TAG = "enter_tag"
    EXIT_TAG = "exit_tag"


class PriceType(str, Enum):
    """Name the price that triggers a stop order on the exchange."""

    LAST = "last"
    MARK = "mark"
    INDEX = "index"


class RPCMessageType(str, Enum):
    """Name the type of a message."""

    STATUS = "status"
    WARNING = "warning"
    EXCEPTION = "exception"
    STARTUP = "startup"
    ENTRY = "entry"
    ENTRY_FILL = "entry_fill"
    ENTRY_CANCEL = "entry_cancel"
    EXIT = "exit"
    EXIT_FILL = "exit_fill"
    EXIT_CANCEL = "exit_cancel"
    PROTECTION_TRIGGER = "protection_trigger"
    PROTECTION_TRIGGER_GLOBAL = "protection_trigger_global"
    STRATEGY_MSG = "strategy_msg"
    WHITELIST = "whitelist"
    ANALYZED_DF = "analyzed_df"
    NEW_CANDLE = "new_candle"


class ExitCheckTuple(NamedTuple):
    """State a reason to exit: its type, and the text stored with the trade."""

    exit_type: ExitType
    exit_reason: str = ""

    @property
    def exit_flag(self) -> bool:
        return self.exit_type is not ExitType.NONE


__all__ = [
    "OPTIMIZE_MODES",
    "TRADE_MODES",
    "CandleType",
    "ExitCheckTuple",
    "ExitType",
    "MarginMode",
    "MarketDirection",
    "OrderTypeValues",
    "PriceType",
    "RPCMessageType",
    "RunMode",
    "SignalDirection",
    "SignalTagType",
    "SignalType",
    "State",
    "TradingMode",
]
