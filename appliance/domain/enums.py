"""Define closed sets of values, as configurations, database and API spell them."""

from enum import IntEnum, StrEnum
from typing import Literal

OrderSide = Literal["buy", "sell"]
"""What an order does on the exchange."""

SeenSide = OrderSide | Literal[""]
"""The side in an exchange's answer; empty where the answer does not state it."""

FtOrderSide = Literal["buy", "sell", "stoploss"]
"""The role of an order in its trade (`ft_order_side`): stop orders on the exchange have one of their own."""

TradeDirection = Literal["long", "short"]

LockSide = Literal["long", "short", "*"]
"""The direction that a pair lock applies to; "*" is both."""

OrderKind = Literal["limit", "market"]
"""The order types of configurations and strategies. Exchanges have more: what they answer is any text."""

ExchangeStatus = Literal["open", "closed", "canceled", "expired", "rejected"]
"""The status of an order as ccxt unifies it."""

OrderStatus = Literal[
    "new", "unknown", "open", "partially_filled", "closed", "canceled", "cancelled", "expired", "rejected"
]
"""The status of an order in the database: ours before an answer, the exchange's, freqtrade's spellings."""

PriceSide = Literal["same", "other", "bid", "ask"]
"""The side of the order book that prices an order: `same` as the order's own, the `other`, or by name."""

BookSide = Literal["bid", "ask"]


class State(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    RELOAD_CONFIG = "reload_config"


class RunMode(StrEnum):
    LIVE = "live"
    DRY_RUN = "dry_run"
    BACKTEST = "backtest"
    HYPEROPT = "hyperopt"
    PLOT = "plot"
    WEBSERVER = "webserver"
    UTIL_EXCHANGE = "util_exchange"
    UTIL_NO_EXCHANGE = "util_no_exchange"
    OTHER = "other"


class TradingMode(StrEnum):
    SPOT = "spot"
    MARGIN = "margin"
    FUTURES = "futures"


class MarginMode(StrEnum):
    CROSS = "cross"
    ISOLATED = "isolated"
    NONE = ""


class CandleType(StrEnum):
    SPOT = "spot"
    FUTURES = "futures"
    MARK = "mark"
    INDEX = "index"
    PREMIUMINDEX = "premiumIndex"
    FUNDING_RATE = "funding_rate"
    OPEN_INTEREST = "open_interest"


class OrderType(StrEnum):
    LIMIT = "limit"
    MARKET = "market"


class SignalDirection(StrEnum):
    LONG = "long"
    SHORT = "short"


class MarketDirection(StrEnum):
    """The user's opinion of the market; strategies may read it."""

    LONG = "long"
    SHORT = "short"
    EVEN = "even"
    NONE = "none"


class PrecisionMode(IntEnum):
    """How an exchange states precision; the numbers are ccxt's and are stored in the database."""

    DECIMAL_PLACES = 2
    SIGNIFICANT_DIGITS = 3
    TICK_SIZE = 4


class ExitType(StrEnum):
    ROI = "roi"
    STOP_LOSS = "stop_loss"
    STOPLOSS_ON_EXCHANGE = "stoploss_on_exchange"
    TRAILING_STOP_LOSS = "trailing_stop_loss"
    LIQUIDATION = "liquidation"
    EXIT_SIGNAL = "exit_signal"
    FORCE_EXIT = "force_exit"
    EMERGENCY_EXIT = "emergency_exit"
    CUSTOM_EXIT = "custom_exit"
    PARTIAL_EXIT = "partial_exit"
    SOLD_ON_EXCHANGE = "sold_on_exchange"
    NONE = ""
