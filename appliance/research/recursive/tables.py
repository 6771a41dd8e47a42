"""Show what was found: freqtrade's table, then what each indicator needs, then what to do."""

import math
from collections.abc import Iterator

from appliance.research.lookahead.tables import column_table
from appliance.research.recursive.result import Needed, RecursiveResult
from appliance.research.recursive.search import TOLERANCE
from appliance.research.results.printing.output import Table


def variance_table(result: RecursiveResult) -> Table:
    """Return freqtrade's table: by how much the last value differs, for each number of startup candles."""
    headings = ("Indicators", *(_heading(count, result.strategy_scc) for count in result.startup_candles))
    rows = [
        (name, *(_percent(by_count.get(str(count))) for count in result.startup_candles))
        for name, by_count in result.results.items()
    ]
    return Table("Recursive Analysis", headings, rows)


def _heading(count: int, own: int) -> str:
    return f"{count} (from strategy)" if count == own else str(count)


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.3%}"


def needs_table(result: RecursiveResult) -> Table:
    """Return how many candles each column needs, those that need most first."""
    own = result.strategy_scc
    headings = ("column", "candles needed", f"off with {own}" if own else "off with 1")
    ordered = sorted(result.needed, key=_by_need, reverse=True)
    rows = [(one.column, _needed(one, result.most), _off(one)) for one in ordered]
    return Table(f"What indicators of {result.strategy} need", headings, rows, left=1)


def _by_need(one: Needed) -> float:
    return math.inf if one.candles is None else one.candles


def _needed(one: Needed, most: int) -> str:
    if one.candles is not None:
        return str(one.candles)
    return "all" if one.verdict == "never settles" else f"more than {most}"


def _off(one: Needed) -> str:
    return "no value" if math.isinf(one.deviation) else f"{one.deviation:.3%}"


def advice(result: RecursiveResult) -> Iterator[str]:
    """Yield sentences about what to do."""
    own, recommended = result.strategy_scc, result.recommended
    if recommended is None:
        few = ", ".join(one.column for one in result.needed if one.verdict == "needs more")
        yield (
            f"{few}: more than {result.most} candles are needed, which this range does not show: choose a "
            "longer --timerange."
        )
    elif own < recommended:
        has = f"it has {own}" if own else "it has none"
        yield f"Set startup_candle_count = {recommended} in {result.strategy} ({has})."
    else:
        yield f"startup_candle_count = {own} is enough; {recommended} would be."
    if never := [one.column for one in result.needed if one.verdict == "never settles"]:
        yield (
            f"{', '.join(never)}: no number is enough, since these depend on all candles before. Live, they "
            "begin elsewhere than in a backtest: use how they change, not how large they are."
        )
    yield f"A value is right if it is off by at most {TOLERANCE:.1%} of its size."


def lookahead_table(result: RecursiveResult) -> Table | None:
    """Return which indicators know later candles; None if none does."""
    return column_table(result.strategy, result.lookahead) if result.lookahead else None
