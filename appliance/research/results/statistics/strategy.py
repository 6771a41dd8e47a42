"""Put all statistics of one strategy together, in the order of freqtrade's results."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np

from appliance.reports.measures import cagr
from appliance.reports.views.time_format import as_ms, as_text
from appliance.research.results.run import StrategyRun
from appliance.research.results.statistics.columns import TradeColumns, mean, total
from appliance.research.results.statistics.drawdown import deepest
from appliance.research.results.statistics.groups import TOTAL, GroupLines, Line
from appliance.research.results.statistics.holding import holding
from appliance.research.results.statistics.periods import PERIODS, breakdown, daily
from appliance.research.results.statistics.quality import CandleRange, quality
from appliance.research.results.statistics.settings_shown import settings_shown, stake_decimals
from appliance.research.results.statistics.trade_records import lock_records, trade_records
from appliance.research.results.statistics.wallet import balance_rows, days_and_time, wallet_statistics

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def strategy_statistics(
    run: StrategyRun, pairs: Sequence[str], market_change: float, *, of_search: bool = False
) -> dict[str, Any]:
    """Return a strategy's result by freqtrade's names: trades, groups, ratios, settings, drawdowns.

    pairs: all that were tested; market_change: that of all of them, as a ratio; of_search: as freqtrade does,
    leave out what searches do not look at: the balance from day to day, sums of periods, days of the week.
    """
    outcome, config = run.outcome, run.config
    trades, tested = TradeColumns.of(outcome.trades), CandleRange(outcome.first, outcome.last)
    start, pairs = run.starting_balance, list(pairs)
    lines = GroupLines(trades, tested, start)
    by_pair = lines.by_pair(pairs)
    records = trade_records(outcome.trades, weekday=not of_search)
    return {
        "trades": records,
        "locks": lock_records(outcome.locks),
        "best_pair": _extreme(by_pair, best=True),
        "worst_pair": _extreme(by_pair, best=False),
        "results_per_pair": by_pair,
        "results_per_enter_tag": lines.by_tag("enter_tag"),
        "exit_reason_summary": lines.by_tag("exit_reason"),
        "mix_tag_stats": lines.by_tag("enter_tag", "exit_reason"),
        "left_open_trades": lines.left_open(pairs),
        **_totals(run, trades, records),
        **_ratios(run, trades, tested),
        "wallet_stats": {} if of_search else wallet_statistics(*balance_rows(run).worth()),
        "profit_factor": by_pair[-1]["profit_factor"],
        **_range(run, tested, len(trades)),
        "market_change": market_change,
        "pairlist": pairs,
        "stake_amount": config["stake_amount"],
        "stake_currency": config["stake_currency"],
        "stake_currency_decimals": stake_decimals(config["stake_currency"]),
        "starting_balance": start,
        "dry_run_wallet": start,
        "final_balance": outcome.final_balance,
        **_counters(run),
        **_realism(run),
        **settings_shown(config, outcome.strategy, len(pairs)),
        **({} if of_search else {"periodic_breakdown": _breakdowns(trades)}),
        **daily(trades),
        **holding(trades),
        **_drawdown(trades, start, never=str(_NEVER) if of_search else _NEVER.isoformat()),
    }


def _breakdowns(trades: TradeColumns) -> dict[str, Any]:
    return {period: breakdown(trades.closed, trades.profit, period) for period in PERIODS}


def _extreme(by_pair: list[Line], *, best: bool) -> Line | None:
    pairs = [line for line in by_pair if line["key"] != TOTAL]
    if not pairs:
        return None
    return (max if best else min)(pairs, key=lambda line: line["profit_total_abs"])


def _totals(run: StrategyRun, trades: TradeColumns, records: list[dict[str, Any]]) -> dict[str, Any]:
    start = run.starting_balance
    short = trades.is_short
    all_of_it = total(trades.profit)
    of_longs, of_shorts = total(trades.profit[~short]), total(trades.profit[short])
    costs = (math.fsum(order["cost"] for order in record["orders"]) for record in records)
    return {
        "total_trades": len(trades),
        "trade_count_long": int((~short).sum()),
        "trade_count_short": int(short.sum()),
        "total_volume": math.fsum(costs),
        "avg_stake_amount": mean(trades.stake),
        "profit_mean": mean(trades.ratio),
        "profit_median": float(np.median(trades.ratio)) if len(trades) else 0,
        "profit_total": _share(all_of_it, start),
        "profit_total_long": _share(of_longs, start),
        "profit_total_short": _share(of_shorts, start),
        "profit_total_abs": all_of_it,
        "profit_total_long_abs": of_longs,
        "profit_total_short_abs": of_shorts,
    }


def _share(profit: float, start: float) -> float:
    return profit / start if start else 0.0


def _ratios(run: StrategyRun, trades: TradeColumns, tested: CandleRange) -> dict[str, Any]:
    outcome = run.outcome
    measured = quality(trades, tested, run.starting_balance)
    return {
        "cagr": cagr(run.starting_balance, outcome.final_balance, tested.days),
        "expectancy": measured.expectancy,
        "expectancy_ratio": measured.expectancy_ratio,
        "sortino": measured.sortino,
        "sharpe": measured.sharpe,
        "calmar": measured.calmar,
        "sqn": measured.sqn,
        "p_value": measured.p_value,
    }


def _range(run: StrategyRun, tested: CandleRange, count: int) -> dict[str, Any]:
    return {
        "backtest_start": as_text(tested.first),
        "backtest_start_ts": as_ms(tested.first),
        "backtest_end": as_text(tested.last),
        "backtest_end_ts": as_ms(tested.last),
        "backtest_days": tested.days,
        "backtest_run_start_ts": int(run.started.timestamp()),
        "backtest_run_end_ts": int(run.ended.timestamp()),
        "trades_per_day": round(count / tested.days, 2),
    }


def _counters(run: StrategyRun) -> dict[str, int]:
    counted = run.outcome.counters
    return {
        "rejected_signals": counted.rejected_signals,
        "timedout_entry_orders": counted.timedout_entry_orders,
        "timedout_exit_orders": counted.timedout_exit_orders,
        "canceled_trade_entries": counted.canceled_trade_entries,
        "canceled_entry_orders": counted.canceled_entry_orders,
        "replaced_entry_orders": counted.replaced_entry_orders,
    }


def _realism(run: StrategyRun) -> dict[str, Any]:
    """Return what was modelled beyond freqtrade's fills, under names that it does not read."""
    realism, counted = run.outcome.realism, run.outcome.counters
    if not realism.is_on:
        return {}
    of_cap = ("entries_cut_by_volume", "entries_without_volume", "exits_beyond_volume")
    counts = {name: getattr(counted, name) for name in of_cap} if realism.volume_cap else {}
    return {"realism": msgspec.to_builtins(realism), **counts}


