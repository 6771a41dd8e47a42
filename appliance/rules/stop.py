"""Move the stop loss of a trade with the price, and decide whether it is hit."""

import math
from collections.abc import Callable

import msgspec

from appliance.domain.enums import ExitType
from appliance.domain.trade import Trade

CustomStop = Callable[[float, float], float | None]
"""Call the strategy: (rate, profit ratio) -> new stop distance as a ratio of the rate, or None."""


class StopPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """State how the stop moves. All values are ratios after leverage; `stoploss` is negative."""

    stoploss: float
    trailing: bool = False
    positive: float | None = None
    offset: float = 0.0
    only_from_offset: bool = False


def move_stop(
    trade: Trade,
    policy: StopPolicy,
    best: float,
    *,
    worst: float | None = None,
    custom: CustomStop | None = None,
    after_fill: bool = False,
    profit: float | None = None,
) -> None:
    """Set the initial stop from the open rate, then tighten it: by the strategy's callback, then by trailing.

    `best` is the current rate or, in a backtest, the best of a candle for the direction of the trade, whose
    `worst` is given then; `profit` is the ratio at the best, if known. A stop that the worst rate has reached
    does not move: it is hit.
    """
    worst = best if worst is None else worst
    if not trade.stop_loss:
        trade.adjust_stop_loss(trade.open_rate, policy.stoploss, initial=True)
    if custom is None and not policy.trailing:
        return
    if not (trade.stop_loss > worst if trade.is_short else trade.stop_loss < worst):
        return
    profit = trade.calc_profit_ratio(best) if profit is None else profit
    distance = policy.stoploss
    if custom is not None:
        wanted = custom(best, profit)
        if wanted and math.isfinite(wanted):
            distance = wanted  # trailing keeps the distance that the strategy returned
            trade.adjust_stop_loss(best, wanted, allow_refresh=after_fill)
    if policy.trailing and not (policy.only_from_offset and profit < policy.offset):
        if policy.positive is not None and profit > policy.offset:
            distance = policy.positive
        trade.adjust_stop_loss(best, distance)


def stop_hit(trade: Trade, rate: float) -> ExitType | None:
    """Return which stop `rate` has reached, None if none. A stop that has moved counts as trailing."""
    if not _beyond(trade, trade.stop_loss, rate):
        liquidation = trade.liquidation_price
        return ExitType.LIQUIDATION if liquidation and _beyond(trade, liquidation, rate) else None
    return ExitType.TRAILING_STOP_LOSS if trade.is_stop_loss_trailing else ExitType.STOP_LOSS


def _beyond(trade: Trade, stop: float, rate: float) -> bool:
    return stop <= rate if trade.is_short else stop >= rate
