"""Choose the key figures of a backtest, and write them as texts."""

from dataclasses import dataclass
from datetime import timedelta

from appliance.domain.closed_trades.summary import summary_of
from appliance.domain.closed_trades.table import ClosedTrades
from appliance.domain.timeframe import to_date
from appliance.reports.closed_statistics import RunningStatistics
from appliance.reports.measures import MEANINGLESS, cagr, calmar, sharpe, sortino
from appliance.reports.number_format import MINUS, NOTHING, duration, gain, money, percent, share, tone
from appliance.research.backtest.outcome import Outcome
from appliance.research.report.equity import Account
from appliance.research.report.underwater import deepest_fall, longest_under_water


@dataclass(frozen=True)
class Figure:
    """Show one key figure: its name, its value with the unit, and a line of explanation."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    tone: str = "flat"


def key_figures(outcome: Outcome, account: Account, currency: str) -> list[Figure]:
    """Return what a reader wants to know first. Ratios of closed trades are those of freqtrade's tables."""
    start, end = outcome.starting_balance, outcome.final_balance
    grown = end / start - 1 if start else None
    days = max(1, (outcome.last - outcome.first).days)
    made = end - start
    market = float(account.market[-1]) / start - 1 if start else None
    per_year = percent(cagr(start, end, days)) if start else NOTHING
    figures = [
        Figure("Final balance", money(end, currency), currency, f"started with {money(start, currency)}"),
        Figure(
            "Profit", gain(made, currency), currency, f"{percent(grown)} of the start", tone(made, currency)
        ),
        Figure("Growth per year", per_year, "", f"the market made {percent(market)}", tone(grown)),
        _fall(account, currency),
    ]
    return [*figures, *_of_trades(outcome, account, currency, days)]


def _fall(account: Account, currency: str) -> Figure:
    """Return the deepest fall of equity, open trades included."""
    fall = deepest_fall(account.equity, account.starting_balance)
    if fall is None:
        return Figure("Deepest drawdown", "0 %", "", "never below an earlier high")
    candle = (
        timedelta(milliseconds=int(account.opened[1] - account.opened[0]))
        if len(account.opened) > 1
        else None
    )
    under = longest_under_water(account.equity, account.starting_balance)
    lasting = f", {duration(under * candle.total_seconds())} under water" if candle else ""
    low = to_date(int(account.opened[fall.low]))
    note = f"{money(fall.depth, currency)} {currency} on {low:%Y-%m-%d}{lasting}"
    return Figure("Deepest drawdown", percent(-fall.ratio), "", note, "down")


def _of_trades(outcome: Outcome, account: Account, currency: str, days: int) -> list[Figure]:
    trades = outcome.trades
    if not trades:
        return [Figure("Trades", "0", "", "none was made")]
    made = RunningStatistics.of(ClosedTrades(map(summary_of, trades)).columns()).statistics(
        account.starting_balance
    )
    won = sum((trade.close_profit or 0.0) > 0 for trade in trades)
    lost = sum((trade.close_profit or 0.0) < 0 for trade in trades)
    drawn = len(trades) - won - lost
    of_losses = f"{won} won, {lost} lost" + (f", {drawn} even" if drawn else "")
    factor = f"{made.profit_factor:.2f}" if made.profit_factor is not None else NOTHING
    ratios = [
        ("Sharpe", sharpe(made.returns, days)),
        ("Sortino", sortino(made.returns, days)),
        ("Calmar", calmar(made.returns, days, made.drawdown.ratio)),
    ]
    others = ", ".join(f"{name} {_ratio(value)}" for name, value in ratios[1:])
    expected = f"{gain(made.expectancy, currency)} {currency} expected a trade"
    most = int(account.open_trades.max()) if len(account.open_trades) else 0
    return [
        Figure("Trades", f"{len(trades):,}", "", f"{len(trades) / days:.1f} a day, {most} open at most"),
        Figure("Win rate", share(won / len(trades)), "", of_losses),
        Figure("Profit factor", factor, "", expected),
        Figure("Sharpe ratio", _ratio(ratios[0][1]), "", others),
    ]


def _ratio(value: float) -> str:
    return NOTHING if value == MEANINGLESS else f"{value:.2f}".replace("-", MINUS)
