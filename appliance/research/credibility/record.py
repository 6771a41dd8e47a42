"""State what a search leaves behind, as far as its credibility depends on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from appliance.domain.timeframe import to_ms
from appliance.research.backtest.outcome import Outcome
from appliance.research.overfitting.returns import DAY_MS, Floats, Grid, Returns


@dataclass(frozen=True, kw_only=True, eq=False)
class SearchRecord:
    """Hold all trials of a search, and the backtest of the best one.

    `returns` are trials x intervals of `grid`, `losses` one a trial (lower is better; infinite where a
    trial failed), `best` the row of the chosen trial, `parameters` its values by name, `outcome` its
    backtest. `compounding` tells whether stakes grow with the balance. `earlier_trials` were made on the
    same candles by searches before.
    """

    loss: str
    grid: Grid
    returns: Returns
    losses: Floats
    best: int
    parameters: Mapping[str, Any]
    outcome: Outcome
    currency: str
    timeframe: str
    compounding: bool = False
    earlier_trials: int = 0
    seed: int | None = None

    @property
    def trials(self) -> int:
        return len(self.returns)

    @property
    def days(self) -> float:
        return (to_ms(self.outcome.last) - to_ms(self.outcome.first)) / DAY_MS

    @property
    def changes(self) -> Floats:
        """What each trade of the best trial made, as `trade_orders` takes it."""
        profits = np.array([trade.close_profit_abs or 0.0 for trade in self.outcome.trades])
        start = self.outcome.starting_balance
        if not len(profits) or start <= 0:
            return np.zeros(0)
        if not self.compounding:
            return profits / start
        before = start + np.concatenate(([0.0], np.cumsum(profits[:-1])))
        changes: Floats = np.divide(profits, before, out=np.full(len(profits), -1.0), where=before > 0)
        return changes

    @property
    def longest_trade_ms(self) -> int:
        """How long the longest trade of the best trial was open."""
        return max(
            (
                to_ms(trade.close_date) - to_ms(trade.open_date)
                for trade in self.outcome.trades
                if trade.close_date
            ),
            default=0,
        )
