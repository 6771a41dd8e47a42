"""Explain why the backtest did not enter where the bot did. Each cause is one function; the first counts."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from appliance.research.replay.scene import Scene
from appliance.research.replay.terms import Cause, Reason

if TYPE_CHECKING:
    from appliance.domain.trade import Trade

_FORCED_TAGS = ("force_entry", "forceentry", "force_enter", "forcebuy")
_LEAST_SHARE = 0.99
"""A stake that is smaller than that by rounding is none that was missing."""
_ENOUGH = ("manual", "whitelist", "end")
"""Causes beside which no other one matters."""
_FORCE_WORDS = ("forceenter", "forcebuy", "forcelong", "forceshort", "force_enter")


def why_not_tested(trade: "Trade", scene: Scene) -> list[Reason]:
    """Return what kept the backtest from entering, the most probable reason first; never none."""
    return against_backtest(trade, scene) or [_unknown(scene)]


def against_backtest(trade: "Trade", scene: Scene) -> list[Reason]:
    """Return what speaks against an entry of the backtest in the candle in which the bot entered, if any."""
    found = [reason for cause in _CAUSES if (reason := cause(trade, scene)) is not None]
    return found[:1] if found and found[0].cause in _ENOUGH else found


def _reason(cause: Cause, text: str, evidence: str = "") -> Reason:
    return Reason(about="trade", cause=cause, text=text, evidence=evidence)


def _forced(trade: "Trade", scene: Scene) -> Reason | None:
    command = scene.command(_FORCE_WORDS, trade.open_date, scene.candle_length)
    of_pair = command if command is not None and trade.pair in command.what else None
    if of_pair is None and (trade.enter_tag or "") not in _FORCED_TAGS:
        return None
    if of_pair is None:
        return _reason("manual", "it was entered by a command", f"tag {trade.enter_tag}")
    evidence = f"audit log, {of_pair.at:%Y-%m-%d %H:%M:%S}: {of_pair.what[:100]}"
    return _reason("manual", f"{of_pair.who} entered it by a command", evidence)


def _not_listed(trade: "Trade", scene: Scene) -> Reason | None:
    if trade.pair in scene.pairs:
        return None
    return _reason("whitelist", f"{trade.pair} is not on the whitelist, or has no candles: it was not tested")


def _beyond(trade: "Trade", scene: Scene) -> Reason | None:
    if scene.first <= trade.open_date < scene.last:
        return None
    text = f"the comparison ends with the candle of {scene.last:%Y-%m-%d %H:%M}, in which none is entered"
    return _reason("end", text)


def _held(trade: "Trade", scene: Scene) -> Reason | None:
    held = scene.tested_of(trade.pair, scene.candle_of(trade.open_date))
    if held is None:
        return None
    text = f"the backtest had {trade.pair} already, since {held.open_date:%Y-%m-%d %H:%M}"
    closed = f"{held.exit_reason} at {held.close_date:%Y-%m-%d %H:%M}" if held.close_date else "open"
    return _reason("held", text, f"its trade {held.id} ends with {closed}")


def _locked(trade: "Trade", scene: Scene) -> Reason | None:
    lock = scene.tested_lock(trade, scene.candle_of(trade.open_date))
    if lock is None:
        return None
    end = f"{lock.lock_end_time:%Y-%m-%d %H:%M}"
    return _reason("lock", f"in the backtest {lock.pair} was locked until {end}", lock.reason or "")


def _no_slot(trade: "Trade", scene: Scene) -> Reason | None:
    candle = scene.candle_of(trade.open_date)
    if not scene.was_rejected(trade.pair, candle):
        return None
    pairs = ", ".join(one.pair for one in scene.tested_open(candle))
    if trade.open_date > candle:
        late = trade.open_date - candle
        text = f"the bot entered {late} after the candle had opened, as a slot became free; a backtest cannot"
        return _reason("inside candle", text, f"slots taken in the backtest: {pairs}")
    return _reason("slot", "the backtest had no free slot", f"taken by {pairs}")


def _no_money(trade: "Trade", scene: Scene) -> Reason | None:
    candle = scene.candle_of(trade.open_date)
    free = scene.tested_free(candle)
    if free >= trade.stake_amount * _LEAST_SHARE:
        return None
    text = f"the backtest had {max(free, 0.0):.8g} left, less than the stake of {trade.stake_amount:.8g}"
    return _reason("wallet", text, f"{len(scene.tested_open(candle))} trades were open")


def _other_signal(trade: "Trade", scene: Scene) -> Reason | None:
    candle, direction = scene.candle_of(trade.open_date), trade.trade_direction
    if scene.evidence.tested_signal(trade.pair, candle, direction) is not False:
        return None
    if scene.evidence.live_signal(trade.pair, candle, direction):
        text = (
            "there is a signal only with the candles that the bot analyses: an indicator depends on how many "
            "there are"
        )
        return _reason("signal", text, f"signal of the candle before {candle:%Y-%m-%d %H:%M}")
    if scene.evidence.tested_signal(trade.pair, candle - scene.candle_length, direction):
        return _reason("late", "the bot entered by a signal of a candle before", f"signal for {candle:%H:%M}")
    if scene.changed:
        return _reason("strategy", "there is no signal: strategy or settings have changed", scene.changed)
    text = (
        "the stored candles give no signal: the bot saw other ones, or an older version of the strategy did"
    )
    return _reason(
        "candles", text, f"no signal for {candle:%Y-%m-%d %H:%M}, however many candles are analysed"
    )


_CAUSES: tuple[Callable[["Trade", Scene], Reason | None], ...] = (
    _forced,
    _not_listed,
    _beyond,
    _held,
    _locked,
    _no_slot,
    _no_money,
    _other_signal,
)


def _unknown(scene: Scene) -> Reason:
    if scene.changed:
        return _reason("strategy", "strategy or settings have changed since the bot traded", scene.changed)
    return _reason(
        "unknown",
        "the backtest had the signal, a slot and money; a callback of the strategy may have refused",
    )
