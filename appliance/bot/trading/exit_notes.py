"""Record what is decided about the exit of trades."""

from dataclasses import dataclass

from appliance.bot.decisions.decisions import Decisions
from appliance.domain.decisions.kinds import Kind
from appliance.domain.decisions.record import Fact
from appliance.domain.trade import Trade
from appliance.rules.exits import ExitFacts, ExitPolicy, ExitReason, why_held


@dataclass(frozen=True)
class ExitNotes:
    """Record steps about trades."""

    decisions: Decisions

    def holds(self, trade: Trade, rate: float, facts: ExitFacts, policy: ExitPolicy) -> None:
        """Record that a trade stays open, and what was checked."""

        def what() -> tuple[Fact, ...]:
            held = why_held(facts, policy)
            return trade.id, facts.profit, rate, trade.stop_loss, held.roi, held.signal

        self.decisions.note_calculated(trade.pair, Kind.HOLDS, what)

    def stop_moved(self, trade: Trade, before: float, *, custom: bool) -> None:
        """Record a stop (quote currency) that is no longer where it was `before`."""
        if trade.stop_loss != before:
            by = "custom_stoploss" if custom else "trailing" if trade.is_stop_loss_trailing else None
            self.decisions.note(trade.pair, Kind.STOP_MOVED, trade.id, before, trade.stop_loss, by)

    def due(self, trade: Trade, reason: ExitReason, rate: float) -> None:
        """Record the reason for which an exit at `rate` (quote currency) is tried."""
        rule = reason.kind.value
        tag = reason.text if reason.text != rule else None
        self.decisions.note_calculated(
            trade.pair,
            Kind.EXIT_DUE,
            lambda: (trade.id, rule, tag, rate, trade.calc_profit_ratio(rate)),
        )

    def waits(self, trade: Trade, reason: ExitReason) -> None:
        self.decisions.note(trade.pair, Kind.EXIT_WAITS, trade.id, reason.text)

    def not_confirmed(self, trade: Trade, reason: ExitReason) -> None:
        self.decisions.note(trade.pair, Kind.EXIT_NOT_CONFIRMED, trade.id, reason.text)

    def failed(self, trade: Trade, error: Exception) -> None:
        self.decisions.note(trade.pair, Kind.EXIT_FAILED, trade.id, str(error))
