"""Hold the fills of one pair's trades by columns."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from appliance.domain.timeframe import to_ms
from appliance.domain.trade import Trade
from appliance.research.backtest.series import Flags, Floats, Ints, PairSeries, Rows
from appliance.research.results.statistics.columns import closing_date


@dataclass(frozen=True, kw_only=True, eq=False)
class Trades:
    """Hold trades by columns; moments in ms (UTC), rates in quote currency.

    `stop` is that of the close; `by_roi` and `by_trailing` tell how they closed.
    """

    opened: Ints
    closed: Ints
    rate: Floats
    stop: Floats
    short: Flags
    by_roi: Flags
    by_trailing: Flags


@dataclass(frozen=True, kw_only=True, eq=False)
class Fills:
    """Hold what one pair's orders filled at, by columns, and its trades. Moments in ms (UTC)."""

    moment: Ints
    rate: Floats
    buys: Flags
    trades: Trades

    def __len__(self) -> int:
        return len(self.moment)


def fills_by_pair(trades: Sequence[Trade]) -> dict[str, Fills]:
    """Return the fills of trades by pair."""
    by_pair: dict[str, list[Trade]] = defaultdict(list)
    for trade in trades:
        by_pair[trade.pair].append(trade)
    return {pair: _fills(of_pair) for pair, of_pair in by_pair.items()}


def candle_at(rows: Rows, moments: Ints) -> Ints:
    """Return the place of the candle in which each moment lies, the first one for earlier moments."""
    return np.maximum(np.searchsorted(rows.opened, moments, side="right") - 1, 0)


def finest(series: PairSeries) -> Rows:
    """Return the shortest candles that were walked over."""
    return series.rows if series.detail is None or not len(series.detail) else series.detail


def _fills(trades: Sequence[Trade]) -> Fills:
    orders = [
        (to_ms(order.order_filled_date), order.safe_price, (order.side or order.ft_order_side) == "buy")
        for trade in trades
        for order in trade.orders
        if order.order_filled_date is not None and order.safe_filled
    ]
    moments, rates, buys = zip(*orders, strict=True) if orders else ((), (), ())
    return Fills(
        moment=np.array(moments, dtype=np.int64),
        rate=np.array(rates, dtype=float),
        buys=np.array(buys, dtype=bool),
        trades=Trades(
            opened=np.array([to_ms(trade.open_date) for trade in trades], dtype=np.int64),
            closed=np.array([to_ms(closing_date(trade)) for trade in trades], dtype=np.int64),
            rate=np.array([trade.close_rate or 0.0 for trade in trades]),
            stop=np.array([trade.stop_loss or 0.0 for trade in trades]),
            short=np.array([trade.is_short for trade in trades], dtype=bool),
            by_roi=np.array([trade.exit_reason == "roi" for trade in trades], dtype=bool),
            by_trailing=np.array([trade.exit_reason == "trailing_stop_loss" for trade in trades], dtype=bool),
        ),
    )
