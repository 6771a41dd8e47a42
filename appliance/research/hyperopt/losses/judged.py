"""State what a loss function sees of an epoch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from appliance.research.results.statistics.columns import TradeColumns

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, kw_only=True, eq=False)
class Judged:
    """Hold what an epoch led to.

    `first` and `last` are the first and last candle of the tested range (UTC), `starting_balance` in stake
    currency. `statistics` are those of a result, by freqtrade's names, `config` is a freqtrade configuration.
    `processed` returns the dataframes of all pairs with their indicators; it is called only by functions of
    users.
    """

    trades: TradeColumns
    first: datetime
    last: datetime
    starting_balance: float
    statistics: Mapping[str, Any]
    config: Mapping[str, Any]
    processed: "Callable[[], Mapping[str, DataFrame]]"


Loss = Callable[[Judged], float]
"""A loss function: the lower its answer, the better the epoch."""
