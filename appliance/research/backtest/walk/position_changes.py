"""Change the size of positions, as the strategy wants."""

from dataclasses import dataclass

from appliance.domain.decisions.kinds import Kind
from appliance.domain.enums import ExitType
from appliance.domain.money import amount_to_contract_step, exact, product, quotient
from appliance.domain.trade import Trade
from appliance.research.backtest.walk.candle import Candle
from appliance.research.backtest.walk.entries import Entries
from appliance.research.backtest.walk.exits import Exits
from appliance.research.backtest.walk.fills import Fills
from appliance.research.backtest.walk.ledger.account import Account
from appliance.research.backtest.walk.setup import WalkSetup
from appliance.rules.exits import ExitReason
from appliance.strategy.questions import PositionOffer, Questions

LEAST_STAKE_STOPLOSS = -0.1
"""The loss that the least stake of a change leaves room for (a ratio), as in freqtrade's backtests."""


@dataclass(kw_only=True, eq=False)
class PositionChanges:
    """Ask the strategy about each position on each candle, and add to it or reduce it."""

    setup: WalkSetup
    questions: Questions
    entries: Entries
    exits: Exits
    fills: Fills
    account: Account

    def change(self, trade: Trade, candle: Candle) -> None:
        """Add to the position or reduce it, where the strategy wants that."""
        rate = candle.open
        least, largest = self.entries.limits(trade.pair, rate, stoploss=LEAST_STAKE_STOPLOSS)
        largest = min(largest, self.account.get_available_stake_amount())
        offer = PositionOffer(rate, rate, least, largest)
        stake, tag = self.questions.position_change(trade, offer, candle.opened)
        if stake:
            self.setup.note(candle, Kind.ADJUSTMENT_WANTED, trade.id, stake, tag)
        if stake > 0 and not self._may_add(trade):
            limit = self.setup.resolved.max_entry_position_adjustment
            why = f"max_entry_position_adjustment is {limit}"
            self.setup.note(candle, Kind.NOT_ADJUSTED, trade.id, why)
        elif stake > 0:
            if self.entries.add(trade, candle, stake, tag):
                self.account.refresh(candle.opened)
        elif stake < 0:
            self._reduce(trade, candle, -stake, tag, least)

    def _may_add(self, trade: Trade) -> bool:
        limit = self.setup.resolved.max_entry_position_adjustment
        return limit < 0 or trade.nr_of_successful_entries <= limit

    def _reduce(
        self, trade: Trade, candle: Candle, stake: float, tag: str | None, least: float | None
    ) -> None:
        if not trade.stake_amount:
            return
        amount = amount_to_contract_step(
            float(quotient(product(stake, trade.amount), exact(trade.stake_amount))),
            trade.amount_precision,
            trade.precision_mode,
            trade.contract_size,
        )
        remaining = (trade.amount - amount) * candle.open
        if amount == 0.0 or (least and remaining != 0 and remaining < least):
            why = f"the rest of the stake would be {remaining:.8g}, less than {least or 0:.8g}"
            self.setup.note(candle, Kind.NOT_ADJUSTED, trade.id, why)
            return
        reason = ExitReason(ExitType.PARTIAL_EXIT, tag or ExitType.PARTIAL_EXIT.value)
        order = self.exits.place_for(trade, candle, reason, amount)
        if order is not None:
            self.fills.fill_exit(trade.orders[-1], trade, candle)
