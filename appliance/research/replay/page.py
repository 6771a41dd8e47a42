"""Write a comparison as one HTML file, which opens without a network."""

from pathlib import Path

from appliance.research.data.candles import replace_file
from appliance.research.replay.comparison import Comparison
from appliance.research.report.html_file import rendered


def write_page(path: Path, found: Comparison) -> None:
    """Write the page; it replaces `path` whole or not at all. Raises DataError."""
    replace_file(path, comparison_page(found))


def comparison_page(found: Comparison) -> bytes:
    """Return the page."""
    context = {
        "found": found,
        "figures": _figures(found),
        "differing": [one for one in found.trades if not one.is_same],
        "same": [one for one in found.trades if one.is_same],
    }
    return rendered("replay.html", context, (), {})


def _figures(found: Comparison) -> list[tuple[str, str, str]]:
    """Return label, value and note of each key figure."""
    totals, stake = found.totals, found.stake_currency
    return [
        (
            "The bot",
            f"{totals.live_profit:+.4g} {stake}",
            f"{totals.live} trades, {totals.only_live} on its own",
        ),
        (
            "The backtest",
            f"{totals.tested_profit:+.4g} {stake}",
            f"{totals.tested} trades, {totals.only_tested} on its own",
        ),
        ("On both sides", str(totals.matched), f"{totals.same} the same in every detail"),
        ("Without an explanation", str(totals.unexplained), "of the trades that differ"),
    ]
