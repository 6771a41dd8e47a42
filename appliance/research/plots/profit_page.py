"""Write the page of profits: all trades together, by pair, how many at once, and how far below the high."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from appliance.domain.timeframe import to_date, to_ms
from appliance.domain.trade import Trade
from appliance.reports.number_format import money_places
from appliance.research.backtest.series import Floats, Ints
from appliance.research.report.curves import np_round
from appliance.research.report.downsample import Buckets, buckets_of
from appliance.research.report.equity import Account, candle_grid
from appliance.research.report.groups import Group, group, groups
from appliance.research.report.html_file import packed_json, rendered
from appliance.research.report.page import Candles
from appliance.research.report.terms import Terms
from appliance.research.report.underwater import drawdowns

SCRIPTS = (
    "number_format.js",
    "data.js",
    "charts.js",
    "tables.js",
    "profit_chart.js",
    "profit_main.js",
    "begin.js",
)
MOST_POINTS = 3000


def profit_page(
    trades: Sequence[Trade], series: Sequence[Candles], terms: Terms, starting_balance: float
) -> bytes:
    """Return the page of closed trades over the candles of `series`, one of each at least.

    `starting_balance` in stake currency. Trades of other pairs, and those that opened before the first
    candle or closed after the last one, are left out.
    """
    grid = _grid(series, terms.timeframe)
    shown = within(trades, series, grid)
    by_pair: dict[str, list[Trade]] = defaultdict(list)
    for trade in shown:
        by_pair[trade.pair].append(trade)
    account = Account(grid, starting_balance)
    for one in series:
        account.add_pair(one.rows, by_pair[one.pair])
    buckets = buckets_of(grid, MOST_POINTS)
    of_pairs = groups(shown, lambda trade: trade.pair)
    context = {
        "terms": terms,
        "first": to_date(int(grid[0])),
        "last": to_date(int(grid[-1])),
        "total": group("All", shown) if shown else None,
        "groups": of_pairs,
        "untraded": [one.pair for one in series if not by_pair[one.pair]],
        "currency": terms.stake_currency,
        "candles": buckets.size,
    }
    data = packed_json(_data(account, by_pair, of_pairs, buckets, terms))
    return rendered("profit.html", context, SCRIPTS, {"data": data})


def within(trades: Sequence[Trade], series: Sequence[Candles], grid: Ints) -> list[Trade]:
    """Return the closed trades of these pairs that lie within the candles that open at `grid` (ms)."""
    pairs = {one.pair for one in series}
    step = int(grid[1] - grid[0]) if len(grid) > 1 else 0
    first, end = int(grid[0]), int(grid[-1]) + step
    return [
        trade
        for trade in trades
        if trade.close_date is not None
        and trade.pair in pairs
        and to_ms(trade.open_date) >= first
        and to_ms(trade.close_date) <= end
    ]


def _grid(series: Sequence[Candles], timeframe: str) -> Ints:
    spans = [one.rows.opened for one in series if len(one.rows)]
    return candle_grid(timeframe, min(int(span[0]) for span in spans), max(int(span[-1]) for span in spans))


def _data(
    account: Account,
    by_pair: dict[str, list[Trade]],
    of_pairs: Sequence[Group],
    buckets: Buckets,
    terms: Terms,
) -> dict[str, Any]:
    """Return the curves: money in stake currency, `drawdown` and `market` in percent, times in seconds."""
    start, places = account.starting_balance, money_places(terms.stake_currency)

    def points(values: Floats, digits: int = places) -> list[float]:
        rounded: list[float] = np_round(buckets.reduce(values), digits).tolist()
        return rounded

    highest = np.maximum(np.maximum.accumulate(account.equity), start)
    growth = account.market / start - 1 if start else np.zeros(len(account.opened))
    return {
        "currency": terms.stake_currency,
        "moneyPlaces": places,
        "times": (buckets.opened // 1000).tolist(),
        "market": points(100 * growth, 2),
        "profit": points(account.balance - start),
        "equity": points(account.equity - start),
        "pairs": {one.name: points(_profit_of(account.opened, by_pair[one.name])) for one in of_pairs},
        "open": points(account.open_trades.astype(float), 0),
        "below": points(account.equity - highest),
        "drawdown": points(-100 * drawdowns(account.equity, start), 3),
    }


def _profit_of(grid: Ints, trades: Sequence[Trade]) -> Floats:
    """Return the profit of the trades that have closed by each candle (stake currency)."""
    account = Account(grid, 0.0)
    account.add_unvalued(trades)
    return account.balance
