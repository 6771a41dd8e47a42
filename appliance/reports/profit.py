"""Report profit and performance ratios of closed trades, and (`_all_`) of open ones at current rates."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from appliance.domain.closed_trades.summary import volume_of
from appliance.domain.trade import Trade
from appliance.reports.closed_statistics import ClosedStatistics
from appliance.reports.measures import cagr, calmar, sharpe, sortino
from appliance.reports.views.time_format import ago, as_ms, as_text, span


class Profit(Struct, frozen=True, kw_only=True):
    """Show profit. `_coin` and `_abs` in stake currency; `_ratio` is 0.01 for one percent, `_percent` is 1.0.

    `_ratio_mean` and `_ratio_sum` are of each trade's stake; `profit_closed_ratio` and `profit_all_ratio` of
    the starting balance. `profit_all_*` is null while the current rate of an open trade is unknown.
    `best_rate` is the best pair's percent. Drawdown is a ratio, see `drawdown`. Dates
    UTC, `_timestamp` in ms. Fiat amounts are 0 while no fiat currency is shown, null while its price is
    unknown.
    """

    profit_closed_coin: float
    profit_closed_percent_mean: float
    profit_closed_ratio_mean: float
    profit_closed_percent_sum: float
    profit_closed_ratio_sum: float
    profit_closed_percent: float
    profit_closed_ratio: float
    profit_closed_fiat: float | None = 0.0
    profit_all_coin: float | None
    profit_all_percent_mean: float | None
    profit_all_ratio_mean: float | None
    profit_all_percent_sum: float | None
    profit_all_ratio_sum: float | None
    profit_all_percent: float | None
    profit_all_ratio: float | None
    profit_all_fiat: float | None = 0.0
    trade_count: int
    closed_trade_count: int
    first_trade_date: str
    first_trade_humanized: str
    first_trade_timestamp: int
    latest_trade_date: str
    latest_trade_humanized: str
    latest_trade_timestamp: int
    avg_duration: str
    best_pair: str
    best_rate: float
    best_pair_profit_ratio: float
    best_pair_profit_abs: float
    winning_trades: int
    losing_trades: int
    profit_factor: float | None
    winrate: float
    expectancy: float
    expectancy_ratio: float
    sharpe: float
    sortino: float
    sqn: float
    calmar: float
    cagr: float
    max_drawdown: float
    max_drawdown_abs: float
    max_drawdown_start: str
    max_drawdown_start_timestamp: int
    max_drawdown_end: str
    max_drawdown_end_timestamp: int
    current_drawdown: float
    current_drawdown_abs: float
    current_drawdown_high: float
    current_drawdown_start: str
    current_drawdown_start_timestamp: int
    trading_volume: float | None
    bot_start_timestamp: int
    bot_start_date: str


class ProfitAll(Struct, frozen=True, kw_only=True):
    """Show the profit of all trades, and by direction where shorts are possible."""

    all: Profit
    long: Profit | None = None
    short: Profit | None = None


def profit(  # noqa: PLR0913 -- keyword-only options
    closed: ClosedStatistics,
    open_trades: Sequence[Trade],
    rates: Mapping[str, float],
    *,
    balance: float,
    first_started: datetime | None,
    now: datetime,
    fiat_rate: float | None = 0.0,
) -> Profit:
    """Report on closed and open trades.

    `rates`: current exit rate by pair; `balance`: what the bot may use now, stakes of open trades included
    (stake currency); `first_started`: first start with this database; `fiat_rate`: the price of one unit of
    stake currency in fiat currency, None if unknown.
    """
    start = closed.starting_balance
    first, last = _first_and_last_opened(closed, open_trades)
    return Profit(
        **_sums("closed", _Total(closed.profit, closed.ratio, closed.count), start, fiat_rate),
        **_sums("all", _with_open(closed, open_trades, rates), start, fiat_rate),
        **_trades(closed, len(open_trades), first, last, now),
        **_quality(closed, first, last, balance),
        **_drawdown(closed),
        trading_volume=closed.volume + sum(volume_of(trade) for trade in open_trades),
        bot_start_timestamp=as_ms(first_started) or 0,
        bot_start_date=as_text(first_started) or "",
    )


class _Total(Struct, frozen=True):
    """Hold the sums of `count` trades: profit in stake currency (None if unknown) and profit ratios."""

    profit: float | None
    ratio: float
    count: int


def _with_open(closed: ClosedStatistics, open_trades: Sequence[Trade], rates: Mapping[str, float]) -> _Total:
    """Return the sums over closed and open trades; one unknown rate makes the whole profit unknown."""
    entered = [trade for trade in open_trades if trade.nr_of_successful_entries]
    if not all(rates.get(trade.pair) for trade in entered):
        return _Total(None, closed.ratio, closed.count)
    current = [trade.calculate_profit(rates[trade.pair]) for trade in entered]
    return _Total(
        closed.profit + sum(profit.total_profit for profit in current),
        closed.ratio + sum(profit.profit_ratio for profit in current),
        closed.count + len(current),
    )


def _first_and_last_opened(
    closed: ClosedStatistics, open_trades: Sequence[Trade]
) -> tuple[datetime | None, datetime | None]:
    """Return when the trades with the lowest and the highest id were opened."""
    opened = sorted([*closed.first_and_last, *((trade.id, trade.open_date) for trade in open_trades)])
    return (opened[0][1], opened[-1][1]) if opened else (None, None)


def _sums(name: str, total: _Total, start: float, fiat_rate: float | None) -> dict[str, Any]:
    if total.profit is None:
        in_fiat = 0.0 if fiat_rate == 0 else None
        return {f"profit_{name}_{what}": None for what in _SUMS} | {f"profit_{name}_fiat": in_fiat}
    coin, ratio = round(total.profit, 8), total.ratio
    mean = ratio / total.count if total.count else 0.0
    of_start = coin / start if start else 0.0
    return {
        f"profit_{name}_coin": coin,
        f"profit_{name}_percent_mean": round(mean * 100, 2),
        f"profit_{name}_ratio_mean": mean,
        f"profit_{name}_percent_sum": round(ratio * 100, 2),
        f"profit_{name}_ratio_sum": ratio,
        f"profit_{name}_percent": round(of_start * 100, 2),
        f"profit_{name}_ratio": of_start,
        f"profit_{name}_fiat": None if fiat_rate is None else coin * fiat_rate,
    }


_SUMS = ("coin", "percent_mean", "ratio_mean", "percent_sum", "ratio_sum", "percent", "ratio")


def _trades(
    closed: ClosedStatistics, still_open: int, first: datetime | None, last: datetime | None, now: datetime
) -> dict[str, Any]:
    count = closed.count
    return {
        "trade_count": count + still_open,
        "closed_trade_count": count,
        "first_trade_date": as_text(first) or "",
        "first_trade_humanized": ago(first, now) if first else "",
        "first_trade_timestamp": as_ms(first) or 0,
        "latest_trade_date": as_text(last) or "",
        "latest_trade_humanized": ago(last, now) if last else "",
        "latest_trade_timestamp": as_ms(last) or 0,
        "avg_duration": span(closed.mean_duration),
        "best_pair": closed.best.name,
        "best_rate": round(closed.best.profit_ratio * 100, 2),
        "best_pair_profit_ratio": closed.best.profit_ratio,
        "best_pair_profit_abs": closed.best.profit_abs,
        "winning_trades": closed.won,
        "losing_trades": closed.lost,
        "winrate": closed.won / count if count else 0.0,
    }


def _quality(
    closed: ClosedStatistics, first: datetime | None, last: datetime | None, balance: float
) -> dict[str, Any]:
    start = closed.starting_balance
    days = max(1, (last - first).days) if first and last else 1
    measurable = bool(closed.count and start and first != last)
    return {
        "profit_factor": closed.profit_factor,
        "expectancy": closed.expectancy,
        "expectancy_ratio": closed.expectancy_ratio,
        "sharpe": sharpe(closed.returns, days) if measurable else 0.0,
        "sortino": sortino(closed.returns, days) if measurable else 0.0,
        "sqn": closed.sqn,
        "calmar": calmar(closed.returns, days, closed.drawdown.ratio) if measurable else 0.0,
        "cagr": cagr(start, balance, days),
    }


def _drawdown(closed: ClosedStatistics) -> dict[str, Any]:
    fall = closed.drawdown
    return {
        "max_drawdown": fall.ratio,
        "max_drawdown_abs": fall.abs,
        "max_drawdown_start": as_text(fall.start) or "",
        "max_drawdown_start_timestamp": as_ms(fall.start) or 0,
        "max_drawdown_end": as_text(fall.end) or "",
        "max_drawdown_end_timestamp": as_ms(fall.end) or 0,
        "current_drawdown": fall.current_ratio,
        "current_drawdown_abs": fall.current_abs,
        "current_drawdown_high": fall.current_high,
        "current_drawdown_start": as_text(fall.current_start) or "",
        "current_drawdown_start_timestamp": as_ms(fall.current_start) or 0,
    }
