"""Look how indicators depend on where they begin, and how many candles they need."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from appliance.domain.errors import DataError
from appliance.research.lookahead.analyse import examined_scene
from appliance.research.lookahead.options import LookaheadOptions
from appliance.research.lookahead.setup import Scene, scene_of
from appliance.research.recursive.needs import needs_of
from appliance.research.recursive.options import RecursiveOptions
from appliance.research.recursive.result import RecursiveResult
from appliance.research.recursive.runs import Runs
from appliance.research.recursive.variance import last_values, variances
from appliance.research.recursive.windows import Windows

if TYPE_CHECKING:
    from appliance.research.backtest.plan import Plan
    from appliance.research.backtest.progress import Progress
    from appliance.research.lookahead.subject import Subject

_CHECKED = 20
"""A third of the candles at which indicators are checked for later candles."""


def analyse(plan: "Plan", options: RecursiveOptions, progress: "Progress") -> RecursiveResult:
    """Examine the indicators of the first strategy of a plan. Raises ApplianceError."""
    scene = scene_of(plan)
    subject = replace(scene.subject, only_indicators=True)
    pair = _first_pair(subject, scene.pairs)
    runs = Runs.of(subject, pair, progress)
    counts = options.with_own(plan.startup)
    results = _table(runs, pair, counts)
    needs = needs_of(runs, scene.pairs, plan.startup)
    few = LookaheadOptions(targeted_trade_amount=_CHECKED, seconds=0)
    found = examined_scene(Scene(subject, scene.pairs), few, progress)
    return RecursiveResult(
        filename=plan.candidates[0].source.name,
        strategy=subject.name,
        pair=pair,
        startup_candles=counts,
        strategy_scc=plan.startup,
        results=results,
        needed=needs.columns,
        recommended=needs.recommended,
        most=needs.most,
        lookahead=found.sum.columns(),
    )


def _first_pair(subject: "Subject", pairs: Sequence[str]) -> str:
    for pair in pairs:
        if len(subject.candles(pair)):
            return pair
    raise DataError(subject.source.nothing_of(pairs))


def _table(runs: Runs, pair: str, counts: Sequence[int]) -> dict[str, dict[str, float]]:
    """Return the ratios of freqtrade's table, by column and number.

    As there, larger numbers are not compared once one gives no difference.
    """
    subject = runs.subject
    windows, candles = Windows(subject), subject.candles(pair)
    whole = runs.alone(lambda: last_values(subject.columns(pair, candles)))
    runs.progress.begin(f"Startup candles of {subject.name}", len(counts))
    found: dict[str, dict[str, float]] = {}
    for done, count in enumerate(counts, start=1):
        part = runs.alone(partial(windows.with_startup, pair, count, int(candles[-1, 0])))
        different = variances(whole, part)
        if not different:
            break
        for name, value in different.items():
            found.setdefault(name, {})[str(count)] = value
        runs.progress.advance(done)
    return found
