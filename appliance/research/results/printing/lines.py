"""Make tables of the lines of a result: by pair, by tag, by period, by strategy."""

from collections.abc import Mapping, Sequence
from typing import Any

from appliance.research.results.amounts import coin, fixed
from appliance.research.results.printing.output import Table

_OUTCOMES = "Win  Draw  Loss  Win%"
_OTHER = "OTHER"

Line = Mapping[str, Any]
"""One line of a result, by freqtrade's names."""


def pair_table(lines: Sequence[Line], stake: str, title: str) -> Table:
    """Return the table of pairs."""
    rows = [(str(line["key"]), *_sums(line, stake)) for line in lines]
    return Table(title, ("Pair", *_headings("Trades", stake)), rows)


def enter_tag_table(lines: Sequence[Line], stake: str) -> Table:
    """Return the table of enter tags."""
    rows = [(str(line.get("key") or _OTHER), *_sums(line, stake)) for line in lines]
    return Table("ENTER TAG STATS", ("Enter Tag", *_headings("Entries", stake)), rows)


def exit_reason_table(lines: Sequence[Line], stake: str) -> Table:
    """Return the table of exit reasons; older results name them `exit_reason`."""
    rows = [(str(line.get("key") or line.get("exit_reason", _OTHER)), *_sums(line, stake)) for line in lines]
    return Table("EXIT REASON STATS", ("Exit Reason", *_headings("Exits", stake)), rows)


def mixed_tag_table(lines: Sequence[Line], stake: str) -> Table:
    """Return the table of combinations of enter tag and exit reason."""
    rows = []
    for line in lines:
        key = line.get("key") or (_OTHER, "")
        tag, reason = key if isinstance(key, list | tuple) else (key, "")
        rows.append((str(tag), str(reason), *_sums(line, stake)))
    headings = ("Enter Tag", "Exit Reason", *_headings("Trades", stake))
    return Table("MIXED TAG STATS", headings, rows)


def period_table(lines: Sequence[Line], stake: str, period: str) -> Table:
    """Return the table of periods; older results lack counts and factors, and miss an s."""
    rows = []
    for line in lines:
        factor = line.get("profit_factor")
        losses = line.get("losses", line.get("loses", 0))
        rows.append(
            (
                str(line["date"]),
                str(line.get("trades", "N/A")),
                coin(line["profit_abs"], stake, name=False),
                "N/A" if factor is None else str(round(factor, 2)),
                outcomes(line["wins"], line["draws"], losses),
            )
        )
    headings = (period.capitalize(), "Trades", f"Tot Profit {stake}", "Profit Factor", _OUTCOMES)
    return Table(f"{period.upper()} BREAKDOWN", headings, rows)


def strategy_table(lines: Sequence[Line], stake: str) -> Table:
    """Return the comparison of strategies."""
    depths = [str(line["max_drawdown_abs"]) for line in lines]
    ratios = [f"{line['max_drawdown_account'] * 100:.2f}" for line in lines]
    widest_depth, widest_ratio = max(map(len, depths)), max(map(len, ratios))
    rows = [
        (
            str(line["key"]),
            str(line["trades"]),
            f"{line['profit_mean_pct']:.2f}",
            *_sums(line, stake)[2:],
            f"{depth:>{widest_depth}} {stake}  {ratio:>{widest_ratio}}%",
        )
        for line, depth, ratio in zip(lines, depths, ratios, strict=True)
    ]
    headings = ("Strategy", *_headings("Trades", stake), "Drawdown")
    return Table("STRATEGY SUMMARY", headings, rows)


def outcomes(wins: int, draws: int, losses: int) -> str:
    """Return counts in columns, and the share of wins in percent."""
    share = "0"
    if wins:
        share = f"{100 / (wins + draws + losses) * wins:.1f}" if losses else "100"
    return f"{wins:>4}  {draws:>4}  {losses:>4}  {share:>4}"


def _headings(counted: str, stake: str) -> tuple[str, ...]:
    profits = ("Avg Profit %", f"Tot Profit {stake}", "Tot Profit %")
    return (counted, *profits, "Avg Duration", _OUTCOMES)


def _sums(line: Line, stake: str) -> tuple[str, ...]:
    return (
        str(line["trades"]),
        str(line["profit_mean_pct"]),
        fixed(line["profit_total_abs"], stake),
        str(line["profit_total_pct"]),
        str(line.get("duration_avg")),
        outcomes(line["wins"], line["draws"], line["losses"]),
    )
