"""Write the report of a walk forward as one HTML file."""

from pathlib import Path
from typing import Any

import numpy as np

from appliance.reports.number_format import NOTHING, percent, share, tone
from appliance.research.credibility.checks import ratio_text
from appliance.research.credibility.drawings import value_text
from appliance.research.credibility.page import WORDS
from appliance.research.credibility.verdict import MARK_OF
from appliance.research.data.candles import replace_file
from appliance.research.report.figures import Figure
from appliance.research.report.html_file import packed_json, rendered
from appliance.research.walkforward.combined import Combined
from appliance.research.walkforward.judge import kept_text
from appliance.research.walkforward.report import WalkReport

SCRIPTS = ("number_format.js", "data.js", "charts.js", "growth.js", "search_main.js", "begin.js")


def write_page(path: Path, report: WalkReport, found: Combined) -> None:
    """Write the page, which replaces `path` whole or not at all. Raises DataError."""
    replace_file(path, walk_page(report, found))


def walk_page(report: WalkReport, found: Combined) -> bytes:
    """Return the report of a walk forward as an HTML file."""
    names = list(dict.fromkeys(name for row in report.windows for name in row.params or {}))
    context = {
        "report": report,
        "mark": MARK_OF[report.verdict.judgement],
        "words": WORDS,
        "facts": _facts(report),
        "figures": _figures(report),
        "names": names,
        "steady": {name: ratio_text(value) for name, value in report.steadiness.items()},
        "chosen": [(row.number, _values(row.params, names)) for row in report.windows],
    }
    return rendered("walk.html", context, SCRIPTS, {"data": packed_json({"growth": _growth(found)})})


def _facts(report: WalkReport) -> list[tuple[str, str]]:
    return [
        ("Windows", f"{len(report.windows)}, {'anchored' if report.anchored else 'rolling'}"),
        ("Searched", f"{report.search_days:g} days"),
        ("Left out", f"{report.gap_days:g} days"),
        ("Tested", f"{report.test_days:g} days"),
        ("Epochs each", f"{report.epochs:,}"),
        ("Loss function", report.loss),
        ("Candles", report.timeframe),
        ("Seed", str(report.seed)),
    ]


def _figures(report: WalkReport) -> list[Figure]:
    deep = NOTHING if report.drawdown_95 is None else percent(-report.drawdown_95, 1)
    return [
        Figure(
            "Profit where it was not searched",
            percent(report.profit),
            "",
            f"{report.trades:,} trades in {report.days:.0f} days",
            tone(report.profit),
        ),
        Figure(
            "Left of the promise",
            kept_text(report.efficiency),
            "",
            f"{percent(report.outside_a_year, 0)} a year of {percent(report.inside_a_year, 0)}",
        ),
        Figure("Sharpe ratio", ratio_text(report.sharpe), "", f"above zero with {share(report.certainty)}"),
        Figure("Deepest drawdown", percent(-report.drawdown, 1), "", f"one of twenty orders: below {deep}"),
    ]


def _values(params: Any, names: list[str]) -> list[str]:
    return [NOTHING if params is None else value_text(params[name]) for name in names]


def _growth(found: Combined) -> dict[str, Any]:
    """Return the curve in percent of the starting balance, at the end of each interval (s since 1970)."""
    ends = (found.grid.opened + found.grid.step_ms) // 1000
    values = (100 * (np.asarray(found.curve) - 1)).round(3).tolist()
    return {"times": ends.tolist(), "curves": [{"name": "Tested", "mark": "accent", "values": values}]}
