"""Walk over the candles of all pairs, from signals to closed trades."""

from collections.abc import Callable, Mapping

from appliance.domain.enums import ExitType
from appliance.domain.timeframe import to_date
from appliance.domain.trade import Trade
from appliance.research.backtest.outcome import Counters, Outcome, RejectedSignal
from appliance.research.backtest.walk.attributes import attributes_of, may_change, resolved_again
from appliance.research.backtest.walk.ledger.account import Account
from appliance.research.backtest.walk.ledger.book import TradeList
from appliance.research.backtest.walk.ledger.locks import Locks
from appliance.research.backtest.walk.next_step import NextStep
from appliance.research.backtest.walk.parts import Ledger, Parts
from appliance.research.backtest.walk.place import Place
from appliance.research.backtest.walk.schedule import Schedule
from appliance.research.backtest.walk.setup import WalkSetup
from appliance.research.backtest.walk.steps import Steps, Timeline, steps_of
from appliance.strategy.ports import Ports, plugged_in
from appliance.strategy.questions import Questions

Progress = Callable[[int, int, int], None]
"""Called now and then with the time reached and that of the end, both in ms, and the number of trades."""


def run(setup: WalkSetup, progress: Progress | None = None, *, detail: str | None = None) -> Outcome:
    """Backtest one strategy over its series and return what it led to."""
    return Walk(setup, detail).run(progress)


