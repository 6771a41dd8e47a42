"""Make of a prepared strategy, and of what its walk led to, what a result is made of."""

from datetime import datetime
from pathlib import Path

from appliance.research.backtest.outcome import Outcome
from appliance.research.backtest.setup import Preparation
from appliance.research.results.run import Market, StrategyRun


def run_of(
    prepared: Preparation, outcome: Outcome, *, run_id: str, started: datetime, ended: datetime
) -> StrategyRun:
    """Return the run of a prepared strategy."""
    return StrategyRun(
        outcome=outcome,
        config=prepared.strategy.config,
        series=prepared.series,
        run_id=run_id,
        started=started,
        ended=ended,
        source=Path(prepared.resolved.file),
        analysed=prepared.indicators,
    )


def market_of(prepared: Preparation) -> Market:
    """Return the market of a prepared strategy; its candles are loaded again, pair by pair."""
    return Market(tuple(prepared.series), prepared.rows)
