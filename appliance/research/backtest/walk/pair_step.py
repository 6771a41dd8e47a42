"""Do what one candle does to one pair: open orders, an entry, fills, exits."""

from dataclasses import dataclass

from appliance.domain.decisions.kinds import Kind
from appliance.domain.enums import TradeDirection
from appliance.domain.timeframe import to_ms
from appliance.domain.trade import Trade
from appliance.research.backtest.outcome import Counters, RejectedSignal
from appliance.research.backtest.walk.candle import Candle
from appliance.research.backtest.walk.entries import Entries
from appliance.research.backtest.walk.exits import Exits
from appliance.research.backtest.walk.fills import Fills
from appliance.research.backtest.walk.ledger.account import Account
from appliance.research.backtest.walk.ledger.book import TradeList
from appliance.research.backtest.walk.ledger.locks import Locks
from appliance.research.backtest.walk.open_orders import OpenOrders
from appliance.research.backtest.walk.position_changes import PositionChanges
from appliance.research.backtest.walk.setup import WalkSetup
from appliance.rules.protections.naming import protection_of


@dataclass(kw_only=True, eq=False)
class PairStep:
    """Take a pair through a candle. `rejected` lists signals without a slot."""

    setup: WalkSetup
    book: TradeList
    account: Account
    locks: Locks
    entries: Entries
    exits: Exits
    fills: Fills
    open_orders: OpenOrders
    position_changes: PositionChanges
    counters: Counters
    rejected: list[RejectedSignal]

    def __post_init__(self) -> None:
        self.refresh()

    def refresh(self) -> None:
        """Take over what the strategy says of itself."""
        self._max_open = self.setup.resolved.max_open_trades
        self._stacks = self.setup.position_stacking
        self._changes_positions = self.setup.resolved.position_adjustment_enable

    @property
    def has_free_slot(self) -> bool:
        return self._max_open <= 0 or len(self.book.open) < self._max_open

    def take(self, candle: Candle) -> None:
        """Take the pair through the candle; twice where a signal turns a position round."""
        for _ in range(2):
            closed = self._once(candle)
            if closed is None or candle.direction in (None, closed) or not self.setup.can_short:
                return

    def _once(self, candle: Candle) -> TradeDirection | None:
        """Return the direction of the position that this has closed, if it has closed one."""
        trades = self.book.by_pair[candle.pair]
        held = None if self._stacks or not trades else trades[0].trade_direction
        for trade in list(trades):
            if trade.has_open_orders and self.open_orders.end_trade(trade, candle):
                self.book.discard(trade)
                self.account.refresh(candle.opened)
        if candle.direction is not None:
            if self._stacks or not trades:
                self._enter(candle, candle.direction)
            else:
                self.setup.note(candle, Kind.IN_TRADE, trades[0].id)
        for trade in list(trades):
            self._advance(trade, candle)
        return held if held and not trades else None

    def _enter(self, candle: Candle, side: TradeDirection) -> None:
        if self.locks.ends(candle.pair, side, candle.opened_ms) > candle.opened_ms:
            if self.setup.witness is not None:
                self._note_lock(candle, side)
            return
        if not self.has_free_slot:
            self.setup.note(candle, Kind.NO_SLOT, len(self.book.open), self._max_open)
            self.counters.rejected_signals += 1
            self.rejected.append(RejectedSignal(candle.pair, candle.opened, candle.enter_tag))
        elif self.entries.enter(candle, side) is not None:
            self.account.refresh(candle.opened)

    def _note_lock(self, candle: Candle, side: TradeDirection) -> None:
        lock = self.locks.holding(candle.pair, side, candle.opened_ms)
        if lock is not None:
            facts = (to_ms(lock.lock_end_time), protection_of(lock.reason), lock.reason)
            self.setup.note(candle, Kind.LOCKED, *facts)

    def _advance(self, trade: Trade, candle: Candle) -> None:
        if trade.has_open_orders:
            entry = trade.select_order(trade.entry_side, True)
            if self.fills.fill_entry(entry, trade, candle):
                self.account.refresh(candle.opened)
        if trade.amount > 0:
            if self.setup.futures is not None:
                self.fills.charge_funding(trade, candle.opened)
            if self._changes_positions:
                self.position_changes.change(trade, candle)
            if trade.is_open:
                self.exits.exit_where_due(trade, candle)
        if trade.is_open and trade.has_open_orders:
            exiting = trade.select_order(trade.exit_side, True)
            if exiting is not None:
                self.fills.fill_exit(exiting, trade, candle)
