"""Calculate performance ratios from profits of closed trades in stake currency.

Returns are per trade over the account's starting balance, and annualised over 365 days; -100 means that a
ratio is undefined because its divisor is 0.
"""

import math

from msgspec import Struct

from appliance.reports.outcomes import ProfitSum, Spread

DAYS_PER_YEAR = 365
MEANINGLESS = -100.0
NO_LOSSES = 100.0


def expectancy_of(won: ProfitSum, lost: ProfitSum, count: int) -> tuple[float, float]:
    """Return the expectancy of a trade (stake currency) and its ratio, from sums of `count` trades.

    E = W x mean win - L x mean loss, with W and L the shares of trades that win and lose; the ratio is
    (1 + mean win / mean loss) x W - 1, and 100 where no trade lost.
    Source: Van K. Tharp, Trade Your Way to Financial Freedom.
    """
    if not count:
        return 0.0, NO_LOSSES
    mean_win = won.profit / won.count if won.count else 0.0
    mean_loss = -lost.profit / lost.count if lost.count else 0.0
    share_won, share_lost = won.count / count, lost.count / count
    ratio = (1 + mean_win / mean_loss) * share_won - 1 if mean_loss else NO_LOSSES
    return share_won * mean_win - share_lost * mean_loss, ratio


class Returns(Struct, frozen=True):
    """State the returns of trades, as ratios of the starting balance: their sum and their deviations.

    `deviation` is the standard deviation of all of them, `deviation_of_losses` that of the losing ones alone.
    """

    total: float = 0.0
    deviation: float = 0.0
    deviation_of_losses: float = 0.0

    @classmethod
    def of(cls, profit: float, spread: Spread, of_losses: Spread, starting_balance: float) -> "Returns":
        """Return the returns of trades with a total `profit`; all 0 without a starting balance."""
        if not starting_balance:
            return cls()
        return cls(
            profit / starting_balance,
            spread.deviation() / starting_balance,
            of_losses.deviation() / starting_balance,
        )


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

    Source: Terry W. Young, 1991, in the unusual scaling of freqtrade's API.
    """
    return _annualised(made.total / days * 100, max_drawdown)


def sqn_of(profits: Spread) -> float:
    """Return the System Quality Number: sqrt(n) x mean over deviation of a sample, four places.

    Source: Van K. Tharp, Definitive Guide to Position Sizing Strategies.
    """
    deviation = profits.deviation(sample=True)
    if not deviation:
        return MEANINGLESS
    return round(math.sqrt(profits.count) * profits.mean / deviation, 4)


def cagr(starting_balance: float, balance: float, days: int) -> float:
    """Return the growth per year that leads from the one balance to the other: (b/s)^(365/days) - 1."""
    if balance < 0 or starting_balance <= 0:
        return 0.0
    try:
        growth = float((balance / starting_balance) ** (DAYS_PER_YEAR / days) - 1)
    except OverflowError:
        return 0.0
    return growth if math.isfinite(growth) else 0.0


def _annualised(per_day: float, risk: float) -> float:
    return per_day / risk * math.sqrt(DAYS_PER_YEAR) if risk else MEANINGLESS
