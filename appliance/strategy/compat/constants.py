"""Offer the constants that strategies import."""

from typing import Any, Literal

from appliance.domain.enums import CandleType

Config = dict[str, Any]
LongShort = Literal["long", "short"]
EntryExit = Literal["entry", "exit"]
BuySell = Literal["buy", "sell"]
BidAsk = Literal["bid", "ask"]
MakerTaker = Literal["maker", "taker"]
PairWithTimeframe = tuple[str, str, CandleType]
ListPairsWithTimeframes = list[PairWithTimeframe]
IntOrInf = float

DEFAULT_CONFIG = "config.json"
DEFAULT_DATAFRAME_COLUMNS = ["date", "open", "high", "low", "close", "volume"]
DATETIME_PRINT_FORMAT = "%Y-%m-%d %H:%M:%S"
UNLIMITED_STAKE_AMOUNT = "unlimited"
DEFAULT_AMOUNT_RESERVE_PERCENT = 0.05
CUSTOM_TAG_MAX_LENGTH = 255
MATH_CLOSE_PREC = 1e-14
PROCESS_THROTTLE_SECS = 5
TIMEOUT_UNITS = ["minutes", "seconds"]
ORDERTYPE_POSSIBILITIES = ["limit", "market"]
TRADING_MODES = ["spot", "margin", "futures"]
MARGIN_MODES = ["cross", "isolated", ""]
CANCELED_EXCHANGE_STATES = ("cancelled", "canceled", "expired", "rejected")
NON_OPEN_EXCHANGE_STATES = (*CANCELED_EXCHANGE_STATES, "closed")
USERPATH_STRATEGIES = "strategies"
