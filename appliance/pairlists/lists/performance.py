"""Put pairs first that have earned most."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import msgspec

from appliance.pairlists.base.pairlist import InBacktest, PairList, Walk
from appliance.pairlists.base.parameters import Parameters, param

if TYPE_CHECKING:
    from appliance.domain.closed_trades.columns import Columns


class PerformanceParameters(Parameters, frozen=True, kw_only=True):
    minutes: Annotated[
        float, param("Minutes", "Look at trades that closed within so many minutes; 0: at all.", ge=0)
    ] = 0
    min_profit: Annotated[
        float | None, param("Least profit", "Leave out pairs with a lower profit ratio.")
    ] = None


class Record(msgspec.Struct, frozen=True):
    """What a pair has earned, as a ratio of all that was put into its trades, and in how many trades."""

    profit_ratio: float
    count: int


class PerformanceFilter(PairList[PerformanceParameters]):
    """Sort by profit, the highest first; of equals, those with fewer trades."""

    description = "Puts the pairs first that have earned most, and leaves out those that earned too little."
    parameters = PerformanceParameters
    in_backtest = InBacktest.WITHOUT_EFFECT

    def summary(self) -> str:
        return f"{self.name}: sorts pairs by what they have earned"

    async def filter(self, pairs: list[str], walk: Walk) -> list[str]:
        from appliance.domain.closed_trades.table import ClosedTrades  # late: it loads numpy

        closed = ClosedTrades.of(self.around.trades.closed)
        since = walk.now - timedelta(minutes=self.set.minutes)
        records = records_of(closed.columns_since(since) if self.set.minutes else closed.columns())
        if not records:
            return pairs
        ranked = by_performance(pairs, records)
        least = self.set.min_profit
        if least is None:
            return ranked
        for pair in ranked:
            earned = records.get(pair, Record(0.0, 0)).profit_ratio
            if earned < least:
                self.told.info(f"{self.name} removes {pair}: it earned {earned:.4f}, less than {least:g}")
        return [pair for pair in ranked if records.get(pair, Record(0.0, 0)).profit_ratio >= least]


def records_of(trades: "Columns") -> dict[str, Record]:
    """Sum up trades by pair."""
    from appliance.domain.closed_trades.columns import Grouping  # late: it loads numpy

    pairs, costs = Grouping(trades.integers("pair")), trades.numbers("entry_cost")
    staked = pairs.sums(costs + (costs == 0) * trades.numbers("max_stake_amount"))
    earned = pairs.sums(trades.numbers("close_profit_abs"))
    return {
        trades.text(code) or "": Record(made / (stake or 1.0), count)
        for code, made, stake, count in zip(pairs.keys, earned, staked, pairs.counts, strict=True)
    }


def by_performance(pairs: Iterable[str], records: dict[str, Record]) -> list[str]:
    """Return pairs by profit, then by fewer trades, then as they came; without trades a pair earned 0."""
    nothing = Record(0.0, 0)

    def rank(pair: str) -> tuple[float, int]:
        record = records.get(pair, nothing)
        return -record.profit_ratio, record.count

    return sorted(pairs, key=rank)
