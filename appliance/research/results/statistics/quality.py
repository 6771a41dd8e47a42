"""Measure how good trades were: the ratios that a result shows of all trades, and of each group."""

import math
from datetime import datetime

from msgspec import Struct

from appliance.reports.measures import MEANINGLESS, Returns, calmar, expectancy_of, sharpe, sortino
from appliance.reports.outcomes import ProfitSum
from appliance.research.results.statistics.columns import Floats, TradeColumns, deviation, mean, total
from appliance.research.results.statistics.drawdown import Deepest, deepest
from appliance.research.results.statistics.p_value import p_value


class CandleRange(Struct, frozen=True):
    """State the first and the last candle of the tested range (UTC)."""

    first: datetime
    last: datetime

    @property
    def days(self) -> int:
        """The number of whole days, at least 1."""
        return (self.last - self.first).days or 1


class Quality(Struct, frozen=True):
    """State ratios of trades; formulas are those of `reports.measures`, returns are per trade.

    `drawdown` is None where there are no trades. -100 means undefined.
    """

    expectancy: float
    expectancy_ratio: float
    sortino: float
    sharpe: float
    calmar: float
    sqn: float
    p_value: float
    profit_factor: float
    drawdown: Deepest | None


def quality(trades: TradeColumns, tested: CandleRange, starting_balance: float) -> Quality:
    """Measure trades against the balance at the start (stake currency)."""
    profits = trades.profit
    won, lost = (ProfitSum(total(part), len(part)) for part in (profits[profits > 0], profits[profits < 0]))
    expected, expected_ratio = expectancy_of(won, lost, len(trades))
    fall = deepest(trades.closed, profits, starting_balance) if len(trades) else None
    returns = profits / starting_balance if starting_balance else profits * 0.0
    made = Returns(total(returns), deviation(returns), deviation(returns[profits < 0]))
    made_in_all = Returns(total(profits) / starting_balance if starting_balance else 0.0)
    days, measurable = tested.days, bool(len(trades)) and tested.first != tested.last
    return Quality(
        expectancy=expected,
        expectancy_ratio=expected_ratio,
        sortino=sortino(made, days) if measurable else 0,
        sharpe=sharpe(made, days) if measurable else 0,
        calmar=calmar(made_in_all, days, fall.ratio) if fall and measurable else 0.0,
        sqn=_sqn(returns),
        p_value=p_value(returns),
        profit_factor=won.profit / abs(lost.profit) if lost.profit else 0.0,
        drawdown=fall,
    )


def _sqn(returns: Floats) -> float:
    """Return the System Quality Number, as `reports.measures.sqn_of`, with a deviation of two passes.

    The running sums of reports would leave a tiny deviation where all returns are the same.
    """
    if not len(returns):
        return 0.0
    spread = deviation(returns, sample=True)
    return round(math.sqrt(len(returns)) * (mean(returns) / spread), 4) if spread else MEANINGLESS
