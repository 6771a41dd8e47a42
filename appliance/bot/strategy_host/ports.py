"""Give strategies access to trades, locks and data, in the strategy's thread and never in the event loop."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from appliance.bot.producers.dataframes import FrameKey
from appliance.bot.producers.producers import Producers
from appliance.bot.state.book import TradeBook
from appliance.bot.state.books import Books
from appliance.bot.state.clock import Clock
from appliance.bot.state.event_bus import EventBus
from appliance.bot.state.markets import Markets
from appliance.bot.state.setup import Setup
from appliance.bot.state.wallets import Wallets
from appliance.bot.strategy_host.analyst import Analyst
from appliance.domain.enums import CandleType, LockSide, RunMode
from appliance.domain.errors import ExchangeError
from appliance.domain.lock import PairLock
from appliance.domain.market import OrderBook, Ticker
from appliance.domain.message import MessageType
from appliance.domain.timeframe import next_open_ms, to_date, to_ms
from appliance.domain.trade import Trade
from appliance.exchange.ccxt_layout import ccxt_layout
from appliance.strategy.safe_call import copy_of_trade

if TYPE_CHECKING:
    from pandas import DataFrame

log = logging.getLogger(__name__)

Result = TypeVar("Result")
MOST_MESSAGES = 1000
"""The most messages of a strategy that are remembered per candle, so that none is sent twice."""
PATIENCE_SECONDS = 20.0
"""How long strategy code waits for data that the event loop must fetch."""


class LoopCalls:
    """Run coroutines in the event loop on behalf of another thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def wait(self, question: Coroutine[Any, Any, Result]) -> Result:
        """Return what the coroutine returns, or raise what it raises; TimeoutError if it takes too long."""
        return asyncio.run_coroutine_threadsafe(question, self._loop).result(PATIENCE_SECONDS)

    def soon(self, call: Any, *args: Any) -> None:
        self._loop.call_soon_threadsafe(call, *args)


@dataclass(kw_only=True, eq=False)
class TradesAnswers:
    """Look up trades: open ones in memory, closed ones in the database."""

    books: Books
    wallets: Wallets
    calls: LoopCalls

    def get_trades_proxy(
        self,
        *,
        pair: str | None = None,
        is_open: bool | None = None,
        open_date: datetime | None = None,
        close_date: datetime | None = None,
    ) -> list[Trade]:
        if is_open and close_date is None:
            found = self.books.trades.open.values()
            return [
                copy_of_trade(trade)
                for trade in found
                if pair in (None, trade.pair) and (open_date is None or trade.open_date > open_date)
            ]
        return self.calls.wait(
            self.books.store.find_trades(
                pair=pair, is_open=is_open, open_date=open_date, close_date=close_date
            )
        )

    def get_open_trades(self) -> list[Trade]:
        return self.get_trades_proxy(is_open=True)

    def get_open_trade_count(self) -> int:
        return len(self.books.trades.open)

    def total_open_trades_stakes(self) -> float:
        return self.wallets.tied_up()

    def get_total_closed_profit(self) -> float:
        return self.books.trades.closed_profit


@dataclass(kw_only=True, eq=False)
class LockAnswers:
    """Look up and change pair locks."""

    setup: Setup
    clock: Clock
    books: Books
    calls: LoopCalls

    def lock_pair(
        self,
        pair: str,
        until: datetime,
        reason: str | None = None,
        *,
        now: datetime | None = None,
        side: LockSide = "*",
    ) -> PairLock:
        end = to_date(next_open_ms(self.setup.resolved.timeframe, to_ms(until)))
        return self.calls.wait(self.books.lock_pair(pair, end, reason=reason, side=side))

    def unlock_pair(self, pair: str, now: datetime | None = None, side: LockSide = "*") -> None:
        self._release(list(self.get_pair_locks(pair, now, side)))

    def unlock_reason(self, reason: str, now: datetime | None = None) -> None:
        self._release([lock for lock in self.get_pair_locks(None, now) if lock.reason == reason])

    def is_pair_locked(self, pair: str, now: datetime | None = None, side: LockSide = "*") -> bool:
        return self.books.locks.holding(pair, side, now or self.clock.now()) is not None

    def is_global_lock(self, now: datetime | None = None, side: LockSide = "*") -> bool:
        return self.books.locks.holding("*", side, now or self.clock.now()) is not None

    def get_pair_locks(
        self, pair: str | None, now: datetime | None = None, side: LockSide | None = None
    ) -> Sequence[PairLock]:
        locks = self.books.locks.active(now or self.clock.now())
        return [
            lock for lock in locks if pair in (None, lock.pair) and (side is None or lock.side in (side, "*"))
        ]

    def get_all_locks(self) -> Sequence[PairLock]:
        return list(self.books.locks.locks)

    def _release(self, locks: Sequence[PairLock]) -> None:
        for lock in locks:
            self.calls.wait(self.books.release(lock))


