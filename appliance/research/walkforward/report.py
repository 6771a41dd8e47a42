"""Put a walk forward into one document: what a pipe gets, and what pages and tables show."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
import numpy as np

from appliance.config.documented import doc
from appliance.domain.timeframe import to_date
from appliance.research.credibility.checks import Check
from appliance.research.credibility.verdict import Verdict
from appliance.research.walkforward.combined import Combined, combined, steadiness
from appliance.research.walkforward.judge import checks_of, judged
from appliance.research.walkforward.plan import WalkPlan
from appliance.research.walkforward.result import Part, WindowResult

_PLACES = 12


class WindowRow(msgspec.Struct, frozen=True, kw_only=True):
    """State one window."""

    number: Annotated[int, doc("Its number, from 1.")]
    search_from: Annotated[datetime, doc("First candle that is searched (UTC).")]
    search_until: Annotated[datetime, doc("The end of what is searched.")]
    test_from: Annotated[datetime, doc("First candle that is tested.")]
    test_until: Annotated[datetime, doc("The end of what is tested.")]
    seed: Annotated[int, doc("Seed of its search.")]
    epochs: Annotated[int, doc("Epochs of its search.")]
    params: Annotated[Mapping[str, Any] | None, doc("What the search chose; null: it found nothing of use.")]
    inside_profit: Annotated[float | None, doc("Profit where it was searched (ratio).")]
    inside_a_year: Annotated[float | None, doc("The same, scaled to a year.")]
    inside_sharpe: Annotated[float | None, doc("Sharpe ratio there, of a year.")]
    outside_profit: Annotated[float, doc("Profit where it was tested (ratio); 0 without parameters.")]
    outside_a_year: Annotated[float, doc("The same, scaled to a year.")]
    outside_sharpe: Annotated[float | None, doc("Sharpe ratio there, of a year.")]
    outside_trades: Annotated[int, doc("Trades there.")]
    deflated: Annotated[float | None, doc("Deflated Sharpe ratio of its search.")]
    overfitting: Annotated[float | None, doc("Probability of overfitting of its search.")]


class WalkReport(msgspec.Struct, frozen=True, kw_only=True):
    """State what searching again and again, and trading what was found, would have made."""

    strategy: Annotated[str, doc("The strategy.")]
    timeframe: Annotated[str, doc("Candle length.")]
    currency: Annotated[str, doc("Stake currency.")]
    loss: Annotated[str, doc("Name of the loss function.")]
    epochs: Annotated[int, doc("Epochs of each search.")]
    seed: Annotated[int, doc("Seed of the first search; each later one has the next number.")]
    anchored: Annotated[bool, doc("Whether all searches begin at the first candle.")]
    search_days: Annotated[float, doc("Length of what is searched; of the first window, if anchored.")]
    test_days: Annotated[float, doc("Length of what is tested.")]
    gap_days: Annotated[float, doc("What is left out between both.")]
    verdict: Annotated[Verdict, doc("What to think of it.")]
    checks: Annotated[list[Check], doc("The questions behind the verdict.")]
    profit: Annotated[float, doc("Profit of all tested ranges together (ratio).")]
    days: Annotated[float, doc("Length of all tested ranges.")]
    trades: Annotated[int, doc("Trades in them.")]
    sharpe: Annotated[float, doc("Sharpe ratio of a year.")]
    certainty: Annotated[float, doc("Probability that the true Sharpe ratio is above 0.")]
    drawdown: Annotated[float, doc("Deepest drawdown of closed trades (ratio).")]
    drawdown_95: Annotated[float | None, doc("Exceeded in one of twenty other orders of the trades.")]
    inside_a_year: Annotated[float, doc("Profit a year where it was searched (ratio).")]
    outside_a_year: Annotated[float, doc("Profit a year where it was tested (ratio).")]
    efficiency: Annotated[float | None, doc("The second by the first.")]
    won: Annotated[int, doc("Windows that ended with a profit.")]
    steadiness: Annotated[
        Mapping[str, float], doc("By parameter: 1 always the same, 0 as if drawn at random.")
    ]
    windows: Annotated[list[WindowRow], doc("The windows.")]
    interval_minutes: Annotated[float, doc("Length of the intervals of `balance`.")]
    balance: Annotated[list[float], doc("Balance at the end of each interval, by the starting balance.")]


def report_of(plan: WalkPlan, results: Sequence[WindowResult]) -> tuple[WalkReport, Combined]:
    """Return the report of all windows, and what they made together."""
    found = combined(results, plan.candle_ms // 1000, compounding=plan.compounding)
    steady = steadiness(results)
    checks = list(checks_of(found, steady))
    falls, day = found.orders.falls, 86_400_000
    options, cut = plan.search.options, plan.cut
    report = WalkReport(
        strategy=plan.search.name,
        timeframe=plan.search.backtest.timeframe,
        currency=plan.search.candidate.loaded.settings.stake_currency,
        loss=options.hyperopt_loss or "",
        epochs=options.epochs,
        seed=plan.search.seed,
        anchored=cut.anchored,
        search_days=cut.search / day,
        test_days=cut.test / day,
        gap_days=cut.gap / day,
        verdict=judged(found, results, checks),
        checks=checks,
        profit=found.profit,
        days=found.days,
        trades=found.trades,
        sharpe=found.sharpe,
        certainty=found.certainty,
        drawdown=found.orders.observed_fall,
        drawdown_95=float(np.percentile(falls, 95)) if len(falls) else None,
        inside_a_year=found.inside_a_year,
        outside_a_year=found.outside_a_year,
        efficiency=found.efficiency,
        won=found.won,
        steadiness=steady,
        windows=[row_of(one) for one in results],
        interval_minutes=found.grid.step_ms / 60_000,
        balance=found.curve.round(8).tolist(),
    )
    return report, found


def row_of(result: WindowResult) -> WindowRow:
    """Return the row of a window."""
    window, inside, outside = result.window, result.inside, result.outside
    return WindowRow(
        number=window.number,
        search_from=to_date(window.search_from),
        search_until=to_date(window.search_until),
        test_from=to_date(window.test_from),
        test_until=to_date(window.test_until),
        seed=result.seed,
        epochs=result.epochs,
        params=None if result.params is None else {name: _plain(one) for name, one in result.params.items()},
        inside_profit=None if inside is None else inside.profit,
        inside_a_year=None if inside is None else _a_year(inside),
        inside_sharpe=None if inside is None else inside.sharpe,
        outside_profit=0.0 if outside is None else outside.profit,
        outside_a_year=0.0 if outside is None else _a_year(outside),
        outside_sharpe=None if outside is None else outside.sharpe,
        outside_trades=0 if outside is None else len(outside.profits),
        deflated=result.deflated,
        overfitting=result.overfitting,
    )


def _a_year(part: Part) -> float:
    return part.profit * 365 / part.days if part.days else 0.0


def _plain(value: Any) -> Any:
    return round(value, _PLACES) if isinstance(value, float) else value
