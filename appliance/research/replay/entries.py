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
    is_other = not math.isclose(live.open_rate, tested.open_rate, rel_tol=1e-9)
    if not is_other or not _slots_taken(live, tested, scene):
        return None
    text = f"entered {late} after the candle had opened, as a slot became free"
    others = ", ".join(scene.slots_of_bot(tested.open_date))
    return Reason(about="entry", cause="inside candle", text=text, evidence=f"slots taken before: {others}")


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
    ours, theirs = (
        tuple(len(filled_orders(one, entries=entries)) for entries in (True, False)) for one in (live, tested)
    )
    if live.is_open or scene.is_cut_off(tested):  # what is open has no last exit yet
        ours, theirs = (ours[0], max(ours[1], 1)), (theirs[0], max(theirs[1], 1))
    if ours == theirs:
        return None
    entered, left = ours
    text = (
        f"bought in {entered} parts and sold in {left}; the backtest in {theirs[0]} and {theirs[1]}"
        if not live.is_short
        else f"sold in {entered} parts and bought back in {left}; the backtest in {theirs[0]} and {theirs[1]}"
    )
    forced = next((one for one in live.orders if one.ft_order_tag in FORCED and one.safe_filled), None)
    if forced is not None and left > 1:
        evidence = f"order {forced.order_id}, {forced.order_date:%Y-%m-%d %H:%M:%S}"
        return Reason(
            about="stake", cause="manual", text=f"{text}: a part was exited by a command", evidence=evidence
        )
    return Reason(about="stake", cause="partial fills", text=text)
