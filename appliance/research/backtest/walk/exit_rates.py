"""Decide at what rate an exit happens within a candle. Rates in quote currency.

A candle does not say in which order its prices came: where that matters, the worse order is assumed.
"""

from datetime import datetime, timedelta

from appliance.domain.enums import ExitType
from appliance.domain.roi import RoiEntry
from appliance.domain.trade import Trade
from appliance.research.backtest.walk.candle import Candle
from appliance.rules.exits import ExitReason
from appliance.rules.stop import StopPolicy

SignalKinds = (ExitType.EXIT_SIGNAL, ExitType.CUSTOM_EXIT, ExitType.PARTIAL_EXIT)
"""Reasons that are known when the candle opens."""
_MINUTE = timedelta(minutes=1)
StopKinds = (ExitType.STOP_LOSS, ExitType.TRAILING_STOP_LOSS, ExitType.LIQUIDATION)


def stop_rate(
    trade: Trade, candle: Candle, kind: ExitType, policy: StopPolicy | None, *, minutes_open: int
) -> float:
    """Return the rate of an exit by a stop.

    A stop beyond the whole candle is left at its open. A trailing stop that is reached within the candle of
    the entry is assumed to have been moved as little as possible: the price went just far enough to move it,
    then turned. `policy` is None where the strategy moves the stop itself.
    """
    liquidated = kind is ExitType.LIQUIDATION and trade.liquidation_price
    stop = trade.liquidation_price if liquidated else trade.stop_loss
    assert stop is not None
    if stop < candle.low if trade.is_short else stop > candle.high:
        return candle.open
    if kind is ExitType.TRAILING_STOP_LOSS and minutes_open == 0:
        return _trailed_at_once(trade, candle, policy)
    return stop


def _trailed_at_once(trade: Trade, candle: Candle, policy: StopPolicy | None) -> float:
    side = -1 if trade.is_short else 1
    if policy and policy.trailing and policy.only_from_offset and policy.positive:
        moved = side * abs(policy.offset) - side * abs(policy.positive / trade.leverage)
        rate = candle.open * (1 + moved)
    else:
        rate = candle.open * (1 - side * abs((trade.stop_loss_pct or 0.0) / trade.leverage))
    return min(candle.high, rate) if trade.is_short else max(candle.low, rate)


def roi_rate(
    trade: Trade,
    candle: Candle,
    entry: RoiEntry,
    *,
    minutes_open: int,
    candle_minutes: int,
) -> float | None:
    """Return the rate at which a minimal ROI is taken; None if it cannot have been reached.

    An `entry` that begins to apply with this very candle is taken at its open, where that is better. Where a
    trade was entered below the open of this very candle, a rate above its close was reached only if the price
    fell first: on a falling candle (of longs) that is not assumed.
    """
    since, ratio = entry
    if ratio is None or since is None:
        return candle.open
    begins_here = since % candle_minutes == 0 if candle_minutes else False
    if ratio == -1 and begins_here:
        return candle.open
    rate = trade.calc_close_rate_for_roi(ratio)
    open_is_better = candle.open < rate if trade.is_short else candle.open > rate
    if minutes_open > 0 and minutes_open == since and begins_here and open_is_better:
        return candle.open
    if minutes_open == 0 and _against_candle(trade, candle, rate):
        return None
    return min(max(rate, candle.low), candle.high)


def _against_candle(trade: Trade, candle: Candle, rate: float) -> bool:
    if trade.is_short:
        return candle.open < candle.close and trade.open_rate > candle.open and rate < candle.close
    return candle.open > candle.close and trade.open_rate < candle.open and rate > candle.close


def within_candle(trade: Trade, candle: Candle, rate: float) -> float:
    """Return the rate of an exit order, limited to what the candle offers: it would fill at once beyond."""
    return min(rate, candle.high) if trade.is_short else max(rate, candle.low)


def minutes_between(opened: datetime, now: datetime) -> int:
    return (now - opened) // _MINUTE


def is_known_at_open(reason: ExitReason) -> bool:
    """Return whether an exit is decided before the candle moves."""
    return reason.kind in SignalKinds
