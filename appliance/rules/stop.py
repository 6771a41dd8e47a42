"""Move the stop loss of a trade with the price, and decide whether it is hit."""

import math
from collections.abc import Callable

import msgspec

from appliance.domain.enums import ExitType
from appliance.domain.trade import Trade

CustomStop = Callable[[float, float], float | None]
"""Asks the strategy: (rate, profit ratio) -> new stop distance as a ratio of the rate, or None."""


class StopPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """State how the stop behaves. All are ratios after leverage; `stoploss` is negative."""

    stoploss: float
    trailing: bool = False
    positive: float | None = None
    offset: float = 0.0
    only_from_offset: bool = False


def move_stop(
    trade: Trade,
    policy: StopPolicy,
    rate: float,
    *,
    best: float | None = None,
    worst: float | None = None,
    custom: CustomStop | None = None,
    after_fill: bool = False,
) -> None:
    """Set the first stop from the open rate, then tighten it: by the strategy's word, then by trailing.

    `best` and `worst` are the extremes of a candle, for the trade's direction (backtest); live, both are
    `rate`. Nothing moves once the stop lies beyond `worst`: then it is hit.
    """
    trade.adjust_stop_loss(trade.open_rate, policy.stoploss, initial=True)
    adverse = rate if worst is None else worst
    if not (trade.stop_loss > adverse if trade.is_short else trade.stop_loss < adverse):
        return
    leading = rate if best is None else best
    profit = trade.calc_profit_ratio(leading)
    distance = policy.stoploss
    if custom is not None:
        wanted = custom(leading, profit)
        if wanted and math.isfinite(wanted):
            distance = wanted  # trailing, where it is on as well, keeps the distance that the strategy wants
            trade.adjust_stop_loss(leading, wanted, allow_refresh=after_fill)
    if policy.trailing and not (policy.only_from_offset and profit < policy.offset):
        if policy.positive is not None and profit > policy.offset:
            distance = policy.positive
        trade.adjust_stop_loss(leading, distance)


def stop_hit(trade: Trade, rate: float) -> ExitType | None:
    """Tell by which stop `rate` ends the trade, None if by none. A stop that has moved counts as trailing."""
    if not _beyond(trade, trade.stop_loss, rate):
        liquidation = trade.liquidation_price
        return ExitType.LIQUIDATION if liquidation and _beyond(trade, liquidation, rate) else None
    return ExitType.TRAILING_STOP_LOSS if trade.is_stop_loss_trailing else ExitType.STOP_LOSS


def _beyond(trade: Trade, stop: float, rate: float) -> bool:
    return stop <= rate if trade.is_short else stop >= rate
