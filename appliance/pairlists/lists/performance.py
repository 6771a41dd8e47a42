"""Sort pairs by the profit that the bot made with them."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import msgspec

from appliance.pairlists.base.pairlist import ChainRun, InBacktest, PairList
from appliance.pairlists.base.parameters import Parameters, param

if TYPE_CHECKING:
    from appliance.domain.closed_trades.columns import Columns


class PerformanceParameters(Parameters, frozen=True, kw_only=True):
    minutes: Annotated[
        float, param("Minutes", "Consider trades that closed within this many minutes; 0: all trades.", ge=0)
    ] = 0
    min_profit: Annotated[
        float | None, param("Minimum profit", "Remove pairs with a lower profit ratio.")
    ] = None


class Record(msgspec.Struct, frozen=True):
    """State the profit of a pair as a ratio of the stakes of its trades, and the number of trades."""

    profit_ratio: float
    count: int


class PerformanceFilter(PairList[PerformanceParameters]):
    """Sort by profit, the highest first; equal profits by number of trades, the lowest first."""

    description = "Puts the most profitable pairs first, and removes pairs with too little profit."
    parameters = PerformanceParameters
    in_backtest = InBacktest.WITHOUT_EFFECT

    def summary(self) -> str:
        return f"{self.name}: sorts pairs by their profit"

    async def filter(self, pairs: list[str], run: ChainRun) -> list[str]:
        from appliance.domain.closed_trades.table import ClosedTrades  # late: it loads numpy

        closed = ClosedTrades.of(self.context.trades.closed)
        since = run.now - timedelta(minutes=self.params.minutes)
        records = records_of(closed.columns_since(since) if self.params.minutes else closed.columns())
        if not records:
            return pairs
        ranked = by_performance(pairs, records)
        least = self.params.min_profit
        if least is None:
            return ranked
        for pair in ranked:
            earned = records.get(pair, Record(0.0, 0)).profit_ratio
            if earned < least:
                self.says_removed(pair, f"its profit is {earned:.4f}, less than {least:g}")
        return [pair for pair in ranked if records.get(pair, Record(0.0, 0)).profit_ratio >= least]


def records_of(trades: "Columns") -> dict[str, Record]:
    """Return the record of each pair."""
    from appliance.domain.closed_trades.columns import Grouping  # late: it loads numpy

    pairs, costs = Grouping(trades.integers("pair")), trades.numbers("entry_cost")
    staked = pairs.sums(costs + (costs == 0) * trades.numbers("max_stake_amount"))
    earned = pairs.sums(trades.numbers("close_profit_abs"))
    return {
        trades.text(code) or "": Record(made / (stake or 1.0), count)
        for code, made, stake, count in zip(pairs.keys, earned, staked, pairs.counts, strict=True)
    }


def by_performance(pairs: Iterable[str], records: dict[str, Record]) -> list[str]:
    """Return pairs by profit, then by fewer trades, then in the given order; no trades count as profit 0."""
    nothing = Record(0.0, 0)

    def rank(pair: str) -> tuple[float, int]:
        record = records.get(pair, nothing)
        return -record.profit_ratio, record.count

    return sorted(pairs, key=rank)
