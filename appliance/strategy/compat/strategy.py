"""Offer what strategies import from `freqtrade.strategy` and the modules in it."""

from appliance.strategy.compat.annotations import AnnotationType
from appliance.strategy.compat.enums import (
    CandleType,
    ExitCheckTuple,
    ExitType,
    MarketDirection,
    RunMode,
    SignalDirection,
    SignalTagType,
    SignalType,
    TradingMode,
)
from appliance.strategy.compat.exceptions import OperationalException, StrategyError
from appliance.strategy.compat.persistence import Order, PairLocks, Trade
from appliance.strategy.data_provider import DataProvider
from appliance.strategy.informative import informative
from appliance.strategy.interface import IStrategy
from appliance.strategy.merging import merge_informative_pair
from appliance.strategy.parameters import (
    BaseParameter,
    BooleanParameter,
    CategoricalParameter,
    DecimalParameter,
    IntParameter,
    NumericParameter,
    RealParameter,
)
from appliance.strategy.stops import stoploss_from_absolute, stoploss_from_open
from appliance.strategy.timeframes import (
    timeframe_to_minutes,
    timeframe_to_msecs,
    timeframe_to_next_date,
    timeframe_to_prev_date,
    timeframe_to_seconds,
)
from appliance.strategy.tuning import Tunable as HyperStrategyMixin

__all__ = [
    "AnnotationType",
    "BaseParameter",
    "BooleanParameter",
    "CandleType",
    "CategoricalParameter",
    "DataProvider",
    "DecimalParameter",
    "ExitCheckTuple",
    "ExitType",
    "HyperStrategyMixin",
    "IStrategy",
    "IntParameter",
    "MarketDirection",
    "NumericParameter",
    "OperationalException",
    "Order",
    "PairLocks",
    "RealParameter",
    "RunMode",
    "SignalDirection",
    "SignalTagType",
    "SignalType",
    "StrategyError",
    "Trade",
    "TradingMode",
    "informative",
    "merge_informative_pair",
    "stoploss_from_absolute",
    "stoploss_from_open",
    "timeframe_to_minutes",
    "timeframe_to_msecs",
    "timeframe_to_next_date",
    "timeframe_to_prev_date",
    "timeframe_to_seconds",
]
