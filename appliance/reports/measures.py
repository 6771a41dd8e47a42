"""Measure how good results are. All take profits of closed trades in stake currency.

The ratios are per trade over the account's starting balance, and annualised over 365 days; -100 says that a
ratio has no meaning because its divisor is 0.
"""

import math
from collections.abc import Sequence

from msgspec import Struct

DAYS_PER_YEAR = 365
MEANINGLESS = -100.0
NO_LOSSES = 100.0


def expectancy(profits: Sequence[float]) -> tuple[float, float]:
    """Return what a trade makes on average (stake currency), and per unit that a losing trade loses.

    E = W x mean win - L x mean loss, with W and L the shares of trades that win and lose; the ratio is
    (1 + mean win / mean loss) x W - 1, and 100 where no trade lost.
    Source: Van K. Tharp, Trade Your Way to Financial Freedom.
    """
    if not profits:
        return 0.0, NO_LOSSES
    wins = [profit for profit in profits if profit > 0]
    losses = [-profit for profit in profits if profit < 0]
    mean_win = sum(wins) / len(wins) if wins else 0.0
    mean_loss = sum(losses) / len(losses) if losses else 0.0
    share_won, share_lost = len(wins) / len(profits), len(losses) / len(profits)
    ratio = (1 + mean_win / mean_loss) * share_won - 1 if mean_loss else NO_LOSSES
    return share_won * mean_win - share_lost * mean_loss, ratio


class Returns(Struct, frozen=True):
    """State what trades returned, as ratios of the starting balance: in all, and how they scatter.

    `deviation` is the standard deviation of all of them, `deviation_of_losses` that of the losing ones alone.
    """

    total: float = 0.0
    deviation: float = 0.0
    deviation_of_losses: float = 0.0


def returns(profits: Sequence[float], starting_balance: float) -> Returns:
    """Sum up the returns of `profits` over the starting balance; without one there are none."""
    if not starting_balance:
        return Returns()
    ratios = [profit / starting_balance for profit in profits]
    return Returns(sum(ratios), deviation(ratios), deviation([ratio for ratio in ratios if ratio < 0]))


def sharpe(made: Returns, days: int) -> float:
    """Return return per day over the standard deviation of trades' returns, x sqrt(365).

    Source: William F. Sharpe, 1966 (risk-free rate 0; deviation of the population).
    """
    return _annualised(made.total / days, made.deviation)


def sortino(made: Returns, days: int) -> float:
    """Return the same over the deviation of losing trades alone. Source: Frank A. Sortino, 1994."""
    return _annualised(made.total / days, made.deviation_of_losses)


def calmar(made: Returns, days: int, max_drawdown: float) -> float:
    """Return percent of return per day over the deepest drawdown (a ratio), x sqrt(365).

    Source: Terry W. Young, 1991, in the unusual scaling that clients of this API know.
    """
    return _annualised(made.total / days * 100, max_drawdown)


def sqn(profits: Sequence[float], starting_balance: float) -> float:
    """Return the System Quality Number: sqrt(n) x mean over deviation of a sample, four places.

    Source: Van K. Tharp, Definitive Guide to Position Sizing Strategies.
    """
    ratios = [profit / starting_balance for profit in profits]
    spread = deviation(ratios, sample=True)
    if not spread:
        return MEANINGLESS
    return round(math.sqrt(len(ratios)) * (sum(ratios) / len(ratios)) / spread, 4)


def cagr(starting_balance: float, balance: float, days: int) -> float:
    """Return the growth per year that leads from the one balance to the other: (b/s)^(365/days) - 1."""
    if balance < 0 or starting_balance <= 0:
        return 0.0
    try:
        growth = float((balance / starting_balance) ** (DAYS_PER_YEAR / days) - 1)
    except OverflowError:
        return 0.0
    return growth if math.isfinite(growth) else 0.0


def deviation(values: Sequence[float], *, sample: bool = False) -> float:
    """Return the standard deviation, of the population or of a sample; 0 where there are too few values."""
    count = len(values) - 1 if sample else len(values)
    if count <= 0:
        return 0.0
    mean = sum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / count)


def _annualised(per_day: float, risk: float) -> float:
    return per_day / risk * math.sqrt(DAYS_PER_YEAR) if risk else MEANINGLESS
