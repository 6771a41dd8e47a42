"""Explain how the exit of a trade differs from that of the backtest: whether, when, why, at which rate."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from appliance.research.replay.fills import FORCED, OUTSIDE, price_reason
from appliance.research.replay.scene import Candle, Scene
from appliance.research.replay.terms import Cause, Reason

if TYPE_CHECKING:
    from appliance.domain.order import Order
    from appliance.domain.trade import Trade

_STOPS = frozenset({"stop_loss", "trailing_stop_loss", "stoploss_on_exchange", "liquidation"})
_BY_PRICE = _STOPS | {"roi"}
"""Reasons that depend on the price of the moment and of the entry."""
_SIGNAL, _EMERGENCY = "exit_signal", "emergency_exit"
_COMMANDS = ("forceexit", "forcesell", "force_exit")


def exit_differences(live: "Trade", tested: "Trade", scene: Scene) -> list[Reason]:
    """Return why the exits differ, the most probable reason first; none where they do not."""
    cut_off = scene.is_cut_off(tested)
    if live.is_open and cut_off:
        return []
    if (live.exit_reason or "") in FORCED and not live.is_open:
        return [_manual(live, scene)]
    if live.is_open and tested.close_date is not None and tested.close_date >= scene.last:
        text = (
            f"the backtest left by {tested.exit_reason} in the last candle, which the bot has not seen whole"
        )
        return [_because("end", text)]
    if live.is_open or cut_off or _is_elsewhere(live, tested, scene):
        return [next(_elsewhere(live, tested, scene))]
    found = price_reason(live, tested.close_rate or 0.0, scene, about="exit")
    if found is None:
        return []
    text = found.text.partition(":")[0]
    if tested.exit_reason in _BY_PRICE and _entered_differently(live, tested, scene):
        why = f"{text}: stops and minimal ROI follow the rate of the entry"
        return [_because("entry", why, found.evidence)]
    if tested.exit_reason in _STOPS and _is_worse(live, tested):
        why = f"{text}: the price had passed the stop when the bot looked"
        return [_because("slippage", why, found.evidence)]
    return [found]


def _is_elsewhere(live: "Trade", tested: "Trade", scene: Scene) -> bool:
    """Return whether the exits are in other candles, or for other reasons."""
    assert live.close_date is not None
    assert tested.close_date is not None
    is_other_candle = scene.number_of(live.close_date) != scene.number_of(tested.close_date)
    return is_other_candle or live.exit_reason != tested.exit_reason


def _elsewhere(live: "Trade", tested: "Trade", scene: Scene) -> Iterator[Reason]:
    """Yield the reasons for an exit at another time or for another reason, the most probable one first."""
    text = _both(live, tested, scene)
    theirs = tested.close_date or scene.last
    if live.is_open or (live.close_date or theirs) > theirs:
        absence = scene.down(theirs, live.close_date or scene.last)
        if absence is not None:
            yield _because(absence.kind, f"{text}: the bot was {absence.kind}", absence.evidence)
        if (order := _unfilled_exit(live)) is not None:
            why = order.ft_cancel_reason or "open still"
            evidence = f"placed {order.order_date:%Y-%m-%d %H:%M:%S} at {order.ft_price:.8g}: {why}"
            yield _because("time-out", f"{text}: an exit order was not filled", evidence)
    if live.exit_reason == _EMERGENCY:
        yield _because("time-out", f"{text}: its exit orders were not filled in time")
    if _entered_differently(live, tested, scene) and _by_price(live, tested, scene):
        evidence = f"entered at {live.open_rate:.8g} instead of {tested.open_rate:.8g}"
        yield _because("entry", f"{text}: stops and minimal ROI follow the rate of the entry", evidence)
    yield _by_candles(live, tested, scene, text)


def _by_candles(live: "Trade", tested: "Trade", scene: Scene, text: str) -> Reason:
    """Return what the prices within candles, or the signals, tell."""
    if not _by_price(live, tested, scene) and not _by_callback(live, tested, scene):
        return _by_signal(live, tested, scene, text)
    closed = live.close_date
    candle = scene.evidence.candle(live.pair, closed) if closed else None
    if candle is not None and live.close_rate and not _within(live.close_rate, candle):
        evidence = f"its candle: {candle.low:.8g} to {candle.high:.8g}"
        return _because("candles", f"{text}: the stored candle does not have this price", evidence)
    if _by_price(live, tested, scene):
        return _because("inside candle", f"{text}: within candles, the bot sees prices in their order")
    why = "the strategy was called with the prices of the moment, several times in each candle"
    return _because("inside candle", f"{text}: {why}")


def _by_signal(live: "Trade", tested: "Trade", scene: Scene, text: str) -> Reason:
    """Return why the exit signals of both sides acted at different times."""
    if scene.changed:
        return _because("strategy", f"{text}: the strategy has changed since", scene.changed)
    at_live = live.close_date if live.exit_reason == _SIGNAL and not live.is_open else None
    at_tested = tested.close_date if tested.exit_reason == _SIGNAL else None
    first = min((at for at in (at_live, at_tested) if at is not None), default=None)
    if first is None:
        return _because("signal", f"{text}: the signals of the candles that the bot had were other ones")
    candle, direction = scene.candle_of(first), live.trade_direction
    theirs = scene.evidence.tested_signal(live.pair, candle, direction, exits=True)
    evidence = f"exit signal of the candle before {candle:%Y-%m-%d %H:%M}"
    if theirs and scene.evidence.live_signal(live.pair, candle, direction, exits=True):
        why = "both had the signal; the price of the moment decided (exit_profit_only, a callback)"
        return _because("inside candle", f"{text}: {why}", evidence)
    if at_live is None or theirs or scene.evidence.live_signal(live.pair, candle, direction, exits=True):
        why = "the signal depends on how many candles are analysed"
        return _because("signal", f"{text}: {why}", evidence)
    if at_tested is not None and _is_next_candle(live, tested, scene):
        return _because("late", f"{text}: the bot acted on the signal of another candle")
    return _because("candles", f"{text}: the stored candles give no exit signal there", evidence)


def _by_callback(live: "Trade", tested: "Trade", scene: Scene) -> bool:
    """Return whether a callback of the strategy decided on one of the exits."""
    theirs = None if scene.is_cut_off(tested) else tested.exit_reason
    reasons = {None if live.is_open else live.exit_reason, theirs} - {None}
    return bool(reasons - _BY_PRICE - FORCED - {_SIGNAL, _EMERGENCY})


def _within(rate: float, candle: Candle) -> bool:
    return candle.low * (1 - OUTSIDE) <= rate <= candle.high * (1 + OUTSIDE)


def _because(cause: Cause, text: str, evidence: str = "") -> Reason:
    return Reason(about="exit", cause=cause, text=text, evidence=evidence)


def _manual(live: "Trade", scene: Scene) -> Reason:
    assert live.close_date is not None
    command = scene.command(_COMMANDS, live.close_date, scene.candle_length)
    by = f"by {command.who}" if command is not None else "by a command"
    evidence = (
        f"audit log, {command.at:%Y-%m-%d %H:%M:%S}: {command.what[:100]}" if command is not None else ""
    )
    text = f"exited {by} at {live.close_date:%Y-%m-%d %H:%M:%S} ({live.exit_reason})"
    return _because("manual", text, evidence)


def _both(live: "Trade", tested: "Trade", scene: Scene) -> str:
    """Say how both sides ended, in few words."""
    ours = (
        f"left by {live.exit_reason} at {live.close_date:%m-%d %H:%M:%S}"
        if not live.is_open
        else "still open"
    )
    if scene.is_cut_off(tested):
        return f"{ours}; the backtest was still in it at its end"
    return f"{ours}; the backtest left by {tested.exit_reason} at {tested.close_date:%m-%d %H:%M}"


def _by_price(live: "Trade", tested: "Trade", scene: Scene) -> bool:
    theirs = None if scene.is_cut_off(tested) else tested.exit_reason
    return bool({None if live.is_open else live.exit_reason, theirs} & _BY_PRICE)


def _entered_differently(live: "Trade", tested: "Trade", scene: Scene) -> bool:
    is_other_rate = not math.isclose(live.open_rate, tested.open_rate, rel_tol=1e-9)
    return is_other_rate or scene.number_of(live.open_date) != scene.number_of(tested.open_date)


def _is_next_candle(live: "Trade", tested: "Trade", scene: Scene) -> bool:
    if live.close_date is None or tested.close_date is None:
        return False
    return abs(scene.number_of(live.close_date) - scene.number_of(tested.close_date)) == 1


def _unfilled_exit(live: "Trade") -> "Order | None":
    exits = [order for order in live.orders if order.ft_order_side != live.entry_side]
    return next((order for order in exits if not order.safe_filled), None)


def _is_worse(live: "Trade", tested: "Trade") -> bool:
    ours, theirs = live.close_rate or 0.0, tested.close_rate or 0.0
    return ours > theirs if live.is_short else ours < theirs
