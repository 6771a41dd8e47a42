"""Write the report of a search as one HTML file."""

from pathlib import Path
from typing import Any

import numpy as np

from appliance.reports.number_format import NOTHING, duration, percent, tone
from appliance.research.credibility.checks import ratio_text
from appliance.research.credibility.drawings import cloud_of, distributions, map_lines, map_planes, value_text
from appliance.research.credibility.examine import Examination
from appliance.research.credibility.report import SearchReport
from appliance.research.credibility.verdict import MARK_OF
from appliance.research.data.candles import replace_file
from appliance.research.overfitting.returns import Floats
from appliance.research.report.figures import Figure
from appliance.research.report.html_file import packed_json, rendered

SCRIPTS = ("number_format.js", "data.js", "charts.js", "growth.js", "search_main.js", "begin.js")

WORDS = {"good": "good", "doubtful": "doubtful", "bad": "bad", "unknown": "not known"}


def write_page(path: Path, found: Examination, report: SearchReport) -> None:
    """Write the report of a search, which replaces `path` whole or not at all. Raises DataError."""
    replace_file(path, search_page(found, report))


def search_page(found: Examination, report: SearchReport) -> bytes:
    """Return the report of a search as an HTML file."""
    context = {
        "report": report,
        "mark": MARK_OF[report.verdict.judgement],
        "words": WORDS,
        "facts": _facts(found, report),
        "figures": _figures(report),
        "distributions": distributions(found),
        "cloud": cloud_of(found.overfitting, found.record.grid.per_year),
        "lines": map_lines(found.neighbourhood),
        "planes": map_planes(found.neighbourhood),
        "parameters": [(name, value_text(value)) for name, value in report.parameters.items()],
    }
    return rendered("search.html", context, SCRIPTS, {"data": packed_json({"growth": _growth(found)})})


def _facts(found: Examination, report: SearchReport) -> list[tuple[str, str]]:
    facts = [
        ("Trials", f"{report.trials.made:,}"),
        ("Earlier trials", f"{report.trials.earlier:,}" if report.trials.earlier else ""),
        ("Loss function", report.loss),
        ("Candles", report.timeframe),
        ("Seed", "" if report.seed is None else str(report.seed)),
        ("Returns of", duration(report.interval_minutes * 60)),
        ("Trades", f"{len(found.record.outcome.trades):,}"),
    ]
    return [(label, text) for label, text in facts if text]


def _figures(report: SearchReport) -> list[Figure]:
    sharpe, choice, risk = report.sharpe, report.choice, report.risk
    return [
        Figure(
            "Profit of the best", percent(report.profit), "", f"{report.trades:,} trades", tone(report.profit)
        ),
        Figure(
            "Sharpe ratio", ratio_text(sharpe.ratio), "", f"luck alone: about {ratio_text(sharpe.by_luck)}"
        ),
        Figure(
            "Deflated Sharpe ratio",
            f"{sharpe.deflated:.0%}".replace("%", " %"),
            "",
            "how probable it is that it beats luck",
        ),
        Figure(
            "Probability of overfitting",
            NOTHING if choice is None else f"{choice.overfitting:.0%}".replace("%", " %"),
            "",
            "50 %: chosen blindly",
        ),
        Figure(
            "Where it had not looked",
            NOTHING if report.unseen is None else percent(report.unseen.made),
            "",
            "" if report.unseen is None else f"where it had: {percent(report.unseen.seen)}",
            "flat" if report.unseen is None else tone(report.unseen.made),
        ),
        Figure(
            "Independent trials",
            f"{report.trials.independent:,.0f}",
            "",
            f"{report.trials.different:,} of {report.trials.made:,} differ",
        ),
        Figure(
            "Drawdown to expect",
            NOTHING if risk is None else percent(-risk.drawdown_95, 1),
            "",
            "" if risk is None else f"one of twenty is deeper; it was {percent(-risk.drawdown, 1)}",
        ),
        Figure(
            "Left one step away",
            NOTHING if report.neighbourhood is None else percent(report.neighbourhood.kept, 0).lstrip("+"),
            "",
            ""
            if report.neighbourhood is None
            else f"of the advantage: a {report.neighbourhood.shape or 'point'}",
        ),
    ]


def _growth(found: Examination) -> dict[str, Any]:
    """Return curves in percent of the starting balance, at the end of each interval (s since 1970)."""
    record = found.record
    ends = (record.grid.opened + record.grid.step_ms) // 1000
    curves = [
        {
            "name": "Chosen on all of the time",
            "mark": "text",
            "values": _percents(record.returns[record.best]),
        }
    ]
    if found.unseen is not None:
        made = _percents(found.unseen.made)
        curves.append({"name": "Where it had not looked", "mark": "accent", "values": made})
    return {"times": ends.tolist(), "curves": curves}


def _percents(made: Floats) -> list[float]:
    summed: list[float] = (100 * np.cumsum(np.asarray(made, np.float64))).round(3).tolist()
    return summed
