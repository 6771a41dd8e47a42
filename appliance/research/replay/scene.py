"""Hold what is known of both sides, and answer what was the case at a moment. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol

from appliance.domain.timeframe import candle_open_ms, milliseconds, to_date, to_ms
from appliance.research.replay.absence import Absence
from appliance.research.replay.orders import unfilled_entries, waits

if TYPE_CHECKING:
    from appliance.domain.audit import AuditRecord
    from appliance.domain.journal import JournalEntry
    from appliance.domain.lock import PairLock
    from appliance.domain.trade import Trade
    from appliance.research.backtest.outcome import RejectedSignal
    from appliance.research.replay.past import Past


_AT_THE_END = "force_exit"
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

    def tested_signal(self, pair: str, acting: datetime, direction: str) -> bool | None:
        """Return whether the backtest had an entry signal that acts at the open of this candle."""

    def live_signal(self, pair: str, acting: datetime, direction: str) -> bool | None:
        """Return whether there is one if only as many candles are analysed as the bot has."""


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
    _slots_seen: list[float] = field(default_factory=list)

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
            for one in self.past.trades
            if one.open_date <= moment and (one.close_date is None or one.close_date > moment)
        ]

    @property
    def unfilled(self) -> "list[JournalEntry]":
        """The bot's entries of which nothing filled, first placed first."""
        return list(unfilled_entries(self.past.orders, self.past.trades))

    def slots_of_bot(self, moment: datetime) -> list[str]:
        """Return the pairs that took a slot at a moment: by a trade, or by an order that waited to fill."""
        waiting = [order.pair for order in self.unfilled if waits(order, moment)]
        return [*(one.pair for one in self.live_open(moment)), *waiting]

    def live_of(self, pair: str, moment: datetime) -> "Trade | None":
        return next((one for one in self.live_open(moment) if one.pair == pair), None)

    def tested_of(self, pair: str, candle: datetime) -> "Trade | None":
        """Return the backtest's trade of a pair in a candle: it keeps the pair until the candle ends."""
        return next(
            (
                one
                for one in self.tested
                if one.pair == pair and one.open_date <= candle and (one.close_date or self.last) >= candle
            ),
            None,
        )

    def is_cut_off(self, tested: "Trade") -> bool:
        """Return whether a trade of the backtest ended only because the candles did."""
        return tested.exit_reason == _AT_THE_END and (tested.close_date or self.last) >= self.last

    @property
    def slots_seen(self) -> float:
        """How many slots the bot had, as far as its past tells: that takes some entries."""
        if not self._slots_seen:
            moments = [one.open_date for one in self.past.trades]
            moments += [order.created_at for order in self.unfilled]
            most = max((len(self.slots_of_bot(moment)) for moment in moments), default=0)
            self._slots_seen.append(most if len(moments) >= _TELLING else math.inf)
        return min(self._slots_seen[0], self.max_open_trades)

    def live_free(self, moment: datetime) -> float:
        """Return what the bot had left for a new trade, in stake currency."""
        realized = sum(
            trade.close_profit_abs or 0.0
            for trade in self.past.trades
            if trade.close_date and self.first <= trade.close_date <= moment
        )
        tied = sum(trade.stake_amount for trade in self.live_open(moment))
        tied += sum(order.amount * order.rate for order in self.unfilled if waits(order, moment))
        return (self.start_balance + realized) * self.tradable - tied

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
