"""State what a backtest of one strategy led to: its trades, and what was not traded."""

from datetime import datetime

import msgspec

from appliance.domain.lock import PairLock
from appliance.domain.trade import Trade
from appliance.research.backtest.realism import OFF, Realism


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
    """Count what became of signals and orders that did not lead to a trade as they were.

    The last three are those of a volume cap: exits beyond it are filled all the same.
    """

    rejected_signals: int = 0
    timedout_entry_orders: int = 0
    timedout_exit_orders: int = 0
    canceled_trade_entries: int = 0
    canceled_entry_orders: int = 0
    replaced_entry_orders: int = 0
    canceled_exit_orders: int = 0
    replaced_exit_orders: int = 0
    entries_cut_by_volume: int = 0
    entries_without_volume: int = 0
    exits_beyond_volume: int = 0


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
    realism: Realism = OFF
