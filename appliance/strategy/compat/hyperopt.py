"""Offer what loss functions of users import from `freqtrade.optimize.hyperopt`."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from pandas import DataFrame


class IHyperOptLoss(ABC):
    """Judge an epoch. `timeframe` is that of the search."""

    timeframe: str

    @staticmethod
    @abstractmethod
    def hyperopt_loss_function(  # noqa: PLR0913 -- freqtrade's interface
        *,
        results: "DataFrame",
        trade_count: int,
        min_date: "datetime",
        max_date: "datetime",
        config: dict[str, Any],
        processed: "dict[str, DataFrame]",
        backtest_stats: dict[str, Any],
        starting_balance: float,
        **kwargs: Any,
    ) -> float:
        """Return a number: the lower, the better.

        results: a row for each trade; min_date, max_date: first and last candle (UTC); processed: the frames
        of all pairs; backtest_stats: by freqtrade's names; starting_balance: in stake currency.
        """


class IHyperOpt(ABC):
    """Base class that a strategy's nested class `HyperOpt` may have; what it defines replaces our spaces."""

    timeframe: str


__all__ = ["IHyperOpt", "IHyperOptLoss"]
