"""Explain why the bot did not enter where the backtest did. Each cause is one function; the first counts."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from appliance.research.replay.matching import TOLERANCE
from appliance.research.replay.orders import FINAL
from appliance.research.replay.scene import Scene
from appliance.research.replay.terms import Cause, Reason

if TYPE_CHECKING:
    from appliance.domain.trade import Trade

_NEAR_LEAST = 1.35
"""Stakes below the minimum are raised to it, by 30 % at most; it depends on the rate and the stop."""
_LEAST_SHARE = 0.99
"""A stake that is smaller than that by rounding is none that was missing."""


def why_not_entered(trade: "Trade", scene: Scene) -> list[Reason]:
    """Return what kept the bot from entering, the most probable reason first; never none."""
    return against_bot(trade, scene) or [_unknown(scene)]


def against_bot(trade: "Trade", scene: Scene) -> list[Reason]:
    """Return what speaks against an entry of the bot at the moment in which the backtest entered, if any."""
    return [reason for cause in _CAUSES if (reason := cause(trade, scene)) is not None]


def _reason(cause: Cause, text: str, evidence: str = "") -> Reason:
    return Reason(about="trade", cause=cause, text=text, evidence=evidence)


def _absent(trade: "Trade", scene: Scene) -> Reason | None:
    absence = scene.absence(trade.open_date, trade.open_date + scene.candle_length)
    if absence is None or not absence.covers(trade.open_date):
        return None
    return _reason(absence.kind, f"the bot was {absence.kind}", absence.evidence)


def _held(trade: "Trade", scene: Scene) -> Reason | None:
    held = scene.live_of(trade.pair, trade.open_date)
    if held is None:
        return None
    text = f"the bot had {trade.pair} already: its trade {held.id} was open"
    closed = f"closed {held.close_date:%Y-%m-%d %H:%M:%S}" if held.close_date else "still open"
    return _reason("held", text, f"trade {held.id}, opened {held.open_date:%Y-%m-%d %H:%M:%S}, {closed}")


def _locked(trade: "Trade", scene: Scene) -> Reason | None:
    lock = scene.live_lock(trade, trade.open_date)
    if lock is None:
        return None
    end = f"{lock.lock_end_time:%Y-%m-%d %H:%M:%S}"
    text = f"{lock.pair} was locked until {end} ({lock.reason or 'without a reason'})"
    return _reason("lock", text, f"lock {lock.id}, made {lock.lock_time:%Y-%m-%d %H:%M:%S}")


def _unfilled(trade: "Trade", scene: Scene) -> Reason | None:
    latest = trade.open_date + scene.candle_length * TOLERANCE
    for order in scene.unfilled_of(trade.pair):
        if order.side == trade.entry_side and trade.open_date <= order.created_at < latest:
            still_open = order.state not in FINAL
            waited = (scene.past.last if still_open else order.updated_at) - order.created_at
            text = f"its order at {order.rate:.8g} was not filled ({order.note or order.state.value})"
            evidence = f"order {order.client_order_id}, {order.created_at:%Y-%m-%d %H:%M:%S}, waited {waited}"
            return _reason("time-out", text, evidence)
    return None


def _no_slot(trade: "Trade", scene: Scene) -> Reason | None:
    taken = scene.slots_of_bot(trade.open_date)
    if len(taken) >= scene.max_open_trades:
        text = f"all {len(taken)} slots were taken (max_open_trades is {scene.max_open_trades:g})"
        return _reason("slot", text, f"open then: {', '.join(taken)}")
    return None


def _fewer_slots(trade: "Trade", scene: Scene) -> Reason | None:
    """Return that the bot probably had fewer slots: a setting of the past is not recorded."""
    taken = scene.slots_of_bot(trade.open_date)
    if not scene.slots_seen <= len(taken) < scene.max_open_trades:
        return None
    text = (
        f"{len(taken)} trades were open, and the bot never had more at once: max_open_trades, "
        f"{scene.max_open_trades:g} now, was probably lower"
    )
    return _reason("slot", text, f"open then: {', '.join(taken)}")


def _no_money(trade: "Trade", scene: Scene) -> Reason | None:
    free = scene.live_free(trade.open_date)
    if free >= trade.stake_amount * _LEAST_SHARE:
        return None
    text = f"the bot had {max(free, 0.0):.8g} left, less than the stake of {trade.stake_amount:.8g}"
    return _reason("wallet", text, f"{len(scene.slots_of_bot(trade.open_date))} trades were open")


def _small_stake(trade: "Trade", scene: Scene) -> Reason | None:
    least = scene.evidence.least_stake(trade.pair)
    if least is None or trade.stake_amount > least * _NEAR_LEAST:
        return None
    text = f"its stake of {trade.stake_amount:.8g} is near the exchange's minimum of {least:.8g}"
    return _reason("stake", f"{text}, below which the bot enters nothing")


def _other_signal(trade: "Trade", scene: Scene) -> Reason | None:
    if scene.evidence.live_signal(trade.pair, trade.open_date, trade.trade_direction) is not False:
        return None
    text = "there is no signal with the candles that the bot analyses: it depends on how many there are"
    return _reason("signal", text, f"signal of the candle before {trade.open_date:%Y-%m-%d %H:%M}")


def _unseen_candle(trade: "Trade", scene: Scene) -> Reason | None:
    if trade.open_date < scene.past.last - timedelta(milliseconds=1):
        return None
    return _reason("end", "the bot's past ends before it could enter")


_CAUSES: tuple[Callable[["Trade", Scene], Reason | None], ...] = (
    _absent,
    _held,
    _locked,
    _unfilled,
    _no_slot,
    _no_money,
    _unseen_candle,
    _other_signal,
    _small_stake,
    _fewer_slots,
)


def _unknown(scene: Scene) -> Reason:
    if scene.changed:
        return _reason("strategy", "strategy or settings have changed since the bot traded", scene.changed)
    return _reason(
        "unknown",
        "nothing that the bot recorded explains it; it may have seen other candles, its pair list may have "
        "left the pair out, or the strategy's callbacks refused",
    )
