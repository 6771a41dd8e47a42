"""Keep the trades of a walk in memory: open ones, closed ones, and the profit of the closed."""

from collections import defaultdict
from datetime import datetime

from appliance.domain.closed_trades.summary import summary_of
from appliance.domain.closed_trades.table import ClosedTrades
from appliance.domain.money import float_sum
from appliance.domain.trade import Trade
from appliance.strategy.safe_call import copy_of_trade


class TradeList:
    """Hold trades; it answers what strategies ask of them, too (`TradesPort`).

    `open` is in the order of opening, `closed` in that of closing. `profit` is that of closed trades (stake
    currency). `summaries` are kept only where protections read them.
    """

    def __init__(self, *, keeps_summaries: bool = False) -> None:
        self.open: list[Trade] = []
        self.by_pair: defaultdict[str, list[Trade]] = defaultdict(list)
        self.closed: list[Trade] = []
        self.profit = 0.0
        self.summaries = ClosedTrades()
        self._keeps_summaries = keeps_summaries
        self._trades = self._orders = 0

    def next_trade_id(self) -> int:
        self._trades += 1
        return self._trades

    def next_order_id(self) -> int:
        self._orders += 1
        return self._orders

    def add(self, trade: Trade) -> None:
        self.open.append(trade)
        self.by_pair[trade.pair].append(trade)

    def discard(self, trade: Trade) -> None:
        """Take an open trade out: its entry never filled."""
        _remove(self.open, trade)
        _remove(self.by_pair[trade.pair], trade)

    def close(self, trade: Trade) -> None:
        """Move a trade that has closed."""
        self.discard(trade)
        self.closed.append(trade)
        self.profit += trade.close_profit_abs or 0.0
        if self._keeps_summaries:
            self.summaries.add(summary_of(trade))

    # -- what strategies ask ---------------------------------------------------------------------------

    def get_trades_proxy(
        self,
        *,
        pair: str | None = None,
        is_open: bool | None = None,
        open_date: datetime | None = None,
        close_date: datetime | None = None,
    ) -> list[Trade]:
        closed = [] if is_open else self.closed
        opened = [] if is_open is False else [copy_of_trade(trade) for trade in self.open]
        return [
            trade
            for trade in (*closed, *opened)
            if pair in (None, "", trade.pair)
            and (open_date is None or trade.open_date > open_date)
            and (close_date is None or (trade.close_date is not None and trade.close_date > close_date))
        ]

    def get_open_trades(self) -> list[Trade]:
        return self.get_trades_proxy(is_open=True)

    def get_open_trade_count(self) -> int:
        return len(self.open)

    def total_open_trades_stakes(self) -> float:
        return float_sum(trade.stake_amount for trade in self.open)

    def get_total_closed_profit(self) -> float:
        return self.profit


def _remove(trades: list[Trade], trade: Trade) -> None:
    """Remove this very trade: comparing two by value takes long."""
    for place, one in enumerate(trades):
        if one is trade:
            del trades[place]
            return