def _drawdown(trades: TradeColumns, start: float, *, never: str) -> dict[str, Any]:
    """Return the deepest fall; `never` is its date where there was no trade."""
    if not len(trades):
        nothing = ("max_drawdown_account", "max_relative_drawdown", "max_drawdown_abs")
        dates = {"drawdown_start": never, "drawdown_start_ts": 0, "drawdown_end": never, "drawdown_end_ts": 0}
        amounts = dict.fromkeys((*nothing, "max_drawdown_low", "max_drawdown_high"), 0.0)
        return amounts | dates | {"csum_min": 0, "csum_max": 0}
    fall = deepest(trades.closed, trades.profit, start)
    relative = deepest(trades.closed, trades.profit, start, relative=True)
    balances = np.cumsum(trades.profit)
    return {
        "max_drawdown_account": fall.ratio,
        "max_relative_drawdown": relative.ratio,
        "max_drawdown_abs": fall.depth,
        "drawdown_start": as_text(fall.start),
        "drawdown_start_ts": as_ms(fall.start),
        "drawdown_end": as_text(fall.end),
        "drawdown_end_ts": as_ms(fall.end),
        "drawdown_duration": days_and_time(fall.duration),
        "drawdown_duration_s": fall.duration.total_seconds(),
        "max_drawdown_low": fall.low,
        "max_drawdown_high": fall.high,
        "csum_min": float(balances.min()) + start,
        "csum_max": float(balances.max()) + start,
    }
