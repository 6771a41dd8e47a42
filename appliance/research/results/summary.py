"""Summarize runs as one result."""

from collections.abc import Sequence
from typing import Any

from appliance.research.results.amounts import coin
from appliance.research.results.honesty import warnings_about
from appliance.research.results.result import BacktestResult
from appliance.research.results.run import Market, StrategyRun
from appliance.research.results.statistics.market import market_change
from appliance.research.results.statistics.strategy import strategy_statistics


def summarize(
    runs: Sequence[StrategyRun],
    market: Market,
    *,
    notes: str | None = None,
    cached: BacktestResult | None = None,
) -> BacktestResult:
    """Return the statistics of runs, after those of `cached`, which are of strategies that need not run."""
    result = cached or BacktestResult(strategy={}, strategy_comparison=[], metadata={})
    change = market_change(market, runs[0].outcome.first) if runs else 0.0
    for run in runs:
        name = run.outcome.strategy
        statistics = strategy_statistics(run, market.pairs, change)
        result.strategy[name] = statistics
        result.metadata[name] = _metadata(run, notes)
        result.strategy_comparison.append(comparison_line(name, statistics))
        result.warnings[name] = warnings_about(run.outcome, run.series)
    return result


def comparison_line(name: str, statistics: dict[str, Any]) -> dict[str, Any]:
    """Return the line of a strategy in the comparison: that of all pairs, with the strategy's drawdown."""
    of_all: dict[str, Any] = statistics["results_per_pair"][-1]
    return of_all | {
        "key": name,
        "max_drawdown_account": statistics["max_drawdown_account"],
        "max_drawdown_abs": coin(statistics["max_drawdown_abs"], statistics["stake_currency"], name=False),
    }


def _metadata(run: StrategyRun, notes: str | None) -> dict[str, Any]:
    outcome, config = run.outcome, run.config
    stated: dict[str, Any] = {
        "run_id": run.run_id,
        "backtest_start_time": int(run.started.timestamp()),
        "timeframe": config["timeframe"],
        "timeframe_detail": config.get("timeframe_detail") or None,
        "backtest_start_ts": int(outcome.first.timestamp()),
        "backtest_end_ts": int(outcome.last.timestamp()),
    }
    return stated | ({"notes": notes} if notes else {})
