"""Put a verdict and its figures into one document: what a pipe gets, and what pages and tables show."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
import numpy as np

from appliance.config.documented import doc
from appliance.research.credibility.checks import Check, checks_of
from appliance.research.credibility.examine import Examination
from appliance.research.credibility.verdict import Verdict, judged
from appliance.research.overfitting.neighbourhood import Axis, Neighbourhood
from appliance.research.overfitting.sharpe import probabilistic_sharpe


class Trials(msgspec.Struct, frozen=True, kw_only=True):
    """Count the trials of a search."""

    made: Annotated[int, doc("Trials of this search.")]
    earlier: Annotated[int, doc("Trials of earlier searches on the same candles.")]
    different: Annotated[int, doc("Trials left if those whose returns correlate above 0.95 count once.")]
    independent: Annotated[float, doc("How many independent trials would have been as lucky as all these.")]


class Sharpe(msgspec.Struct, frozen=True, kw_only=True):
    """State the Sharpe ratio of the best trial, and what luck would make of it. Ratios are of a year."""

    ratio: Annotated[float, doc("Sharpe ratio, from the returns of equal intervals.")]
    skewness: Annotated[float, doc("Skewness of these returns.")]
    kurtosis: Annotated[float, doc("Kurtosis of these returns; 3 for normal ones.")]
    by_luck: Annotated[float, doc("Sharpe ratio that the best of as many trials without an edge would have.")]
    above_zero: Annotated[
        float, doc("Probability that the true ratio is above 0, if this had been the only trial.")
    ]
    deflated: Annotated[
        float, doc("Deflated Sharpe ratio: probability that the true ratio is above `by_luck`.")
    ]
    by_luck_published: Annotated[
        float, doc("`by_luck` with the variance across trials and their mean correlation.")
    ]
    deflated_published: Annotated[float, doc("Deflated Sharpe ratio by `by_luck_published`.")]
    days_needed: Annotated[
        float | None, doc("Days until a ratio like this is above luck, 95 % sure; null: never.")
    ]


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """State how well a choice by one half of the time does in the other half (CSCV)."""

    overfitting: Annotated[float, doc("Probability of backtest overfitting.")]
    loss: Annotated[float, doc("Probability of a loss in the other half.")]
    slope: Annotated[float, doc("Slope of the Sharpe ratio there by that in the first half.")]
    splits: Annotated[int, doc("Number of ways to halve the time.")]


class UnseenTime(msgspec.Struct, frozen=True, kw_only=True):
    """State what the search made in parts of the time that it had not seen (ratios of the balance)."""

    made: Annotated[float, doc("Sum of what was chosen on the rest of the time, over all parts.")]
    seen: Annotated[float, doc("What the best trial made in all.")]
    purged: Annotated[int, doc("Intervals left out beside each part, since trades reach into it.")]
    embargo: Annotated[int, doc("Intervals left out after each part.")]


class Risk(msgspec.Struct, frozen=True, kw_only=True):
    """State how trades could have gone in other orders (ratios)."""

    drawdown: Annotated[float, doc("Deepest drawdown, by closed trades.")]
    drawdown_median: Annotated[float, doc("The middle one of 1,000 other orders.")]
    drawdown_95: Annotated[float, doc("Exceeded in one of twenty orders.")]
    lost: Annotated[float, doc("Probability of a loss with trades drawn from these.")]
    ruined: Annotated[float, doc("Probability of losing half of the start on the way.")]


class OtherHistories(msgspec.Struct, frozen=True, kw_only=True):
    """State what the best parameters made on made-up candles."""

    won: Annotated[float, doc("Share of histories with a profit.")]
    profits: Annotated[list[float], doc("Profit of each, as a ratio of the starting balance.")]


class LossLine(msgspec.Struct, frozen=True, kw_only=True):
    """Hold losses along one parameter."""

    parameter: Annotated[str, doc("Its name.")]
    values: Annotated[list[Any], doc("Its values.")]
    best: Annotated[int, doc("The place of the best one among them.")]
    losses: Annotated[list[float | None], doc("The loss at each value; null where the strategy failed.")]


class LossPlane(msgspec.Struct, frozen=True, kw_only=True):
    """Hold losses along two parameters: rows by the first one."""

    parameters: Annotated[tuple[str, str], doc("Their names.")]
    values: Annotated[tuple[list[Any], list[Any]], doc("Their values.")]
    losses: Annotated[list[list[float | None]], doc("The losses, row by row.")]


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """Hold the map around the best parameters."""

    shape: Annotated[str | None, doc("plateau, slope or peak.")]
    kept: Annotated[float | None, doc("Share of the advantage that is left one step away.")]
    best: Annotated[float, doc("The lowest loss.")]
    ordinary: Annotated[float, doc("The median loss of all trials.")]
    lines: Annotated[list[LossLine], doc("Losses along each parameter.")]
    planes: Annotated[list[LossPlane], doc("Losses along pairs of parameters.")]


class SearchReport(msgspec.Struct, frozen=True, kw_only=True):
    """State how far the result of a search can be trusted."""

    strategy: Annotated[str, doc("The strategy.")]
    first: Annotated[datetime, doc("First candle of the search (UTC).")]
    last: Annotated[datetime, doc("Last candle of the search (UTC).")]
    timeframe: Annotated[str, doc("Candle length.")]
    currency: Annotated[str, doc("Stake currency.")]
    loss: Annotated[str, doc("Name of the loss function.")]
    seed: Annotated[int | None, doc("Seed of the search.")]
    interval_minutes: Annotated[float, doc("Length of the intervals whose returns are compared.")]
    parameters: Annotated[Mapping[str, Any], doc("The best parameters.")]
    profit: Annotated[float, doc("Profit of the best trial, as a ratio of the starting balance.")]
    trades: Annotated[int, doc("Its trades.")]
    verdict: Annotated[Verdict, doc("What to think of it.")]
    checks: Annotated[list[Check], doc("The questions behind the verdict.")]
    trials: Annotated[Trials, doc("How many trials there were.")]
    sharpe: Annotated[Sharpe, doc("Sharpe ratio and luck.")]
    choice: Annotated[Choice | None, doc("Cross-validation of the choice.")]
    unseen: Annotated[UnseenTime | None, doc("Purged and embargoed parts.")]
    risk: Annotated[Risk | None, doc("Other orders of the same trades.")]
    histories: Annotated[OtherHistories | None, doc("Made-up candles.")]
    neighbourhood: Annotated[Surroundings | None, doc("The map around the best parameters.")]


def report_of(found: Examination) -> SearchReport:
    """Return the report of an examined search."""
    record, outcome = found.record, found.record.outcome
    checks = list(checks_of(found))
    start = outcome.starting_balance
    return SearchReport(
        strategy=outcome.strategy,
        first=outcome.first,
        last=outcome.last,
        timeframe=record.timeframe,
        currency=record.currency,
        loss=record.loss,
        seed=record.seed,
        interval_minutes=record.grid.step_ms / 60_000,
        parameters=record.parameters,
        profit=outcome.final_balance / start - 1 if start else 0.0,
        trades=len(outcome.trades),
        verdict=judged(found, checks),
        checks=checks,
        trials=Trials(
            made=record.trials,
            earlier=record.earlier_trials,
            different=found.different,
            independent=found.independent,
        ),
        sharpe=_sharpe(found),
        choice=_choice(found),
        unseen=_unseen(found),
        risk=_risk(found),
        histories=_histories(found),
        neighbourhood=_surroundings(found.neighbourhood),
    )


def _sharpe(found: Examination) -> Sharpe:
    year = math.sqrt(found.record.grid.per_year)
    moments = found.deflated.moments
    days = found.enough * found.record.grid.step_ms / 86_400_000
    return Sharpe(
        ratio=moments.sharpe * year,
        skewness=moments.skewness,
        kurtosis=moments.kurtosis,
        by_luck=found.deflated.expected * year,
        above_zero=probabilistic_sharpe(moments),
        deflated=found.deflated.probability,
        by_luck_published=found.published.expected * year,
        deflated_published=found.published.probability,
        days_needed=days if math.isfinite(days) else None,
    )


def _choice(found: Examination) -> Choice | None:
    result = found.overfitting
    if result is None:
        return None
    return Choice(overfitting=result.probability, loss=result.loss, slope=result.slope, splits=result.splits)


def _unseen(found: Examination) -> UnseenTime | None:
    result = found.unseen
    if result is None:
        return None
    return UnseenTime(made=result.outside, seen=result.inside, purged=result.purged, embargo=result.embargo)


def _risk(found: Examination) -> Risk | None:
    orders = found.orders
    if not orders.trades:
        return None
    median, deep = (float(value) for value in np.percentile(orders.falls, (50, 95)))
    return Risk(
        drawdown=orders.observed_fall,
        drawdown_median=median,
        drawdown_95=deep,
        lost=orders.lost,
        ruined=orders.ruined,
    )


def _histories(found: Examination) -> OtherHistories | None:
    result = found.histories
    return None if result is None else OtherHistories(won=result.won, profits=result.profits.tolist())


def _surroundings(found: Neighbourhood | None) -> Surroundings | None:
    if found is None:
        return None
    return Surroundings(
        shape=found.shape,
        kept=found.kept,
        best=found.best,
        ordinary=found.ordinary,
        lines=[
            LossLine(
                parameter=line.axis.name,
                values=list(line.axis.values),
                best=line.axis.best,
                losses=_finite(line.losses.tolist()),
            )
            for line in found.lines
        ],
        planes=[
            LossPlane(
                parameters=(plane.vertical.name, plane.horizontal.name),
                values=(_values(plane.vertical), _values(plane.horizontal)),
                losses=[_finite(row) for row in plane.losses.tolist()],
            )
            for plane in found.planes
        ],
    )


def _values(axis: Axis) -> list[Any]:
    return list(axis.values)


def _finite(losses: Sequence[float]) -> list[float | None]:
    return [loss if math.isfinite(loss) else None for loss in losses]
