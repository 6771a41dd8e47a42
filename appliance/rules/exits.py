"""Decide whether and why to exit a trade: all reasons that apply, in the order to try them."""

import msgspec

from appliance.domain.enums import ExitType
from appliance.domain.roi import roi_at

REASON_LENGTH = 255
"""Characters of a reason that the database stores."""


class ExitReason(msgspec.Struct, frozen=True):
    """State a reason to exit: its kind, and the text stored with the trade."""

    kind: ExitType
    text: str


class ExitFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Hold the inputs of the decision. Profits are ratios, `best_profit` at the best rate of the candle."""

    profit: float
    best_profit: float
    minutes_open: int
    stop: ExitType | None
    entry_signal: bool
    exit_signal: bool
    exit_tag: str | None = None
    custom_exit: str | bool | None = None
    custom_roi: float | None = None
    roi_reached: bool | None = None
    """The result of a strategy's own ROI check; None: use the table and `custom_roi`."""


class ExitPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Hold the exit settings of strategy and configuration."""

    minimal_roi: dict[int, float]
    use_exit_signal: bool = True
    profit_only: bool = False
    profit_offset: float = 0.0
    ignore_roi_on_entry_signal: bool = False


def asks_custom_exit(policy: ExitPolicy, *, entry_signal: bool, exit_signal: bool) -> bool:
    """Return whether `custom_exit` is called: only if no exit signal decides already."""
    return policy.use_exit_signal and not (exit_signal and not entry_signal)


def exit_reasons(facts: ExitFacts, policy: ExitPolicy) -> list[ExitReason]:
    """Return the reasons in the order to try them: signal, stop loss, ROI, trailing stop."""
    reasons = []
    signal = _signal(facts, policy)
    if signal is not None:
        reasons.append(signal)
    if facts.stop in (ExitType.STOP_LOSS, ExitType.LIQUIDATION):
        reasons.append(ExitReason(facts.stop, facts.stop.value))
    if _roi_reached(facts, policy):
        reasons.append(ExitReason(ExitType.ROI, ExitType.ROI.value))
    if facts.stop is ExitType.TRAILING_STOP_LOSS:
        reasons.append(ExitReason(facts.stop, facts.stop.value))
    return reasons


class Held(msgspec.Struct, frozen=True):
    """State what was checked of a trade that stays: the profit that ROI asks (ratio), what became of signals.

    `roi` is None where no ROI applies. `signal` is empty if there was no exit signal.
    """

    roi: float | None
    signal: str = ""


def why_held(facts: ExitFacts, policy: ExitPolicy) -> Held:
    """Return what kept a trade open for which `exit_reasons` found nothing."""
    ignores_roi = facts.entry_signal and policy.ignore_roi_on_entry_signal
    own = ignores_roi or facts.roi_reached is not None
    roi = None if own else roi_at(policy.minimal_roi, facts.minutes_open, facts.custom_roi)
    return Held(roi, _signal_ignored(facts, policy))


def _signal_ignored(facts: ExitFacts, policy: ExitPolicy) -> str:
    if not facts.exit_signal:
        return ""
    if not policy.use_exit_signal:
        return "its exit signal is ignored (use_exit_signal is false)"
    if facts.entry_signal:
        return "its exit signal is ignored beside an entry signal"
    return f"its exit signal is ignored until the profit passes {policy.profit_offset:.2%} (exit_profit_only)"


def _signal(facts: ExitFacts, policy: ExitPolicy) -> ExitReason | None:
    if not policy.use_exit_signal:
        return None
    if facts.exit_signal and not facts.entry_signal:
        if policy.profit_only and facts.profit <= policy.profit_offset:
            return None
        return ExitReason(ExitType.EXIT_SIGNAL, facts.exit_tag or ExitType.EXIT_SIGNAL.value)
    if facts.custom_exit:
        text = facts.custom_exit if isinstance(facts.custom_exit, str) else ExitType.CUSTOM_EXIT.value
        return ExitReason(ExitType.CUSTOM_EXIT, text[:REASON_LENGTH])
    return None


def _roi_reached(facts: ExitFacts, policy: ExitPolicy) -> bool:
    if facts.entry_signal and policy.ignore_roi_on_entry_signal:
        return False
    if facts.roi_reached is not None:
        return facts.roi_reached
    wanted = roi_at(policy.minimal_roi, facts.minutes_open, facts.custom_roi)
    return wanted is not None and facts.best_profit > wanted
