"""Examine a strategy as a job: what the commands do, as answers of the API."""

import gc
from typing import TYPE_CHECKING, Any

import msgspec

from appliance.domain.enums import RunMode
from appliance.research.lookahead import analyse as lookahead_analysis
from appliance.research.lookahead.options import LookaheadOptions
from appliance.research.planning import UNTRADED, planned_with_hint
from appliance.research.recursive import analyse as recursive_analysis
from appliance.research.recursive.options import RecursiveOptions
from appliance.research.tasks.settings import Arguments, checked_strategy, settings_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appliance.research.backtest.plan import Plan
    from appliance.research.jobs.report import Report


def lookahead(arguments: Arguments, report: "Report") -> bytes:
    """Find signals that know later candles. Raises ApplianceError."""
    asked = arguments["asked"]
    options = LookaheadOptions.of(asked)
    return _ended(lookahead_analysis.analyse(_plan(arguments, asked), options, report))


def recursive(arguments: Arguments, report: "Report") -> bytes:
    """Find how many candles indicators need. Raises ApplianceError."""
    asked = arguments["asked"]
    options = RecursiveOptions.of(asked)
    return _ended(recursive_analysis.analyse(_plan(arguments, asked), options, report))


def _plan(arguments: Arguments, asked: "Mapping[str, Any]") -> "Plan":
    gc.set_threshold(50_000, 50, 100)  # as backtests do
    given = {name: asked[name] for name in ("timeframe", "timerange") if asked.get(name)}
    if asked.get("pairs"):
        given |= {"exchange.pair_whitelist": asked["pairs"], "pairlists": [{"method": "StaticPairList"}]}
    name = checked_strategy(asked["strategy"])
    changes = {"strategy": name, "strategy_list": [], **given, **UNTRADED}
    return planned_with_hint(settings_of(arguments, RunMode.BACKTEST, **changes))


def _ended(result: msgspec.Struct) -> bytes:
    answer = {"status": "ended", "running": False, "status_msg": "Analysis ended", "result": result}
    return msgspec.json.encode(answer)
