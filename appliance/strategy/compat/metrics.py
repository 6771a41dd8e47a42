"""Offer what loss functions of users import from `freqtrade.data.metrics`: figures of frames of trades.

Ratios are per trade over the starting balance, annualised over 365 days; -100 means that one is undefined.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from appliance.domain.closed_trades.columns import falls

_DAYS_PER_YEAR = 365
_UNDEFINED = -100.0


@dataclass
class DrawDownResult:
    """State the deepest fall, and the present one. Amounts in stake currency, `relative_` as ratios."""

    drawdown_abs: float = 0.0
    high_date: Any = None
    low_date: Any = None
    high_value: float = 0.0
    low_value: float = 0.0
    relative_account_drawdown: float = 0.0
    current_high_date: Any = None
    current_high_value: float = 0.0
    current_drawdown_abs: float = 0.0
    current_relative_account_drawdown: float = 0.0


def calculate_underwater(
    trades: pd.DataFrame,
    *,
    date_col: str = "close_date",
    value_col: str = "profit_ratio",
    starting_balance: float = 0.0,
) -> pd.DataFrame:
    """Return the fall after each trade, after a first row of zeros. Raises ValueError without trades."""
    if not len(trades):
        raise ValueError("no trades: there is nothing to fall")
    ordered = trades.sort_values(date_col)
    values = np.concatenate((np.zeros(1), ordered[value_col].to_numpy(dtype=float)))
    highest, depths = falls(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = depths / (starting_balance + highest)
    ratios[0] = 0.0
    dates = ordered[date_col]
    return pd.DataFrame(
        {
            "cumulative": np.cumsum(values),
            "high_value": highest,
            "drawdown": -depths,
            "drawdown_relative": ratios,
            "date": pd.concat([dates.iloc[:1], dates], ignore_index=True),
        }
    )


def calculate_max_drawdown(
    trades: pd.DataFrame,
    *,
    date_col: str = "close_date",
    value_col: str = "profit_abs",
    starting_balance: float = 0,
    relative: bool = False,
) -> DrawDownResult:
    """Return the deepest fall, by amount or (`relative`) by ratio. Raises ValueError without trades."""
    frame = calculate_underwater(
        trades, date_col=date_col, value_col=value_col, starting_balance=starting_balance
    )
    low = int(frame["drawdown_relative"].idxmax() if relative else frame["drawdown"].idxmin())
    high = int(frame["high_value"].iloc[: low + 1].idxmax())
    last = frame.iloc[-1]
    return DrawDownResult(
        drawdown_abs=abs(float(frame["drawdown"].iloc[low])),
        high_date=frame["date"].iloc[high],
        low_date=frame["date"].iloc[low],
        high_value=float(frame["cumulative"].iloc[high]),
        low_value=float(frame["cumulative"].iloc[low]),
        relative_account_drawdown=float(frame["drawdown_relative"].iloc[low]),
        current_high_date=frame["date"].iloc[int(frame["high_value"].iloc[:-1].idxmax())],
        current_high_value=float(last["high_value"]),
        current_drawdown_abs=float(last["high_value"] - last["cumulative"]),
        current_relative_account_drawdown=float(last["drawdown_relative"]),
    )


def calculate_csum(trades: pd.DataFrame, starting_balance: float = 0) -> tuple[float, float]:
    """Return the lowest and the highest balance. Raises ValueError without trades."""
    if not len(trades):
        raise ValueError("no trades: there is no balance")
    summed = trades["profit_abs"].cumsum()
    return float(summed.min()) + starting_balance, float(summed.max()) + starting_balance


def calculate_cagr(days_passed: int, starting_balance: float, final_balance: float) -> float:
    """Return the growth of a balance per year, as a ratio; 0 where it cannot be told."""
    if final_balance < 0 or starting_balance <= 0 or days_passed <= 0:
        return 0.0
    try:
        return float((final_balance / starting_balance) ** (_DAYS_PER_YEAR / days_passed) - 1)
    except OverflowError:
        return 0.0


def calculate_expectancy(trades: pd.DataFrame) -> tuple[float, float]:
    """Return what a trade is expected to yield (stake currency), and the ratio; 100 where none lost."""
    profits = trades["profit_abs"].to_numpy(dtype=float) if len(trades) else np.empty(0)
    if not len(profits):
        return 0.0, 100.0
    won, lost = profits[profits > 0], -profits[profits < 0]
    mean_win = float(won.mean()) if len(won) else 0.0
    mean_loss = float(lost.mean()) if len(lost) else 0.0
    share_won, share_lost = len(won) / len(profits), len(lost) / len(profits)
    ratio = (1 + mean_win / mean_loss) * share_won - 1 if mean_loss else 100.0
    return share_won * mean_win - share_lost * mean_loss, ratio


def calculate_sharpe(
    trades: pd.DataFrame, min_date: datetime | None, max_date: datetime | None, starting_balance: float
) -> float:
    """Return return per day over the deviation of trades' returns, x sqrt(365)."""
    returns, days = _returns(trades, min_date, max_date, starting_balance)
    return _annual(returns.sum() / days, returns.std()) if days else 0.0


def calculate_sortino(
    trades: pd.DataFrame, min_date: datetime | None, max_date: datetime | None, starting_balance: float
) -> float:
    """Return return per day over the deviation of losing trades' returns, x sqrt(365)."""
    returns, days = _returns(trades, min_date, max_date, starting_balance)
    losing = returns[returns < 0]
    return _annual(returns.sum() / days, losing.std() if len(losing) else 0.0) if days else 0.0


def calculate_calmar(
    trades: pd.DataFrame, min_date: datetime | None, max_date: datetime | None, starting_balance: float
) -> float:
    """Return return per day in percent over the ratio of the deepest fall, x sqrt(365)."""
    returns, days = _returns(trades, min_date, max_date, starting_balance)
    if not days:
        return 0.0
    fall = calculate_max_drawdown(trades, starting_balance=starting_balance).relative_account_drawdown
    return _annual(returns.sum() / days * 100, fall)


def calculate_sqn(trades: pd.DataFrame, starting_balance: float) -> float:
    """Return the System Quality Number: sqrt(n) x mean over deviation of returns (of a sample)."""
    if not len(trades):
        return 0.0
    returns = trades["profit_abs"].to_numpy(dtype=float) / starting_balance
    spread = float(returns.std(ddof=1)) if len(returns) > 1 else 0.0
    return round(math.sqrt(len(returns)) * float(returns.mean()) / spread, 4) if spread else _UNDEFINED


def calculate_market_change(data: dict[str, pd.DataFrame], column: str = "close") -> float:
    """Return the mean change of the pairs, as a ratio."""
    closes = [frame[column].dropna().to_numpy(dtype=float) for frame in data.values()]
    changes = [(close[-1] - close[0]) / close[0] for close in closes if len(close)]
    return float(np.mean(changes)) if changes else 0.0


def _returns(
    trades: pd.DataFrame, first: datetime | None, last: datetime | None, balance: float
) -> "tuple[np.ndarray[Any, Any], int]":
    """Return the returns of trades, and the days of the range; 0 where there is nothing to measure."""
    if not len(trades) or first is None or last is None or first == last:
        return np.empty(0), 0
    return trades["profit_abs"].to_numpy(dtype=float) / balance, max(1, (last - first).days)


def _annual(per_day: float, risk: float) -> float:
    if not risk or math.isnan(risk):
        return _UNDEFINED
    return float(per_day / risk * math.sqrt(_DAYS_PER_YEAR))
