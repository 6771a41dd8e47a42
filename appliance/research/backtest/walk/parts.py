"""Hand each part of a walk the objects that it works with."""

from dataclasses import dataclass

from appliance.research.backtest.outcome import Counters, RejectedSignal
from appliance.research.backtest.walk.cancellations import Cancellations
from appliance.research.backtest.walk.entries import Entries
from appliance.research.backtest.walk.exits import Exits
from appliance.research.backtest.walk.fills import Fills
from appliance.research.backtest.walk.ledger.account import Account
from appliance.research.backtest.walk.ledger.book import TradeList
from appliance.research.backtest.walk.ledger.locks import Locks
from appliance.research.backtest.walk.ledger.protections import Protections
from appliance.research.backtest.walk.open_orders import OpenOrders
from appliance.research.backtest.walk.pair_step import PairStep
from appliance.research.backtest.walk.position_changes import PositionChanges
from appliance.research.backtest.walk.setup import WalkSetup
from appliance.strategy.questions import Questions


@dataclass(frozen=True)
class Ledger:
    """Hold what a walk writes down: trades, balances, locks, and what did not become a trade."""

    book: TradeList
    account: Account
    locks: Locks
    counters: Counters
    rejected: list[RejectedSignal]


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Hold the parts of a walk."""

    fills: Fills
    entries: Entries
    exits: Exits
    open_orders: OpenOrders
    pair_step: PairStep

    @classmethod
    def of(cls, setup: WalkSetup, questions: Questions, ledger: Ledger) -> "Parts":
        """Make the parts."""
        book, account = ledger.book, ledger.account
        cancellations = Cancellations(ledger.counters)
        protections = Protections(
            setup.protections,
            book,
            ledger.locks,
            timeframe=setup.resolved.timeframe,
            starting_balance=account.get_starting_balance(),
        )
        fills = Fills(
            setup=setup,
            questions=questions,
            book=book,
            account=account,
            protections=protections,
            counters=ledger.counters,
        )
        entries = Entries(
            setup=setup,
            questions=questions,
            book=book,
            account=account,
            fills=fills,
            cancellations=cancellations,
        )
        exits = Exits(setup=setup, questions=questions, book=book, cancellations=cancellations)
        open_orders = OpenOrders(
            setup=setup,
            questions=questions,
            entries=entries,
            exits=exits,
            cancellations=cancellations,
            counters=ledger.counters,
        )
        position_changes = PositionChanges(
            setup=setup,
            questions=questions,
            entries=entries,
            exits=exits,
            fills=fills,
            account=account,
        )
        pair_step = PairStep(
            setup=setup,
            book=book,
            account=account,
            locks=ledger.locks,
            entries=entries,
            exits=exits,
            fills=fills,
            open_orders=open_orders,
            position_changes=position_changes,
            counters=ledger.counters,
            rejected=ledger.rejected,
        )
        return cls(fills=fills, entries=entries, exits=exits, open_orders=open_orders, pair_step=pair_step)

    def refresh(self) -> None:
        """Have all parts take over what the strategy says of itself."""
        for part in (self.fills, self.entries, self.exits, self.open_orders, self.pair_step):
            part.refresh()
