"""Sum up analysed trades by enter reason, exit reason and pair: the groups of `--analysis-groups`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any, Literal, get_args

from appliance.research.results.analysis.result_table import ResultTable

Group = Literal["0", "1", "2", "3", "4", "5"]
GROUPS: tuple[Group, ...] = get_args(Group)

_KEYS: dict[str, tuple[str, ...]] = {
    "0": ("enter_reason",),
    "1": ("enter_reason",),
    "2": ("enter_reason", "exit_reason"),
    "3": ("pair", "enter_reason"),
    "4": ("pair", "enter_reason", "exit_reason"),
    "5": ("exit_reason",),
}
_WINS_AND_LOSSES = (
    *("total_num_buys", "wins", "losses", "profit_abs_wins", "profit_abs_loss", "profit_tot"),
    *("wl_ratio_pct", "avg_win", "avg_loss", "exp_ratio"),
)
_PROFITS = (
    *("num_buys", "profit_abs_sum", "profit_abs_median", "profit_abs_mean"),
    *("median_profit_pct", "mean_profit_pct", "total_profit_pct"),
)


def group_table(group: Group, rows: Sequence[Mapping[str, Any]]) -> ResultTable:
    """Return the table of a group: 0 counts wins and losses, the others sum profits up.

    Money in stake currency, `_pct` in percent. The lowest profit comes first; in group 0 the fewest trades,
    in group 5 the exit reasons by their names.
    """
    keys = _KEYS[group]
    grouped: dict[tuple[str, ...], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[tuple(row[key] for key in keys)].append(row)
    columns, sums = (_WINS_AND_LOSSES, _wins_and_losses) if group == "0" else (_PROFITS, _profits)
    lines = [(*key, *sums(members)) for key, members in sorted(grouped.items())]
    if group == "0":
        lines.sort(key=lambda line: line[1])
    elif group != "5":
        at = len(keys) + 1
        reason = keys.index("enter_reason")
        lines.sort(key=lambda line: (line[at], line[reason]))
    return ResultTable(f"Group {group}:", (*keys, *columns), lines, names=1 if group == "0" else 0)


def _wins_and_losses(rows: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
    """Count wins (losses include draws), and return the expectancy ratio: (1 + W/L) x share of wins - 1.

    W and L are the mean win and the mean loss.
    """
    profits = [row["profit_abs"] for row in rows]
    wins = sum(profit > 0 for profit in profits)
    losses = len(profits) - wins
    won = sum(profit for profit in profits if profit >= 0)
    lost = sum(profit for profit in profits if profit < 0)
    share = wins / len(profits)
    mean_win, mean_loss = (won / wins if wins else 0.0), (lost / losses if losses else 0.0)
    without_loss = float("inf") if mean_win else 0.0
    ratio = (1 + mean_win / abs(mean_loss)) * share - 1 if mean_loss else without_loss
    return len(profits), wins, losses, won, lost, won - abs(lost), share * 100, mean_win, mean_loss, ratio


def _profits(rows: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
    profits, ratios = [row["profit_abs"] for row in rows], [row["profit_ratio"] for row in rows]
    count = len(rows)
    return (
        count,
        sum(profits),
        float(median(profits)),
        sum(profits) / count,
        median(ratios) * 100,
        sum(ratios) / count * 100,
        sum(ratios) * 100,
    )
