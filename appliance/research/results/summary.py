"""Summarize runs as one result."""

from collections.abc import Sequence

from appliance.research.results.result import BacktestResult
from appliance.research.results.run import Market, StrategyRun


def summarize(
    runs: Sequence[StrategyRun],
    market: Market,
    *,
    notes: str | None = None,
    cached: BacktestResult | None = None,
) -> BacktestResult:
    """Return the statistics of runs, after those of `cached`, which are of strategies that need not run."""
    raise NotImplementedError
