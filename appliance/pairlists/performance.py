"""Put pairs first that have earned most."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated

import msgspec

from appliance.domain.ledger import ClosedTrade
from appliance.pairlists.pairlist import InBacktest, PairList, Walk
from appliance.pairlists.parameters import Parameters, param


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
        trades: Iterable[ClosedTrade] = self.around.trades.closed
        if self.set.minutes:
            since = walk.now - timedelta(minutes=self.set.minutes)
            trades = (trade for trade in trades if trade.close_date >= since)
        records = records_of(trades)
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


def records_of(trades: Iterable[ClosedTrade]) -> dict[str, Record]:
    """Sum up trades by pair."""
    earned: dict[str, float] = defaultdict(float)
    staked: dict[str, float] = defaultdict(float)
    counts: dict[str, int] = defaultdict(int)
    for trade in trades:
        earned[trade.pair] += trade.close_profit_abs
        staked[trade.pair] += trade.entry_cost or trade.max_stake_amount
        counts[trade.pair] += 1
    return {pair: Record(earned[pair] / (staked[pair] or 1.0), count) for pair, count in counts.items()}


def by_performance(pairs: Iterable[str], records: dict[str, Record]) -> list[str]:
    """Return pairs by profit, then by fewer trades, then as they came; without trades a pair earned 0."""
    nothing = Record(0.0, 0)

    def rank(pair: str) -> tuple[float, int]:
        record = records.get(pair, nothing)
        return -record.profit_ratio, record.count

    return sorted(pairs, key=rank)
