"""Show a result on the terminal, in the tables that freqtrade's users know."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from appliance.research.backtest.options import Period
from appliance.research.results.amounts import coin
from appliance.research.results.archive import to_json
from appliance.research.results.printing.lines import (
    enter_tag_table,
    exit_reason_table,
    mixed_tag_table,
    pair_table,
    period_table,
    strategy_table,
)
from appliance.research.results.printing.metrics import metrics_table
from appliance.research.results.printing.output import Output
from appliance.research.results.result import BacktestResult
from appliance.research.results.statistics import periods
from appliance.research.results.statistics.groups import TOTAL

_TAG_TABLES = {
    "results_per_enter_tag": enter_tag_table,
    "exit_reason_summary": exit_reason_table,
    "mix_tag_stats": mixed_tag_table,
}


def show_results(
    result: BacktestResult,
    *,
    breakdown: Sequence[Period] = (),
    colour: bool = True,
    pair_list: bool = False,
    as_json: bool = False,
) -> None:
    """Print every strategy's tables, the warnings about its result, and the comparison of strategies.

    breakdown: periods of `--breakdown`; pair_list: the pairs by profit, as for a configuration; as_json: the
    whole result instead, in one line. Tables on a terminal; tab-separated in a pipe.
    """
    if as_json:
        sys.stdout.write(to_json(result).decode() + "\n")
        return
    output = Output(colour=colour)
    for name, statistics in result.strategy.items():
        show_strategy(output, name, statistics, breakdown)
        _show_warnings(output, result.warnings.get(name, []))
        output.line()
    if result.strategy and result.strategy_comparison:
        _show_comparison(output, result)
    if pair_list:
        for name, statistics in result.strategy.items():
            _show_pairs(output, name, statistics)


def show_strategy(
    output: Output, name: str, statistics: Mapping[str, Any], breakdown: Sequence[Period]
) -> None:
    """Print the tables of one strategy."""
    stake = statistics["stake_currency"]
    output.line(f"Result for strategy {name}")
    output.table(pair_table(statistics["results_per_pair"], stake, "BACKTESTING REPORT"))
    output.table(pair_table(statistics["left_open_trades"], stake, "LEFT OPEN TRADES REPORT"))
    for section, table in _TAG_TABLES.items():
        if statistics.get(section) is not None:
            output.table(table(statistics[section], stake))
    for period in breakdown:
        output.table(period_table(_broken_down(statistics, period), stake, period))
    if statistics["trades"]:
        output.table(metrics_table(statistics))
    else:
        output.line(_nothing_traded(statistics, stake))


def _broken_down(statistics: Mapping[str, Any], period: Period) -> Sequence[Mapping[str, Any]]:
    """Return the stored lines of a period; results of older versions have none."""
    stored = (statistics.get("periodic_breakdown") or {}).get(period)
    if stored is not None:
        found: Sequence[Mapping[str, Any]] = stored
        return found
    trades = statistics["trades"]
    closed = np.array([trade["close_timestamp"] for trade in trades], dtype=np.int64)
    return periods.breakdown(closed, np.array([trade["profit_abs"] for trade in trades], dtype=float), period)


def _nothing_traded(statistics: Mapping[str, Any], stake: str) -> str:
    amount = statistics["stake_amount"]
    staked = "unlimited" if amount == "unlimited" else coin(amount, stake)
    started = coin(statistics["starting_balance"], stake)
    return f"No trades made. Your starting balance was {started}, and your stake was {staked}."


def _show_warnings(output: Output, warnings: Sequence[str]) -> None:
    if warnings:
        output.line("What makes this result better than trading would be:")
        for warning in warnings:
            output.line(f"- {warning}")


def _show_comparison(output: Output, result: BacktestResult) -> None:
    last = list(result.strategy.values())[-1]
    tested = f"{last['backtest_start']} -> {last['backtest_end']}"
    output.line(f"Backtested {tested} | Max open trades : {last['max_open_trades']}")
    output.table(strategy_table(result.strategy_comparison, last["stake_currency"]))


def _show_pairs(output: Output, name: str, statistics: Mapping[str, Any]) -> None:
    output.line(f"Pairs for Strategy {name}: \n[")
    for line in statistics["results_per_pair"]:
        if line["key"] != TOTAL:
            output.line(f'"{line["key"]}",  // {line["profit_mean"]:.2%}')
    output.line("]")
