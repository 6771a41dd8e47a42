"""Define the interfaces through which strategies access trades, wallets, data and locks.

The bot or the backtest implements them. Every method is called synchronously in the thread of strategy code,
never in the event loop. Return copies, or objects that are replaced and never changed.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from appliance.domain.enums import CandleType, LockSide, RunMode
from appliance.domain.errors import StrategyError
from appliance.domain.lock import PairLock
from appliance.domain.market import OrderBook, Ticker
from appliance.domain.trade import Trade

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.domain.market import Balance


class TradesPort(Protocol):
    """Provide the trades of this bot."""

    def get_trades_proxy(
        self,
        *,
        pair: str | None = None,
        is_open: bool | None = None,
        open_date: datetime | None = None,
        close_date: datetime | None = None,
    ) -> list[Trade]:
        """Return the trades that match all arguments (dates: opened, closed after; UTC), oldest first."""

    def get_open_trades(self) -> list[Trade]: ...

    def get_open_trade_count(self) -> int: ...

    def total_open_trades_stakes(self) -> float:
        """Return the stake (stake currency) in open trades."""

    def get_total_closed_profit(self) -> float:
        """Return the profit (stake currency) of all closed trades."""


class WalletsPort(Protocol):
    """Provide balances: amounts in the currency of the argument, stakes in stake currency."""

    def get_free(self, currency: str) -> float: ...

    def get_used(self, currency: str) -> float: ...

    def get_total(self, currency: str) -> float: ...

    def get_owned(self, pair: str, base_currency: str) -> float:
        """Return the balance of the base currency (spot) or the size of the position (futures)."""

    def get_all_balances(self) -> Mapping[str, "Balance"]: ...

    def get_collateral(self) -> float: ...

    def get_total_stake_amount(self) -> float:
        """Return the stake that the bot may use in all, free or in trades, by `tradable_balance_ratio`."""

    def get_available_stake_amount(self) -> float:
        """Return the free part of that stake."""

    def get_trade_stake_amount(self, pair: str, max_open_trades: float, update: bool = True) -> float:
        """Return the configured stake of the next trade. Raises an error if too little is left."""

    def get_starting_balance(self) -> float: ...

    def update(self, require_update: bool = True) -> None: ...


class LocksPort(Protocol):
    """Lock pairs against entries. `now` defaults to the current time of the bot (UTC)."""

    def lock_pair(
        self,
        pair: str,
        until: datetime,
        reason: str | None = None,
        *,
        now: datetime | None = None,
        side: LockSide = "*",
    ) -> PairLock: ...

    def unlock_pair(self, pair: str, now: datetime | None = None, side: LockSide = "*") -> None: ...

    def unlock_reason(self, reason: str, now: datetime | None = None) -> None: ...

    def is_pair_locked(self, pair: str, now: datetime | None = None, side: LockSide = "*") -> bool: ...

    def is_global_lock(self, now: datetime | None = None, side: LockSide = "*") -> bool: ...

    def get_pair_locks(
        self, pair: str | None, now: datetime | None = None, side: LockSide | None = None
    ) -> Sequence[PairLock]: ...

    def get_all_locks(self) -> Sequence[PairLock]: ...


class DataPort(Protocol):
    """Answer questions about markets and candles, from memory where that is possible."""

    @property
    def runmode(self) -> RunMode: ...

    def frame(self, pair: str, timeframe: str, candle_type: CandleType) -> "DataFrame | None":
        """Return closed candles (date, open, high, low, close, volume), oldest first; None if not loaded."""

    def analyzed(self, pair: str, timeframe: str) -> "tuple[DataFrame, datetime] | None":
        """Return the last analysed dataframe of the pair, and when it was analysed (UTC)."""

    def pairs(self) -> Sequence[tuple[str, str]]:
        """Return every (pair, timeframe) whose candles are cached."""

    def whitelist(self) -> Sequence[str]: ...

    def ticker(self, pair: str) -> Ticker | None: ...

    def orderbook(self, pair: str, maximum: int) -> OrderBook | None:
        """Return the order book with at most `maximum` levels on either side."""

    def market(self, pair: str) -> Mapping[str, Any] | None:
        """Return the market as ccxt describes it (`base`, `quote`, `limits`, `precision`, `info` …)."""

    def delisting(self, pair: str) -> datetime | None:
        """Return when the exchange will delist the pair (UTC); None if that is not known."""

    def funding_rate(self, pair: str) -> Mapping[str, Any] | None: ...

    def producer_pairs(self, producer: str) -> Sequence[str]: ...

    def producer_frame(
        self, pair: str, timeframe: str, candle_type: CandleType, producer: str
    ) -> "tuple[DataFrame, datetime] | None": ...

    def send_msg(self, message: str, *, always_send: bool = False) -> None:
        """Send a message of the strategy to the users, the same text once per candle unless `always_send`."""


class Ports(NamedTuple):
    """Hold the ports behind class methods such as `Trade.get_open_trades()`."""

    trades: TradesPort
    locks: LocksPort


_plugged: Ports | None = None


def plug(ports: Ports | None) -> None:
    """Connect the class methods of this process to `ports`; None disconnects them."""
    global _plugged
    _plugged = ports


def plugged() -> Ports:
    """Return the connected ports. Raises StrategyError if nothing trades (list-strategies, tests)."""
    if _plugged is None:
        raise StrategyError("trades and locks are only available while the bot or a backtest is running")
    return _plugged


@contextmanager
def plugged_in(ports: Ports) -> Iterator[None]:
    """Connect `ports` within the block, then restore the previous ones."""
    before = _plugged
    plug(ports)
    try:
        yield
    finally:
        plug(before)
