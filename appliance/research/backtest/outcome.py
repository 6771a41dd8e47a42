"""State what a backtest of one strategy led to: its trades, and what was not traded."""

from datetime import datetime

import msgspec

from appliance.domain.lock import PairLock
from appliance.domain.trade import Trade


class RejectedSignal(msgspec.Struct, frozen=True):
    """State an entry signal for which no slot was free; `moment` is when it would have acted (UTC)."""

    pair: str
    moment: datetime
    tag: str | None


class WalletChange(msgspec.Struct, frozen=True):
    """State the balance of a currency (in that currency) from `moment` (UTC) on."""

    moment: datetime
    currency: str
    total: float


class Counters(msgspec.Struct):
    """Count what became of signals and orders that did not lead to a trade as they were."""

    rejected_signals: int = 0
    timedout_entry_orders: int = 0
    timedout_exit_orders: int = 0
    canceled_trade_entries: int = 0
    canceled_entry_orders: int = 0
    replaced_entry_orders: int = 0
    canceled_exit_orders: int = 0
    replaced_exit_orders: int = 0


class Outcome(msgspec.Struct, kw_only=True):
    """Hold the result of one strategy. Balances in stake currency, dates UTC.

    `trades` are closed, in the order in which they closed; trades that were open at the end have the exit
    reason `force_exit`. `first` and `last` are the first and last candle of the tested range.
    """

    strategy: str
    trades: list[Trade]
    locks: list[PairLock]
    counters: Counters
    rejected: list[RejectedSignal]
    wallet: list[WalletChange]
    starting_balance: float
    final_balance: float
    first: datetime
    last: datetime
