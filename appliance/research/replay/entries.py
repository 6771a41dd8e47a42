"""Explain how the entry of a trade differs from that of the backtest: time, rate, stake, fee, parts."""

import math
from typing import TYPE_CHECKING

from appliance.domain.enums import PrecisionMode
from appliance.research.replay.fills import FORCED, price_reason
from appliance.research.replay.only_live import against_backtest
from appliance.research.replay.only_tested import against_bot
from appliance.research.replay.orders import filled_orders
from appliance.research.replay.scene import Scene
from appliance.research.replay.terms import Cause, Reason

if TYPE_CHECKING:
    from appliance.domain.trade import Trade

_STAKE_NEAR = 2e-3
_LOTS = PrecisionMode.TICK_SIZE
"""Stakes are cut off to whole lots, of another rate."""
_FEE_NEAR = 1e-6


def entry_differences(live: "Trade", tested: "Trade", scene: Scene) -> list[Reason]:
    """Return why time, rate, stake, fee or parts differ; none where they do not."""
    found = [_time(live, tested, scene), price_reason(live, tested.open_rate, scene, about="entry")]
    parts = _parts(live, tested, scene)
    found += [parts, _fee(live, tested)] if parts is not None else [_stake(live, tested), _fee(live, tested)]
    return [reason for reason in found if reason is not None]


def _time(live: "Trade", tested: "Trade", scene: Scene) -> Reason | None:
    apart = scene.number_of(live.open_date) - scene.number_of(tested.open_date)
    if apart == 0:
        return _inside_candle(live, tested, scene)
    count = "1 candle" if abs(apart) == 1 else f"{abs(apart)} candles"
    if apart < 0:
        text, against = f"entered {count} before the backtest", against_backtest(live, scene)
        otherwise: Cause = "strategy" if scene.changed else "signal"
    else:
        text, against = f"entered {count} late", against_bot(tested, scene)
        otherwise = "late"
    if against:
        first = against[0]
        return Reason(about="entry", cause=first.cause, text=f"{text}: {first.text}", evidence=first.evidence)
    return Reason(about="entry", cause=otherwise, text=f"{text}: by the signal of another candle")


def _slots_taken(live: "Trade", tested: "Trade", scene: Scene) -> bool:
    others = [pair for pair in scene.slots_of_bot(tested.open_date) if pair != live.pair]
    return len(others) >= scene.slots_seen


def _inside_candle(live: "Trade", tested: "Trade", scene: Scene) -> Reason | None:
    late = live.open_date - tested.open_date
    if math.isclose(live.open_rate, tested.open_rate, rel_tol=1e-9):
        return None
    text = f"entered {late} after the candle had opened"
    held = scene.live_of(live.pair, tested.open_date)
    if held is not None and held.id != live.id:
        evidence = f"trade {held.id}, opened {held.open_date:%Y-%m-%d %H:%M:%S}"
        text = f"{text}, as the trade of {live.pair} before was closed"
        return Reason(about="entry", cause="inside candle", text=text, evidence=evidence)
    if not _slots_taken(live, tested, scene):
        return None
    evidence = f"slots taken before: {', '.join(scene.slots_of_bot(tested.open_date))}"
    return Reason(
        about="entry", cause="inside candle", text=f"{text}, as a slot became free", evidence=evidence
    )


def _stake(live: "Trade", tested: "Trade") -> Reason | None:
    ours, theirs = (one.max_stake_amount or one.stake_amount for one in (live, tested))
    lot = (live.amount_precision or 0.0) * max(live.open_rate, tested.open_rate)
    if math.isclose(ours, theirs, rel_tol=_STAKE_NEAR, abs_tol=lot if live.precision_mode == _LOTS else 0.0):
        return None
    text = f"put in {ours:.8g} instead of {theirs:.8g}"
    cut = next((one for one in filled_orders(live, entries=True) if one.safe_remaining > 0), None)
    if cut is not None:
        evidence = (
            f"filled {cut.safe_filled:.8g} of {cut.safe_amount:.8g}: {cut.ft_cancel_reason or cut.status}"
        )
        return Reason(
            about="stake", cause="time-out", text=f"{text}: the order filled in part", evidence=evidence
        )
    return Reason(
        about="stake", cause="stake", text=f"{text}: another balance, or another setting of the stake"
    )


def _fee(live: "Trade", tested: "Trade") -> Reason | None:
    if math.isclose(live.fee_open, tested.fee_open, rel_tol=_FEE_NEAR, abs_tol=1e-12):
        return None
    text = f"paid a fee of {live.fee_open:.4%} instead of {tested.fee_open:.4%}"
    return Reason(
        about="fee", cause="fee", text=text, evidence=f"paid in {live.fee_open_currency or 'quote'}"
    )


def _parts(live: "Trade", tested: "Trade", scene: Scene) -> Reason | None:
    ours = _filled(live, is_open=live.is_open)
    theirs = _filled(tested, is_open=False)  # what the end of the candles closed has that exit as its last
    if ours == theirs:
        return None
    entered, left = ("sold", "bought back") if live.is_short else ("bought", "sold")
    text = (
        f"{entered} in {ours[0]} parts, and {left} {_times(ours[1])} in between; "
        f"the backtest in {theirs[0]}, and {_times(theirs[1])}"
    )
    forced = next((one for one in live.orders if one.ft_order_tag in FORCED and one.safe_filled), None)
    if forced is not None and ours[1] > theirs[1]:
        evidence = f"order {forced.order_id}, {forced.order_date:%Y-%m-%d %H:%M:%S}"
        text = f"{text}: a part was exited by a command"
        return Reason(about="stake", cause="manual", text=text, evidence=evidence)
    return Reason(about="stake", cause="partial fills", text=text)


def _filled(trade: "Trade", *, is_open: bool) -> tuple[int, int]:
    """Return how many entries of a trade filled, and how many exits before the last one."""
    exits = len(filled_orders(trade, entries=False))
    return len(filled_orders(trade, entries=True)), exits if is_open else max(exits - 1, 0)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
