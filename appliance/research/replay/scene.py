"""Hold what is known of both sides, and answer what was the case at a moment. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple, Protocol

from appliance.domain.timeframe import candle_open_ms, milliseconds, to_date, to_ms
from appliance.research.replay.absence import Absence
from appliance.research.replay.by_day import ByDay
from appliance.research.replay.orders import ended, unfilled_entries, waits

if TYPE_CHECKING:
    from appliance.domain.audit import AuditRecord
    from appliance.domain.journal import JournalEntry
    from appliance.domain.lock import PairLock
    from appliance.domain.trade import Trade
    from appliance.research.backtest.outcome import RejectedSignal
    from appliance.research.replay.past import Past


_AT_THE_END = "force_exit"
_LONGEST_LOCK = timedelta(days=10_000)
_TELLING = 3
"""How many entries tell how many slots there were: a setting of the past is not recorded."""


class Candle(NamedTuple):
    """Hold the prices of a candle."""

    open: float
    high: float
    low: float
    close: float


class Evidence(Protocol):
    """What stored candles and the strategy tell of a moment; None where nothing is known."""

    def candle(self, pair: str, moment: datetime) -> Candle | None:
        """Return the stored candle of a moment, of the shortest time frame that there is."""

    def tested_signal(
        self, pair: str, acting: datetime, direction: str, *, exits: bool = False
    ) -> bool | None:
        """Return whether the backtest had a signal that acts at the open of this candle."""

    def live_signal(self, pair: str, acting: datetime, direction: str, *, exits: bool = False) -> bool | None:
        """Return whether there is one if only as many candles are analysed as the bot has."""

    def least_stake(self, pair: str) -> float | None:
        """Return the least cost of an order that the exchange takes, in quote currency."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Hold the past of the bot, and what the backtest came to.

    `max_open_trades`, `start_balance` (stake currency) and `tradable` (a ratio of the balance) are those of
    the configuration. `pairs` were tested. `changed` says what differs between the bot's last run and now,
    empty if nothing is known to.
    """

    past: "Past"
    tested: "Sequence[Trade]"
    tested_locks: "Sequence[PairLock]"
    rejected: "Sequence[RejectedSignal]"
    timeframe: str
    first: datetime
    last: datetime
    max_open_trades: float
    start_balance: float
    tradable: float
    pairs: Sequence[str]
    evidence: Evidence
    absences: Sequence[Absence] = ()
    changed: str = ""

    @property
    def candle_length(self) -> timedelta:
        return timedelta(milliseconds=milliseconds(self.timeframe))

    def candle_of(self, moment: datetime) -> datetime:
        """Return when the candle of a moment opened."""
        return to_date(candle_open_ms(self.timeframe, to_ms(moment)))

    def number_of(self, moment: datetime) -> int:
        """Count candles, so that neighbours differ by one."""
        return to_ms(self.candle_of(moment)) // milliseconds(self.timeframe)

    def absence(self, begin: datetime, end: datetime) -> Absence | None:
        """Return when the bot was absent in a span, if it was."""
        return next((one for one in self.absences if one.begin < end and begin < one.end), None)

    def down(self, begin: datetime, end: datetime) -> Absence | None:
        """Return when it managed nothing at all in a span: paused, it still exits."""
        return next(
            (one for one in self.absences if one.kind != "paused" and one.begin < end and begin < one.end),
            None,
        )

    def live_open(self, moment: datetime) -> "list[Trade]":
        """Return the bot's trades that were open at a moment, those that opened then included."""
        return [
            one
            for one in self._live_by_day.of_day(moment)
            if one.open_date <= moment and (one.close_date is None or one.close_date > moment)
        ]

    @cached_property
    def unfilled(self) -> "list[JournalEntry]":
        """The bot's entries of which nothing filled, first placed first."""
        return list(unfilled_entries(self.past.orders, self.past.trades))

    def waiting(self, moment: datetime) -> "list[JournalEntry]":
        """Return those of them that were open at a moment."""
        return [order for order in self._unfilled_by_day.of_day(moment) if waits(order, moment)]

    def slots_of_bot(self, moment: datetime) -> list[str]:
        """Return the pairs that took a slot at a moment: by a trade, or by an order that waited to fill."""
        traded = [trade.pair for trade in self.live_open(moment)]
        return traded + [order.pair for order in self.waiting(moment)]

    def live_of(self, pair: str, moment: datetime) -> "Trade | None":
        return next((one for one in self.live_open(moment) if one.pair == pair), None)

    def tested_open(self, candle: datetime) -> "list[Trade]":
        """Return the backtest's trades in a candle: each keeps pair and slot until its last candle ends."""
        return [
            one
            for one in self._tested_by_day.of_day(candle)
            if one.open_date <= candle and (one.close_date or self.last) >= candle
        ]

    def was_rejected(self, pair: str, candle: datetime) -> bool:
        """Return whether the backtest had a signal there for which no slot was free."""
        return (pair, candle) in self._rejected

    @cached_property
    def _rejected(self) -> set[tuple[str, datetime]]:
        return {(one.pair, one.moment) for one in self.rejected}

    def tested_of(self, pair: str, candle: datetime) -> "Trade | None":
        return next((one for one in self.tested_open(candle) if one.pair == pair), None)

    @cached_property
    def _live_by_day(self) -> "ByDay[Trade]":
        return ByDay(self.past.trades, lambda one: (one.open_date, one.close_date or self.past.last))

    @cached_property
    def _tested_by_day(self) -> "ByDay[Trade]":
        return ByDay(self.tested, lambda one: (one.open_date, one.close_date or self.last))

    @cached_property
    def _unfilled_by_day(self) -> "ByDay[JournalEntry]":
        return ByDay(self.unfilled, lambda one: (one.created_at, ended(one) or self.past.last))

    def is_cut_off(self, tested: "Trade") -> bool:
        """Return whether a trade of the backtest ended only because the candles did."""
        return tested.exit_reason == _AT_THE_END and (tested.close_date or self.last) >= self.last

    @cached_property
    def slots_seen(self) -> float:
        """How many slots the bot had, as far as its past tells: that takes some entries."""
        moments = [*(one.open_date for one in self.past.trades), *(one.created_at for one in self.unfilled)]
        if len(moments) < _TELLING:
            return self.max_open_trades
        return min(max(len(self.slots_of_bot(moment)) for moment in moments), self.max_open_trades)

    def live_free(self, moment: datetime) -> float:
        """Return what the bot had left for a new trade, in stake currency."""
        tied = sum(trade.stake_amount for trade in self.live_open(moment))
        tied += sum(order.amount * order.rate for order in self.waiting(moment))
        return self._owned(self._made_live, moment) - tied

    def tested_free(self, candle: datetime) -> float:
        """Return what the backtest had left for a new trade, in stake currency."""
        held = (trade for trade in self.tested_open(candle) if (trade.close_date or self.last) > candle)
        return self._owned(self._made_tested, candle) - sum(trade.stake_amount for trade in held)

    def _owned(self, made: "Made", moment: datetime) -> float:
        closed, profits = made
        return (self.start_balance + profits[bisect_right(closed, moment)]) * self.tradable

    @cached_property
    def _made_live(self) -> "Made":
        return _made(trade for trade in self.past.trades if (trade.close_date or self.first) >= self.first)

    @cached_property
    def _made_tested(self) -> "Made":
        return _made(self.tested)

    def live_lock(self, trade: "Trade", moment: datetime) -> "PairLock | None":
        """Return the lock of the bot that forbade to enter as this trade did."""
        return _holding(self._live_locks, trade, moment)

    def tested_lock(self, trade: "Trade", candle: datetime) -> "PairLock | None":
        return _holding(self._tested_locks, trade, candle)

    @cached_property
    def _live_locks(self) -> "ByDay[PairLock]":
        return ByDay(self.past.locks, _span)

    @cached_property
    def _tested_locks(self) -> "ByDay[PairLock]":
        return ByDay(self.tested_locks, _span)

    def unfilled_of(self, pair: str) -> "Sequence[JournalEntry]":
        """Return the bot's entries of a pair of which nothing filled."""
        return self._unfilled_by_pair.get(pair, ())

    @cached_property
    def _unfilled_by_pair(self) -> "dict[str, list[JournalEntry]]":
        found: dict[str, list[JournalEntry]] = {}
        for order in self.unfilled:
            found.setdefault(order.pair, []).append(order)
        return found

    def command(self, words: Sequence[str], moment: datetime, within: timedelta) -> "AuditRecord | None":
        """Return the command nearest to a moment that has one of these words."""
        near = [
            line
            for line in self.past.audit
            if abs(line.at - moment) <= within
            and not line.what.startswith("outcome of")
            and any(word in line.what.lower() for word in words)
        ]
        return min(near, key=lambda line: abs(line.at - moment), default=None)


Made = tuple[list[datetime], list[float]]
"""When trades closed, and what they had made until then; one sum more, of none."""


def _made(trades: "Iterable[Trade]") -> Made:
    closed = sorted((one.close_date, one.close_profit_abs or 0.0) for one in trades if one.close_date)
    return [at for at, _ in closed], [0.0, *accumulate(profit for _, profit in closed)]


def _span(lock: "PairLock") -> tuple[datetime, datetime]:
    return lock.lock_time, min(lock.lock_end_time, lock.lock_time + _LONGEST_LOCK)


def _holding(locks: "ByDay[PairLock]", trade: "Trade", moment: datetime) -> "PairLock | None":
    return next(
        (
            lock
            for lock in locks.of_day(moment)
            if lock.lock_time <= moment and lock.holds(trade.pair, trade.trade_direction, moment)
        ),
        None,
    )
