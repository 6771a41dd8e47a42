"""Sum up the runs of a result file, ours or freqtrade's, in a few kilobytes each."""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from appliance.domain.errors import DataError, NotFound
from appliance.research.data.formats import read_content
from appliance.research.results.read import load_result, member
from appliance.research.results.run_view import Figures, Group, RunView

CURVE_POINTS = 240
"""Points of a curve at most: more than a picture that wide would show."""
MOST_GROUPS = 200


def views_of(file: Path) -> list[RunView]:
    """Return the runs in a file, ours or freqtrade's. Raises DataError, NotFound where it is gone."""
    if not file.is_file():
        raise NotFound("There is no such result")
    result = load_result(file)
    runs: dict[str, Any] = dict(result.strategy)
    return [
        _view(file, name, stated if isinstance(stated, dict) else {}, result.warnings.get(name, []))
        for name, stated in runs.items()
    ]


def _view(file: Path, name: str, stated: Mapping[str, Any], warnings: Sequence[str]) -> RunView:
    times, worth = _curve(file, name, stated)
    return RunView(
        file=file.stem,
        strategy=name,
        first=int(_number(stated.get("backtest_start_ts")) or 0) // 1000,
        last=int(_number(stated.get("backtest_end_ts")) or 0) // 1000,
        timeframe=_text(stated.get("timeframe")),
        figures=_figures(stated),
        times=times,
        worth=worth,
        terms=_terms(stated),
        warnings=[str(warning) for warning in warnings],
        pairs=_groups(stated.get("results_per_pair")),
        tags=_groups(stated.get("results_per_enter_tag")),
        reasons=_groups(stated.get("exit_reason_summary")),
    )


def _figures(stated: Mapping[str, Any]) -> Figures:
    def number(name: str) -> float | None:
        return _number(stated.get(name))

    return Figures(
        currency=_text(stated.get("stake_currency")),
        trades=int(number("total_trades") or 0),
        wins=int(number("wins") or 0),
        profit=number("profit_total_abs"),
        profit_ratio=number("profit_total"),
        start=number("starting_balance"),
        final=number("final_balance"),
        drawdown=number("max_drawdown_account"),
        drawdown_money=number("max_drawdown_abs"),
        sharpe=number("sharpe"),
        sortino=number("sortino"),
        calmar=number("calmar"),
        cagr=number("cagr"),
        profit_factor=number("profit_factor"),
        expectancy=number("expectancy"),
        market=number("market_change"),
        mean_ratio=number("profit_mean"),
        held=number("holding_avg_s"),
        rejected=int(number("rejected_signals") or 0),
    )


_TERMS = {
    "timeframe": "Candles",
    "timeframe_detail": "Detail candles",
    "stake_amount": "Stake",
    "max_open_trades_setting": "Open trades at most",
    "starting_balance": "Wallet",
    "trading_mode": "Market",
    "stoploss": "Stop loss",
    "minimal_roi": "Minimal ROI",
    "trailing_stop": "Trailing stop",
    "use_exit_signal": "Exit signals",
    "enable_protections": "Protections",
    "realism": "Realism",
}


def _terms(stated: Mapping[str, Any]) -> dict[str, str]:
    """Return the terms of the test in words."""
    found = {word: _words(stated.get(name)) for name, word in _TERMS.items()}
    fees = next((one.get("fee_open") for one in _records(stated.get("trades"))), None)
    pairs = [_text(one) for one in stated.get("pairlist") or () if isinstance(one, str)]
    found["Fee"] = "" if _number(fees) is None else f"{_number(fees):.4%}".replace("%", " %")
    found["Pairs"] = ", ".join(pairs[:MOST_GROUPS])
    return {word: text for word, text in found.items() if text}


def _words(value: Any) -> str:
    if value is None or value in ("", {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_words(each)}" for key, each in value.items())[:500]
    if isinstance(value, float | int) and value == -1:
        return "no limit"
    return f"{value:g}" if isinstance(value, float) else str(value)[:500]


def _groups(listed: Any) -> list[Group]:
    """Return groups by profit, without the line that sums them up."""
    found = [
        Group(
            name=name,
            trades=int(_number(one.get("trades")) or 0),
            wins=int(_number(one.get("wins")) or 0),
            profit=_number(one.get("profit_total_abs")),
            profit_ratio=_number(one.get("profit_total")),
        )
        for one in _records(listed)
        if (name := _name(one.get("key", one.get("exit_reason")))) != "TOTAL"
    ]
    found.sort(key=lambda group: -(group.profit or 0.0))
    return [group for group in found if group.trades][:MOST_GROUPS]


def _curve(file: Path, name: str, stated: Mapping[str, Any]) -> tuple[list[int], list[float]]:
    """Return what the account was worth: with each candle, or where that is not stored, by closed trades."""
    try:
        content = member(file, f"_{name}_wallet.feather") if file.suffix == ".zip" else b""
        table = read_content(content, "feather", str(file)) if content else {}
        worth = np.nan_to_num(np.asarray(table["rate"], float) * np.asarray(table["balance"], float))
        moments, places = np.unique(table["date"], return_inverse=True)
        totals = np.bincount(places, weights=worth, minlength=len(moments))
        times = [int(moment) // 1000 for moment in moments]
    except (DataError, KeyError, TypeError, ValueError):
        times, totals = _by_trades(stated)
    return _thinned(times, [round(float(total), 8) for total in totals])


def _by_trades(stated: Mapping[str, Any]) -> tuple[list[int], Any]:
    closed = [
        (int(moment) // 1000, _number(trade.get("profit_abs")) or 0.0)
        for trade in _records(stated.get("trades"))
        if (moment := _number(trade.get("close_timestamp"))) is not None
    ]
    closed.sort()
    start = _number(stated.get("starting_balance")) or 0.0
    first = int(_number(stated.get("backtest_start_ts")) or 0) // 1000
    times = [first, *(moment for moment, _ in closed)]
    return times, start + np.cumsum([0.0, *(profit for _, profit in closed)])


def _thinned(times: list[int], values: list[float]) -> tuple[list[int], list[float]]:
    """Keep the lowest and the highest value of each stretch, so that no extreme is hidden."""
    if len(times) <= CURVE_POINTS:
        return times, values
    size = math.ceil(len(times) / (CURVE_POINTS // 2))
    kept = {0, len(times) - 1}
    for begin in range(0, len(times), size):
        stretch = range(begin, min(begin + size, len(times)))
        kept |= {min(stretch, key=values.__getitem__), max(stretch, key=values.__getitem__)}
    places = sorted(kept)
    return [times[place] for place in places], [values[place] for place in places]


def _records(listed: Any) -> Iterable[Mapping[str, Any]]:
    return (one for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()


def _number(value: Any) -> float | None:
    """Return a finite number; None for anything else: freqtrade's files have texts and NaN, too."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _text(value: Any) -> str:
    return value[:200] if isinstance(value, str) else ""


def _name(value: Any) -> str:
    """Return the name of a group; several tags of a trade are a list in newer files."""
    return (", ".join(map(str, value)) if isinstance(value, list) else str(value or ""))[:200]
