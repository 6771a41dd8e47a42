"""Compute the statistics of closed trades, which change only when a trade closes."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from appliance.domain.closed_trades.summary import ClosedTrade, date_of
from appliance.domain.enums import TradeDirection
from appliance.reports.drawdown import Drawdown, Fall
from appliance.reports.measures import Returns, expectancy_of, sqn_of
from appliance.reports.outcomes import ProfitSum, Spread, added_up
from appliance.reports.performance import Group, Groups

if TYPE_CHECKING:
    from appliance.domain.closed_trades.columns import Columns

_MICROSECOND = timedelta(microseconds=1)


class ClosedStatistics(Struct, frozen=True, kw_only=True):
    """State sums over closed trades. Money in stake currency, ratios of stakes; a draw counts as won.

    `profit` and `ratio` are sums, `mean_duration` is in seconds, `best` is the pair with the largest profit.
    `first_and_last`: id and open date of the trades with the lowest and the highest id. `profit_factor` is
    the profit of winning trades over the loss of losing ones, None where there are none.
    """

    starting_balance: float
    count: int
    profit: float
    ratio: float
    returns: Returns
    first_and_last: tuple[tuple[int, datetime], ...]
    mean_duration: float
    won: int
    lost: int
    profit_factor: float | None
    expectancy: float
    expectancy_ratio: float
    sqn: float
    drawdown: Drawdown
    best: Group
    volume: float


class RunningStatistics:
    """Sum up closed trades, one by one,, of one direction or of all, first closed first."""

    def __init__(self, direction: TradeDirection | None = None) -> None:
        self._direction = direction
        self._profit = self._ratio = self._volume = 0.0
        self._count = self._duration = 0
        self._won, self._lost, self._winning, self._losing = (
            ProfitSum(),
            ProfitSum(),
            ProfitSum(),
            ProfitSum(),
        )
        self._spread, self._spread_of_losses = Spread(), Spread()
        self._lowest: tuple[int, datetime] | None = None
        self._highest: tuple[int, datetime] | None = None
        self._pairs = Groups("pair")
        self._fall = Fall()

    @classmethod
    def of(cls, trades: "Columns", direction: TradeDirection | None = None) -> "RunningStatistics":
        """Sum up all trades of a table at once."""
        if direction is not None:
            trades = trades.where(trades.integers("is_short") == (direction == "short"))
        so_far = cls(direction)
        if not trades.size:
            return so_far
        profits, ratios, ids = (
            trades.numbers("close_profit_abs"),
            trades.numbers("close_profit"),
            trades.integers("id"),
        )
        so_far._count = trades.size
        so_far._profit, so_far._ratio = added_up(profits), added_up(ratios)
        so_far._volume = added_up(trades.numbers("volume"))
        so_far._duration = int(trades.durations().sum())
        so_far._won, so_far._lost = ProfitSum.of(profits[ratios >= 0]), ProfitSum.of(profits[ratios < 0])
        losses = profits[profits < 0]
        so_far._winning, so_far._losing = ProfitSum.of(profits[profits > 0]), ProfitSum.of(losses)
        so_far._spread, so_far._spread_of_losses = Spread.of(profits), Spread.of(losses)
        opened = trades.integers("open_date")
        so_far._lowest, so_far._highest = (
            (int(ids[place]), date_of(int(opened[place]))) for place in (ids.argmin(), ids.argmax())
        )
        so_far._pairs = Groups.of(trades, "pair")
        so_far._fall = Fall.of(trades.integers("close_date"), profits)
        return so_far

    @property
    def size(self) -> int:
        """The number of pairs."""
        return self._pairs.size

    def add(self, trade: ClosedTrade) -> None:
        """Add one trade, which closed after all others."""
        if self._direction is not None and trade.is_short != (self._direction == "short"):
            return
        profit = trade.close_profit_abs
        self._count += 1
        self._profit += profit
        self._ratio += trade.close_profit
        self._volume += trade.volume
        self._duration += (trade.close_date - trade.open_date) // _MICROSECOND
        (self._won if trade.close_profit >= 0 else self._lost).add(profit)
        self._spread.add(profit)
        if profit > 0:
            self._winning.add(profit)
        elif profit < 0:
            self._losing.add(profit)
            self._spread_of_losses.add(profit)
        opened = (trade.id, trade.open_date)
        self._lowest = min(self._lowest or opened, opened)
        self._highest = max(self._highest or opened, opened)
        self._pairs.add(trade)
        self._fall.add(trade.close_date, profit)

    def statistics(self, starting_balance: float) -> ClosedStatistics:
        """Return the statistics so far; `starting_balance` in stake currency."""
        expected, expected_ratio = expectancy_of(self._winning, self._losing, self._count)
        start = starting_balance
        return ClosedStatistics(
            starting_balance=start,
            count=self._count,
            profit=self._profit,
            ratio=self._ratio,
            returns=Returns.of(self._profit, self._spread, self._spread_of_losses, start),
            first_and_last=(self._lowest, self._highest) if self._lowest and self._highest else (),
            mean_duration=self._duration / 1e6 / (self._count or 1),
            won=self._won.count,
            lost=self._lost.count,
            profit_factor=self._won.profit / abs(self._lost.profit) if self._lost.profit else None,
            expectancy=expected,
            expectancy_ratio=expected_ratio,
            sqn=sqn_of(self._spread) if self._count and start else 0.0,
            drawdown=self._fall.drawdown(start),
            best=self._pairs.best(),
            volume=self._volume,
        )
