"""Evaluate epochs: a strategy with its candles and indicators, ready to be walked with any values."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from appliance.domain.enums import RunMode
from appliance.domain.errors import ApplianceError, ConfigurationError
from appliance.domain.timeframe import seconds
from appliance.research.backtest.outcome import Outcome
from appliance.research.backtest.plan import planned
from appliance.research.backtest.progress import SILENT
from appliance.research.backtest.repeated import Repeated, repeated
from appliance.research.backtest.run import backtest
from appliance.research.backtest.setup import Preparation, Shared
from appliance.research.backtest.signals import dates_of
from appliance.research.hyperopt.epoch import MAX_LOSS, SHOWN, Epoch
from appliance.research.hyperopt.losses.judged import Judged
from appliance.research.hyperopt.plan import SearchPlan
from appliance.research.hyperopt.results.record import explained, recorded
from appliance.research.hyperopt.spaces.space import Params, SearchSpace, search_space
from appliance.research.overfitting.returns import Grid, Returns, grid_of, returns_of
from appliance.research.results.prepared import run_of
from appliance.research.results.statistics.columns import TradeColumns
from appliance.research.results.statistics.strategy import strategy_statistics
from appliance.research.timerange import TimeRange

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.research.backtest.analysis.frames import FrameFolder
    from appliance.research.backtest.progress import Progress
    from appliance.research.data.candles import CandleFiles

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, eq=False)
class Subject:
    """Hold what every epoch starts from; evaluating one changes the strategy's values, nothing else."""

    plan: SearchPlan
    space: SearchSpace
    repeated: Repeated
    shared: Shared

    def evaluate(self, params: Params) -> Epoch:
        """Backtest with sampled values, and judge. Raises StrategyError, ConfigurationError."""
        started = datetime.now(UTC)
        prepared, outcome = self._backtest(params)
        statistics = self._statistics(prepared, outcome, started)
        epoch = Epoch(
            params=params,
            loss=self._loss(outcome, statistics),
            details=self.space.details(params),
            not_searched=self.space.not_searched(),
            metrics={name: statistics[name] for name in SHOWN if name in statistics},
            explanation=explained(statistics),
            returns=self._returns(outcome),
            started=started,
        )
        epoch.record = recorded(epoch, statistics)
        return epoch

    def on(self, files: "CandleFiles") -> "Subject":
        """Return the subject of the same search on other candles of its range. Raises ApplianceError."""
        base = self.repeated.base
        again = replace(self.plan, backtest=planned(self.plan.backtest.loaded))  # a strategy may remember
        return _made(again, self.shared.on(files, TimeRange(base.first_ms, base.last_ms)), None, SILENT)

    def backtested(self, params: Params) -> Outcome:
        """Backtest with these values, and return all trades. Raises StrategyError."""
        return self._backtest(params)[1]

    @cached_property
    def grid(self) -> Grid:
        """The intervals of `Epoch.returns`: they cover the tested range, the same for all epochs."""
        base = self.repeated.base
        return grid_of(base.first_ms, base.last_ms, seconds(base.timeframe))

    @cached_property
    def market_change(self) -> float:
        """The mean change of all pairs over their tested candles, as a ratio.

        As in freqtrade's searches, a pair that was listed later is without its own startup candles.
        """
        cut = self.repeated.begun.analysis.cut
        closes = (frame["close"].iloc[cut.of(dates_of(frame))] for frame in self.repeated.frames.values())
        known = [close.dropna().to_numpy(dtype=float) for close in closes]
        changes = [(close[-1] - close[0]) / close[0] for close in known if len(close)]
        return float(np.mean(changes)) if changes else 0.0

    def _backtest(self, params: Params) -> tuple[Preparation, Outcome]:
        self.space.apply(params)
        prepared = self.repeated.prepared(indicators=self.plan.options.analyze_per_epoch)
        return prepared, backtest(prepared)

    def _returns(self, outcome: Outcome) -> Returns:
        trades = TradeColumns.of(outcome.trades)
        return returns_of(trades.closed, trades.profit, outcome.starting_balance, self.grid)

    def _statistics(self, prepared: Preparation, outcome: Outcome, started: datetime) -> dict[str, Any]:
        run = run_of(prepared, outcome, run_id="", started=started, ended=datetime.now(UTC))
        return strategy_statistics(run, tuple(prepared.series), self.market_change, of_search=True)

    def _loss(self, outcome: Outcome, statistics: Mapping[str, Any]) -> float:
        if statistics["total_trades"] < self.plan.options.hyperopt_min_trades:
            return MAX_LOSS
        judged = Judged(
            trades=TradeColumns.of(outcome.trades),
            first=outcome.first,
            last=outcome.last,
            starting_balance=statistics["starting_balance"],
            statistics=statistics,
            config=self.space.strategy.config,
            processed=self._processed,
        )
        try:
            return float(self.plan.loss(judged))
        except ApplianceError:
            raise
        except Exception as error:  # the edge: it may be a function of the user
            name = self.plan.options.hyperopt_loss
            raise ConfigurationError(f"{name} failed: {type(error).__name__}: {error}") from error

    def _processed(self) -> "Mapping[str, DataFrame]":
        return {pair: frame.copy(deep=False) for pair, frame in self.repeated.frames.items()}


def subject_of(plan: SearchPlan, folder: "FrameFolder | None", progress: "Progress") -> Subject:
    """Load candles, make indicators, and find the spaces. Raises ApplianceError."""
    shared = Shared.of(plan.backtest)
    shared.data.runmode = RunMode.HYPEROPT
    return _made(plan, shared, folder, progress)


def _made(plan: SearchPlan, shared: Shared, folder: "FrameFolder | None", progress: "Progress") -> Subject:
    begun = shared.begun(plan.candidate, folder and folder.of(plan.name))
    strategy = begun.analysis.strategy
    space = search_space(strategy, plan.options)
    for _, parameter in strategy.enumerate_parameters():
        parameter.was_read = False
    found = Subject(plan=plan, space=space, repeated=repeated(shared, begun, progress), shared=shared)
    if not plan.options.analyze_per_epoch:
        _warn_of_values(space)
    _ = found.market_change  # known before processes are forked
    return found


def _warn_of_values(space: SearchSpace) -> None:
    """Tell which parameters change nothing in indicators, since these are made once, by their first value."""
    names = [
        name
        for name, parameter in space.strategy.enumerate_parameters()
        if parameter.is_searched and parameter.was_read
    ]
    if names:
        log.warning(
            "%s: populate_indicators reads their values, and runs only once: there they stay as they are; "
            "use .range, or --analyze-per-epoch",
            ", ".join(names),
        )
