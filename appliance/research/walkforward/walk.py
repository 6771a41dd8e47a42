"""Walk forward: search each window, and test what was found on the time after it."""

import math
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from appliance.domain.timeframe import to_ms
from appliance.research.backtest.progress import SILENT, Progress
from appliance.research.credibility.surroundings import dimension_of
from appliance.research.hyperopt.evaluation import Evaluator, InThisProcess
from appliance.research.hyperopt.search import searched
from appliance.research.hyperopt.subject import Subject, subject_of
from appliance.research.overfitting.cscv import blocks_for, cross_validated
from appliance.research.overfitting.deflated import deflated_of
from appliance.research.overfitting.independence import different_trials, effective_trials
from appliance.research.overfitting.returns import Floats, Returns, grid_of, returns_of
from appliance.research.overfitting.sharpe import sharpe_ratios
from appliance.research.walkforward.result import Part, WindowResult

if TYPE_CHECKING:
    from appliance.research.backtest.analysis.frames import FrameFolder
    from appliance.research.backtest.outcome import Outcome
    from appliance.research.hyperopt.search import History
    from appliance.research.walkforward.plan import WalkPlan
    from appliance.research.walkforward.windows import Window


@dataclass(frozen=True, kw_only=True)
class Means:
    """Say by what means a window is searched; none of them changes its result.

    `evaluator` makes what evaluates epochs, `history` knows those of an earlier run of the same window,
    frames are kept in `folder`.
    """

    evaluator: Callable[[Subject], Evaluator] = InThisProcess
    history: "History | None" = None
    folder: "FrameFolder | None" = None
    progress: Progress = SILENT


class Interrupted(Exception):
    """The search of a window was interrupted: it has no result."""


def walked(plan: "WalkPlan", window: "Window", means: Means = Means()) -> WindowResult:
    """Search a window, and test what was found.

    The result depends on plan and window alone, not on the windows before it. Raises ApplianceError where the
    strategy or the loss fails, Interrupted where the user ends the search.
    """
    progress = Titled(means.progress, f"Window {window.number} of {len(plan.windows)}: ")
    subject = subject_of(plan.searched(window), means.folder, progress)
    with closing(means.evaluator(subject)) as evaluates:
        found = searched(subject, evaluates, history=means.history, progress=progress)
    if found.ending == "interrupted":
        raise Interrupted
    best = found.best
    seed, dimensions = plan.seed_of(window), [dimension_of(one) for one in subject.space.dimensions]
    if best is None:
        return WindowResult(
            window=window,
            seed=seed,
            epochs=len(found.epochs),
            params=None,
            details={},
            loss=None,
            inside=None,
            outside=None,
            ending=found.ending,
            dimensions=dimensions,
        )
    returns = np.stack([epoch.returns for epoch in found.epochs])
    row = next(place for place, epoch in enumerate(found.epochs) if epoch.number == best.number)
    progress.begin("Testing what was found", 0)
    inside = subject.backtested(best.params)
    outside = subject_of(plan.tested(window), None, SILENT).backtested(best.params)
    return WindowResult(
        window=window,
        seed=seed,
        epochs=len(found.epochs),
        params=dict(best.params),
        details=best.details,
        loss=best.loss if math.isfinite(best.loss) else None,
        inside=part_of(inside, plan.candle_ms),
        outside=part_of(outside, plan.candle_ms),
        deflated=deflated_of(returns, row, effective_trials(returns)).probability,
        overfitting=_overfitting(returns),
        ending=found.ending,
        dimensions=dimensions,
    )


def part_of(outcome: "Outcome", candle_ms: int) -> Part:
    """Return what a backtest made."""
    start = outcome.starting_balance or math.inf
    closed = [to_ms(trade.close_date) for trade in outcome.trades if trade.close_date]
    profits = [(trade.close_profit_abs or 0.0) / start for trade in outcome.trades if trade.close_date]
    grid = grid_of(to_ms(outcome.first), to_ms(outcome.last), candle_ms // 1000)
    ratio = float(sharpe_ratios(returns_of(closed, profits, 1.0, grid)))
    return Part(
        first_ms=to_ms(outcome.first),
        last_ms=to_ms(outcome.last),
        profit=outcome.final_balance / start - 1,
        sharpe=ratio * math.sqrt(grid.per_year),
        closed_ms=closed,
        profits=profits,
    )


class Titled:
    """Show steps with the window that they belong to."""

    def __init__(self, progress: Progress, title: str) -> None:
        self._progress, self._title = progress, title

    def begin(self, title: str, total: float) -> None:
        """Begin a step."""
        self._progress.begin(f"{self._title}{title[:1].lower()}{title[1:]}", total)

    def advance(self, done: float) -> None:
        """Show how much of it is done."""
        self._progress.advance(done)

    def note(self, name: str, value: float) -> None:
        """Show a figure of the step."""
        self._progress.note(name, value)


def _overfitting(returns: Returns | Floats) -> float | None:
    different = returns[different_trials(returns)]
    blocks = blocks_for(returns.shape[1])
    return cross_validated(different, blocks).probability if blocks and len(different) > 1 else None