class Walk:
    """Visit the steps of all pairs at which something can happen, in the order of time.

    Within a candle, pairs with an open trade come first, in the order in which they were opened, then the
    others in the order of the whitelist: that decides who gets the last slot.
    """

    def __init__(
        self,
        setup: WalkSetup,
        detail: str | None = None,
        *,
        schedule: Callable[..., Schedule] = Schedule,
    ) -> None:
        resolved = setup.resolved
        self.setup = setup
        self.timeline = Timeline(setup.first_ms, resolved.timeframe, detail)
        self.steps: dict[str, Steps] = {
            pair: steps_of(
                series,
                self.timeline,
                can_short=setup.can_short,
                last_ms=setup.last_ms,
                expires_seconds=resolved.ignore_buying_expired_candle_after,
            )
            for pair, series in setup.series.items()
        }
        self.rank = {pair: place for place, pair in enumerate(setup.series)}
        self.counters = Counters()
        self.rejected: list[RejectedSignal] = []
        self.questions = Questions(setup.strategy)
        self.book = TradeList(keeps_summaries=bool(setup.protections))
        self.account = Account(setup.settings, self.book, resolved.max_open_trades, setup.strategy.config)
        self.account.refresh(to_date(setup.first_ms))
        self.starting_balance = self.account.get_total(setup.settings.stake_currency)
        self.locks = Locks(resolved.timeframe, self._before_locks_change)
        self.locks.take_over(setup.locks)
        next_step = NextStep(setup, self.questions)
        self.next_step = next_step
        self.schedule = schedule(
            self.steps,
            self.book,
            self.locks,
            next_step,
            self.counters,
            self.rejected,
            stacks=setup.position_stacking,
            visits_all_signals=setup.pairs_now is not None,
        )
        self._attributes = attributes_of(setup.strategy)
        self._may_change = may_change(setup.strategy)
        self.turns: Mapping[str, int] = self.rank
        self._seen: dict[int, int] = {}
        self.place = Place(self.timeline, self.steps, self.rank, self.book)
        self._hears_loop = self.questions.overrides("bot_loop_start")
        self.parts = Parts.of(
            setup,
            self.questions,
            Ledger(self.book, self.account, self.locks, self.counters, self.rejected),
        )

    def run(self, progress: Progress | None = None) -> Outcome:
        """Walk to the end and return the outcome."""
        setup = self.setup
        setup.strategy.wallets = self.account
        with plugged_in(Ports(self.book, self.locks)):
            self.schedule.start()
            last = self._last_position()
            self._walk_to(last, progress)
            self.schedule.count_waiting(last + 1)
            self._close_left_open()
        self.account.refresh(to_date(setup.last_ms))
        return Outcome(
            strategy=setup.resolved.name,
            trades=self.book.closed,
            locks=list(self.locks.all),
            counters=self.counters,
            rejected=self.rejected,
            wallet=self.account.changes,
            starting_balance=self.starting_balance,
            final_balance=self.account.get_total(setup.settings.stake_currency),
            first=to_date(setup.first_ms),
            last=to_date(setup.last_ms),
            realism=setup.realism,
        )

    def run_to(self, opened_ms: int, progress: Progress | None = None) -> None:
        """Walk to the end of the candle that opened then (ms, UTC); what is open stays open."""
        end = self.timeline.candle_position(opened_ms) + self.timeline.steps_per_candle - 1
        self.setup.strategy.wallets = self.account
        with plugged_in(Ports(self.book, self.locks)):
            self.schedule.start()
            self._walk_to(min(end, self._last_position()), progress)

    # -- positions -------------------------------------------------------------------------------------

    def _last_position(self) -> int:
        return self.timeline.candle_position(self.setup.last_ms) + self.timeline.steps_per_candle - 1

    def _before_locks_change(self) -> None:
        self.schedule.count_waiting(self.place.position)

    def _take_attributes(self, position: int) -> bool:
        """Go by the strategy's attributes as they are now, from a position on; return whether any changed."""
        attributes = attributes_of(self.setup.strategy)
        if attributes == self._attributes:
            return False
        pairs = {trade.pair for trade in self.book.open}
        reached = {pair: int(self.steps[pair].position.searchsorted(position)) for pair in pairs}
        for trade in self.book.open:  # until now, stops have moved by the attributes of before
            steps, step = self.steps[trade.pair], reached[trade.pair]
            self.next_step.catch_up(trade, steps, self._seen[trade.id], step)
            self._seen[trade.id] = max(self._seen[trade.id], step)
        self._attributes = attributes
        self.setup.resolved = resolved_again(self.setup.resolved, attributes)
        self.account.max_open_trades = self.setup.resolved.max_open_trades
        self.parts.refresh()
        self.next_step.refresh()
        self.schedule.count_waiting(position)
        for pair, step in reached.items():
            self.schedule.plan(pair, step, has_free_slot=self.parts.pair_step.has_free_slot)
        if self.parts.pair_step.has_free_slot:
            self.schedule.release_waiting(position)
        return True

    # -- one position ----------------------------------------------------------------------------------

    def _walk_to(self, last: int, progress: Progress | None) -> None:
        """Visit all positions up to the last."""
        visits = 0
        while True:
            planned = self.schedule.next_position()
            is_over = planned is None or planned > last
            if not self._reach(last if planned is None else min(planned, last)):
                continue
            if planned is None or is_over:
                return
            self._visit(planned)
            if self._may_change:
                self._take_attributes(planned + 1)
            visits += 1
            if progress is not None and visits % 256 == 0:
                progress(self.timeline.opened_ms(planned), self.setup.last_ms, len(self.book.closed))

    def _reach(self, position: int) -> bool:
        """Begin the candles up to that of a position: each calls the strategy's `bot_loop_start`.

        Return False where that changed what is to be visited.
        """
        if not self._hears_loop and self.setup.pairs_now is None:
            self.place.jump(position)
            return True
        for opened_ms in self.place.enter(position):
            if self.setup.pairs_now is not None:
                self.turns = {pair: place for place, pair in enumerate(self.setup.pairs_now())}
            if self._hears_loop:
                self.questions.loop_start(to_date(opened_ms))
                if self._take_attributes(self.place.position):
                    return False
        return True

    def _visit(self, position: int) -> None:
        """Visit the pairs that are due, those with open trades first."""
        due = self.schedule.due(position)
        for pair in dict.fromkeys([trade.pair for trade in self.book.open]):
            if pair in due:
                self._take(pair, due.pop(pair))
        if self.parts.pair_step.has_free_slot:
            self.schedule.release_waiting(position)
            due |= self.schedule.due(position)
        for pair in sorted(due, key=lambda pair: self.turns.get(pair, -1)):
            if pair in self.turns:
                self._take(pair, due[pair])
            else:  # a dynamic pair list has dropped it for now
                self.schedule.plan(pair, due[pair] + 1, has_free_slot=self.parts.pair_step.has_free_slot)
        if self.parts.pair_step.has_free_slot:
            self.schedule.release_waiting(position + 1)

    def _take(self, pair: str, step: int) -> None:
        """Take a pair through a step, and plan its next visit."""
        steps, trades = self.steps[pair], self.book.by_pair[pair]
        opened_ms = steps.rows.opened.item(step)
        self.place.at(pair, opened_ms)
        if trades or not self.place.rests(pair):
            for trade in trades:
                if (seen := self._seen[trade.id]) < step:
                    self.next_step.catch_up(trade, steps, seen, step)
            self.parts.pair_step.take(steps.candle_at(step))
        for trade in trades:
            self._seen[trade.id] = step + 1
        following = step + 1
        if not trades and self.place.rests(pair):
            following = steps.first.item(steps.candle.item(step) + 1)
        self.schedule.plan(pair, following, has_free_slot=self.parts.pair_step.has_free_slot)

    # -- the end ---------------------------------------------------------------------------------------

    def _close_left_open(self) -> None:
        """Exit what is open at the open of each pair's last candle; entries that never filled are dropped."""
        for pair in sorted(self.steps, key=self._first_seen):
            steps = self.steps[pair]
            for trade in list(self.book.by_pair[pair]):
                if trade.amount <= 0 or (trade.has_open_orders and trade.nr_of_successful_entries == 0):
                    self.book.discard(trade)
                    continue
                self._force_exit(trade, steps)

    def _force_exit(self, trade: Trade, steps: Steps) -> None:
        self.next_step.catch_up(trade, steps, self._seen[trade.id], len(steps))
        exit_candle = steps.last_candle()
        rate = self.parts.exits.offered(trade, exit_candle).open
        self.parts.exits.place(trade, exit_candle, rate, trade.amount, ExitType.FORCE_EXIT.value)
        trade.exit_reason = ExitType.FORCE_EXIT.value
        self.parts.fills.fill_exit(trade.orders[-1], trade, exit_candle)

    def _first_seen(self, pair: str) -> tuple[int, int]:
        opened = self.setup.series[pair].rows.opened
        return (int(opened[0]) if len(opened) else 0, self.rank[pair])
