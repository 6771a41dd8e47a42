"""State what an analysis found, under freqtrade's names where it has one."""

import msgspec

from appliance.research.lookahead.result import BiasedColumn
from appliance.research.recursive.search import Verdict


class Needed(msgspec.Struct, frozen=True, kw_only=True):
    """State how many candles before a candle a column needs; None if more than could be tried.

    `deviation` is the part of its size by which it is wrong at most with the strategy's own number.
    """

    column: str
    candles: int | None
    verdict: Verdict
    deviation: float


class RecursiveResult(msgspec.Struct, frozen=True, kw_only=True):
    """Hold the result for a strategy.

    `results` has by column, and by number of startup candles, by what ratio the last value of `pair` differs
    from that with all candles; `strategy_scc` is the strategy's own number. `recommended` is the number with
    which all columns that settle are right, None if that is more than `most`, which could be tried.
    `lookahead` are columns that know later candles.
    """

    filename: str
    strategy: str
    pair: str
    startup_candles: tuple[int, ...]
    strategy_scc: int
    results: dict[str, dict[str, float]]
    needed: tuple[Needed, ...]
    recommended: int | None
    most: int
    lookahead: tuple[BiasedColumn, ...] = ()
