"""State what one epoch led to."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from appliance.research.overfitting.returns import Returns

MAX_LOSS = 100_000.0
"""The loss of an epoch with fewer trades than are asked for."""
WORST_BEST = 100.0
"""An epoch with this loss, or a higher one, is never the best: as in freqtrade, it is of no use."""
INITIAL_EPOCHS = 30
"""How many epochs are drawn at random before a sampler goes by results."""

SHOWN = (
    *("total_trades", "wins", "draws", "losses", "profit_mean", "profit_median", "profit_total"),
    *("profit_total_abs", "holding_avg", "holding_avg_s", "max_drawdown_abs", "max_drawdown_account"),
    *("stake_currency", "trade_count_long", "trade_count_short", "sharpe", "sortino", "calmar", "cagr"),
    *("strategy_name", "profit_factor", "starting_balance", "final_balance"),
)
"""The statistics of an epoch that stay in memory, by freqtrade's names."""


class Epoch(msgspec.Struct, kw_only=True):
    """Hold an epoch: what was sampled, and what came of it.

    `params` are the sampled values; `details` and `not_searched` are those of the strategy by space, as
    they are exported. `metrics` are statistics of its backtest (`SHOWN`). `returns` is what the trades that
    closed in each interval of `Subject.grid` made, as ratios of the starting balance: all epochs of a
    search have the same intervals. `record` is the epoch as it is stored, without what only the search
    knows: `number` (from 1), and `is_best`, whether its loss was lower than all before.
    """

    params: dict[str, Any]
    loss: float
    details: dict[str, dict[str, Any]]
    not_searched: dict[str, dict[str, Any]]
    metrics: dict[str, Any]
    explanation: str
    returns: "Returns"
    started: datetime
    record: bytes = b""
    number: int = 0
    is_best: bool = False

    @property
    def is_initial(self) -> bool:
        return self.number <= INITIAL_EPOCHS


class Lost(msgspec.Struct, frozen=True):
    """Say why an epoch has no result."""

    reason: str