@dataclass(kw_only=True, eq=False)
class DataAnswers:
    """Look up candles and markets in memory, and prices on the exchange."""

    setup: Setup
    clock: Clock
    trades: TradeBook
    markets: Markets
    events: EventBus
    analyst: Analyst
    calls: LoopCalls

    def __post_init__(self) -> None:
        self.producers = Producers()
        self._sent: set[str] = set()
        self._sent_in = 0
        self.whitelisted: Sequence[str] = ()

    @property
    def runmode(self) -> RunMode:
        return self.setup.run_mode

    def frame(self, pair: str, timeframe: str, candle_type: CandleType) -> "DataFrame | None":
        return self.analyst.frame_of(pair, timeframe, candle_type)

    def analyzed(self, pair: str, timeframe: str) -> "tuple[DataFrame, datetime] | None":
        found = self.analyst.frames.get((pair, timeframe))
        return None if found is None else (found.frame, found.analyzed_at)

    def pairs(self) -> Sequence[tuple[str, str]]:
        return self.analyst.watched

    def whitelist(self) -> Sequence[str]:
        # With the pairs of open trades, as in freqtrade: strategies derive informative pairs from it.
        traded = [trade.pair for trade in list(self.trades.open.values())]
        return list(dict.fromkeys([*self.whitelisted, *traded]))

    def ticker(self, pair: str) -> Ticker | None:
        try:
            return self.calls.wait(self.markets.gateway.fetch_ticker(pair))
        except (ExchangeError, TimeoutError) as error:
            log.warning("No ticker for %s: %s", pair, error)
            return None

    def orderbook(self, pair: str, maximum: int) -> OrderBook | None:
        try:
            return self.calls.wait(self.markets.gateway.fetch_order_book(pair, maximum))
        except (ExchangeError, TimeoutError) as error:
            log.warning("No order book for %s: %s", pair, error)
            return None

    def market(self, pair: str) -> Mapping[str, Any] | None:
        market = self.markets.gateway.markets.get(pair)
        return None if market is None else ccxt_layout(market)

    def delisting(self, pair: str) -> datetime | None:
        futures = self.markets.futures
        return futures.delisting(pair) if futures else None

    def funding_rate(self, pair: str) -> Mapping[str, Any] | None:
        futures = self.markets.futures
        if futures is None:
            return None
        try:
            return self.calls.wait(futures.fetch_funding_rate(pair))
        except (ExchangeError, TimeoutError) as error:
            log.warning("No funding rate for %s: %s", pair, error)
            return None

    def producer_pairs(self, producer: str) -> Sequence[str]:
        return self.producers.pairs(producer)

    def producer_frame(
        self, pair: str, timeframe: str, candle_type: CandleType, producer: str
    ) -> "tuple[DataFrame, datetime] | None":
        # Strategies may pass plain text.
        return self.producers.frame(producer, FrameKey(pair, timeframe, CandleType(candle_type).value))

    def send_msg(self, message: str, *, always_send: bool = False) -> None:
        if not always_send:
            candle = int(self.clock.now().timestamp()) // self.analyst.timeframe_seconds
            if candle != self._sent_in or len(self._sent) >= MOST_MESSAGES:
                self._sent, self._sent_in = set(), candle
            if message in self._sent:
                return
            self._sent.add(message)
        self.calls.soon(lambda: self.events.emit(MessageType.STRATEGY_MSG, msg=message))
