"""Make the table of a strategy's figures."""

from collections.abc import Mapping
from typing import Any

from appliance.research.backtest.realism import Realism
from appliance.research.results.amounts import coin, fixed
from appliance.research.results.printing.output import Table
from appliance.research.results.printing.wallet_metrics import wallet_metrics

Row = tuple[str, str]
Statistics = Mapping[str, Any]
"""A strategy's result, by freqtrade's names. Fields that older versions did not write are shown as N/A."""

_SPACE = [("", "")]
UNKNOWN = "N/A"


def metrics_table(result: Statistics) -> Table:
    """Return the figures of a result that has trades."""
    rows = [
        *_conditions(result),
        *_SPACE,
        *_performance(result),
        *_directions(result),
        *_SPACE,
        *_extremes(result),
        *_orders(result),
        *_SPACE,
        *_drawdown(result),
        *wallet_metrics(result.get("wallet_stats") or {}, result["stake_currency"]),
    ]
    return Table("SUMMARY METRICS", ("Metric", "Value"), rows, justify="left")


def _conditions(result: Statistics) -> list[Row]:
    mode = str(result.get("trading_mode") or "spot")
    margin = str(result.get("margin_mode") or "") if mode != "spot" else ""
    trading_mode = [("Trading Mode", f"{margin.capitalize()} {mode.capitalize()}".strip())]
    return [
        ("Backtesting from", str(result["backtest_start"])),
        ("Backtesting to", str(result["backtest_end"])),
        *(trading_mode if "trading_mode" in result else []),
        ("Max open trades", str(result["max_open_trades"])),
        *([("Realism", str(Realism.stated(result["realism"])))] if result.get("realism") else []),
    ]


def _performance(result: Statistics) -> list[Row]:
    stake, days = result["stake_currency"], result["backtest_days"] or 1
    expected, ratio = _number(result, "expectancy", ".2f"), _number(result, "expectancy_ratio", ".2f")
    return [
        ("Total/Daily Avg Trades", f"{result['total_trades']} / {result['trades_per_day']}"),
        ("Starting balance", coin(result["starting_balance"], stake)),
        ("Final balance", coin(result["final_balance"], stake)),
        ("Absolute profit ", coin(result["profit_total_abs"], stake)),
        ("Total profit %", _number(result, "profit_total", ".2%")),
        ("CAGR %", _number(result, "cagr", ".2%")),
        ("Sharpe (closed trades)", _number(result, "sharpe", ".2f")),
        ("Sortino (closed trades)", _number(result, "sortino", ".2f")),
        ("Calmar (closed trades)", _number(result, "calmar", ".2f")),
        ("SQN", _number(result, "sqn", ".2f")),
        ("Mean profit p-value", _number(result, "p_value", ".4g")),
        ("Profit factor", _number(result, "profit_factor", ".2f")),
        ("Expectancy (Ratio)", f"{expected} ({ratio})" if ratio != UNKNOWN else UNKNOWN),
        ("Avg. daily profit", coin(result["profit_total_abs"] / days, stake)),
        ("Avg. stake amount", coin(result.get("avg_stake_amount"), stake)),
        ("Market change", _number(result, "market_change", ".2%")),
        ("Total trade volume", coin(result.get("total_volume"), stake)),
    ]


def _directions(result: Statistics) -> list[Row]:
    if not result.get("trade_count_short"):
        return []
    stake = result["stake_currency"]
    counts = f"{result['trade_count_long']} / {result['trade_count_short']}"
    ratios = " / ".join(f"{result[f'profit_total_{side}']:.2%}" for side in ("long", "short"))
    profits = " / ".join(fixed(result[f"profit_total_{side}_abs"], stake) for side in ("long", "short"))
    return [
        *_SPACE,
        ("Long / Short trades", counts),
        ("Long / Short profit %", ratios),
        (f"Long / Short profit {stake}", profits),
    ]


def _extremes(result: Statistics) -> list[Row]:
    stake, trades = result["stake_currency"], result["trades"]
    best = max(trades, key=lambda trade: trade["profit_ratio"])
    worst = min(trades, key=lambda trade: trade["profit_ratio"])
    days = " / ".join(str(result[name]) for name in ("winning_days", "draw_days", "losing_days"))
    streaks = f"{result.get('max_consecutive_wins')} / {result.get('max_consecutive_losses')}"
    return [
        ("Best Pair", f"{result['best_pair']['key']} {result['best_pair']['profit_total']:.2%}"),
        ("Worst Pair", f"{result['worst_pair']['key']} {result['worst_pair']['profit_total']:.2%}"),
        ("Best trade", f"{best['pair']} {best['profit_ratio']:.2%}"),
        ("Worst trade", f"{worst['pair']} {worst['profit_ratio']:.2%}"),
        ("Best day", coin(result["backtest_best_day_abs"], stake)),
        ("Worst day", coin(result["backtest_worst_day_abs"], stake)),
        ("Days win/draw/lose", days),
        ("Min/Max/Avg. Duration Winners", _durations(result, "winner")),
        ("Min/Max/Avg. Duration Losers", _durations(result, "loser")),
        ("Max Consecutive Wins / Loss", streaks if "max_consecutive_losses" in result else UNKNOWN),
    ]


def _durations(result: Statistics, who: str) -> str:
    return " / ".join(str(result.get(f"{who}_holding_{name}", UNKNOWN)) for name in ("min", "max", "avg"))


def _orders(result: Statistics) -> list[Row]:
    timed_out = (result.get(f"timedout_{kind}_orders", UNKNOWN) for kind in ("entry", "exit"))
    rows = [
        ("Rejected Entry signals", str(result.get("rejected_signals", UNKNOWN))),
        ("Entry/Exit Timeouts", " / ".join(map(str, timed_out))),
    ]
    if result.get("canceled_entry_orders"):
        rows += [
            ("Canceled Trade Entries", str(result.get("canceled_trade_entries", UNKNOWN))),
            ("Canceled Entry Orders", str(result["canceled_entry_orders"])),
            ("Replaced Entry Orders", str(result.get("replaced_entry_orders", UNKNOWN))),
        ]
    return rows


def _drawdown(result: Statistics) -> list[Row]:
    stake = result["stake_currency"]
    ratio = result.get("max_drawdown_account", result.get("max_drawdown", 0.0))
    lowest, highest = (coin(result[name], stake) for name in ("csum_min", "csum_max"))
    return [
        ("Min/Max balance (closed trades)", f"{lowest} / {highest}"),
        ("Max % of account underwater", _number(result, "max_relative_drawdown", ".2%")),
        ("Absolute drawdown", f"{coin(result['max_drawdown_abs'], stake)} ({ratio:.2%})"),
        ("Drawdown duration", str(result.get("drawdown_duration", UNKNOWN))),
        ("Profit at drawdown start", coin(result["max_drawdown_high"], stake)),
        ("Profit at drawdown end", coin(result["max_drawdown_low"], stake)),
        ("Drawdown start", str(result["drawdown_start"])),
        ("Drawdown end", str(result["drawdown_end"])),
    ]


def _number(result: Statistics, name: str, form: str) -> str:
    value = result.get(name)
    return UNKNOWN if value is None else format(value, form)
