"""Lock pairs after exits, as protections decide."""

from datetime import datetime

from appliance.domain.timeframe import minutes
from appliance.domain.trade import Trade
from appliance.research.backtest.walk.ledger.book import TradeList
from appliance.research.backtest.walk.ledger.locks import Locks
from appliance.rules.protections.locking import ALL_PAIRS, wished_lock
from appliance.rules.protections.window import Moment, Protection


class Protections:
    """Ask every protection after each exit: first about its pair, then about all pairs."""

    def __init__(
        self,
        active: tuple[Protection, ...],
        book: TradeList,
        locks: Locks,
        *,
        timeframe: str,
        starting_balance: float,
    ) -> None:
        self._active = active
        self._book = book
        self._locks = locks
        self._minutes = minutes(timeframe)
        self._starting_balance = starting_balance

    def after_exit(self, trade: Trade, now: datetime) -> None:
        """Lock what protections forbid after an exit of `trade`."""
        if not self._active:
            return
        moment = Moment(
            now=now,
            pair=trade.pair,
            side=trade.trade_direction,
            candle_minutes=self._minutes,
            starting_balance=self._starting_balance,
        )
        for pair in (trade.pair, ALL_PAIRS):
            for protection in self._active:
                locks = self._locks.about(pair)
                wish = wished_lock(protection, pair, self._book.summaries, moment, locks)
                if wish is not None:
                    self._locks.lock_pair(pair, wish.until, wish.reason, now=now, side=wish.side)
