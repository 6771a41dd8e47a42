"""The spaces that every strategy has, whatever its parameters, and what their values mean.

A nested class `HyperOpt` of a strategy may replace each function by one of the same name. Limits are
freqtrade's.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from appliance.domain import timeframe as timeframes
from appliance.strategy.dimensions import Categorical, Dimension, Integer, SKDecimal

_MINUTES = {"roi_t1": (10, 120), "roi_t2": (10, 60), "roi_t3": (10, 40)}
"""Limits of the steps of a ROI table, for 5 minute candles."""
_RATIOS = {"roi_p1": (0.01, 0.04), "roi_p2": (0.01, 0.07), "roi_p3": (0.01, 0.20)}


def roi_space(timeframe: str) -> list[Dimension]:
    """Return the dimensions of a ROI table: three lengths (minutes), and three ratios that add up.

    Lengths grow with the time frame, ratios with its logarithm.
    """
    minutes = timeframes.seconds(timeframe) // 60
    longer, higher = minutes / 5, math.log1p(minutes) / math.log1p(5)
    lengths = [Integer(int(low * longer), int(high * longer), name) for name, (low, high) in _MINUTES.items()]
    ratios = [SKDecimal(low * higher, high * higher, 3, name) for name, (low, high) in _RATIOS.items()]
    return [*lengths, *ratios]


def generate_roi_table(params: Mapping[str, Any]) -> dict[int, float]:
    """Return the ROI table of an epoch: minutes, and the ratios from then on."""
    third = params["roi_t3"]
    second = third + params["roi_t2"]
    first = second + params["roi_t1"]
    return {
        0: params["roi_p1"] + params["roi_p2"] + params["roi_p3"],
        third: params["roi_p1"] + params["roi_p2"],
        second: params["roi_p1"],
        first: 0,
    }


def stoploss_space() -> list[Dimension]:
    """Return the dimension of the stop loss (a ratio below 0)."""
    return [SKDecimal(-0.35, -0.02, 3, "stoploss")]


def trailing_space() -> list[Dimension]:
    """Return the dimensions of a trailing stop; its offset is searched as the distance to its ratio."""
    return [
        Categorical([True], "trailing_stop"),
        SKDecimal(0.01, 0.35, 3, "trailing_stop_positive"),
        SKDecimal(0.001, 0.1, 3, "trailing_stop_positive_offset_p1"),
        Categorical([True, False], "trailing_only_offset_is_reached"),
    ]


def generate_trailing_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of a strategy for the trailing stop of an epoch."""
    positive = params["trailing_stop_positive"]
    return {
        "trailing_stop": params["trailing_stop"],
        "trailing_stop_positive": positive,
        "trailing_stop_positive_offset": positive + params["trailing_stop_positive_offset_p1"],
        "trailing_only_offset_is_reached": params["trailing_only_offset_is_reached"],
    }


def max_open_trades_space() -> list[Dimension]:
    """Return the dimension of the most open trades; -1 and 0 stand for no limit."""
    return [Integer(-1, 10, "max_open_trades")]


def generate_estimator(dimensions: Sequence[Dimension], **_: Any) -> str:
    """Return the name of optuna's sampler."""
    return "NSGAIIISampler"
