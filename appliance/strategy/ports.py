"""State what strategies ask of trades, wallets, data and locks; the bot or the backtest answers.

Every method is called synchronously in the thread that runs strategy code, never in the event loop. What is
returned must not change under the caller's hands: hand out copies, or objects that are replaced, not changed.
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
    """Answer questions about the trades of this bot."""

    def get_trades_proxy(
        self,
        *,
        pair: str | None = None,
        is_open: bool | None = None,
        open_date: datetime | None = None,
        close_date: datetime | None = None,
    ) -> list[Trade]:
        """Trades that fit everything given; opened, or closed, after the dates (UTC), oldest first."""

    def get_open_trades(self) -> list[Trade]: ...

    def get_open_trade_count(self) -> int: ...

    def total_open_trades_stakes(self) -> float:
        """The stake (in stake currency) tied in open trades."""

    def get_total_closed_profit(self) -> float:
        """The profit in stake currency of all closed trades."""


class WalletsPort(Protocol):
    """Answer questions about the account; amounts in the currency asked for, stakes in stake currency."""

    def get_free(self, currency: str) -> float: ...

    def get_used(self, currency: str) -> float: ...

    def get_total(self, currency: str) -> float: ...

    def get_owned(self, pair: str, base_currency: str) -> float:
        """What is held of the base currency (spot) or in the pair's position (futures)."""

    def get_all_balances(self) -> Mapping[str, "Balance"]: ...

    def get_collateral(self) -> float: ...

    def get_total_stake_amount(self) -> float:
        """What the bot may trade with in all: free and tied stake, within `tradable_balance_ratio`."""

    def get_available_stake_amount(self) -> float:
        """What of it is free now."""

    def get_trade_stake_amount(self, pair: str, max_open_trades: float, update: bool = True) -> float:
        """The stake that the configuration gives the next trade. Raises when too little is left."""

    def get_starting_balance(self) -> float: ...

    def update(self, require_update: bool = True) -> None: ...


class LocksPort(Protocol):
    """Lock pairs against being entered. `now` defaults to the bot's present time (UTC)."""

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
        """Closed candles: date, open, high, low, close, volume; oldest first. None if not (yet) loaded."""

    def analyzed(self, pair: str, timeframe: str) -> "tuple[DataFrame, datetime] | None":
        """The pair's frame as the strategy last left it, and when that was (UTC)."""

    def pairs(self) -> Sequence[tuple[str, str]]:
        """Every (pair, timeframe) of which candles are kept."""

    def whitelist(self) -> Sequence[str]: ...

    def ticker(self, pair: str) -> Ticker | None: ...

    def orderbook(self, pair: str, maximum: int) -> OrderBook | None:
        """The book with at most `maximum` entries on either side."""

    def market(self, pair: str) -> Mapping[str, Any] | None:
        """The market as ccxt describes it (`base`, `quote`, `limits`, `precision`, `active`, `info` …)."""

    def delisting(self, pair: str) -> datetime | None:
        """When the exchange will stop trading the pair (UTC), where that is known."""

    def funding_rate(self, pair: str) -> Mapping[str, Any] | None: ...

    def producer_pairs(self, producer: str) -> Sequence[str]: ...

    def producer_frame(
        self, pair: str, timeframe: str, candle_type: CandleType, producer: str
    ) -> "tuple[DataFrame, datetime] | None": ...

    def send_msg(self, message: str, *, always_send: bool = False) -> None:
        """Send people a message of the strategy's; the same text once a candle unless `always_send`."""


class Ports(NamedTuple):
    """Hold what class-level questions such as `Trade.get_open_trades()` are answered by."""

    trades: TradesPort
    locks: LocksPort


_plugged: Ports | None = None


def plug(ports: Ports | None) -> None:
    """Answer class-level questions of strategies in this process through `ports`; None unplugs."""
    global _plugged
    _plugged = ports


def plugged() -> Ports:
    """Return what is plugged in. Raises StrategyError where nothing trades (list-strategies, tests)."""
    if _plugged is None:
        raise StrategyError("trades and locks can only be asked for while the bot or a backtest is running")
    return _plugged


@contextmanager
def plugged_in(ports: Ports) -> Iterator[None]:
    """Plug in `ports` for a while, then what was there before."""
    before = _plugged
    plug(ports)
    try:
        yield
    finally:
        plug(before)
