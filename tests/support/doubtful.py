"""Candles and trades for tests about doubts."""

from datetime import timedelta

import numpy as np

from appliance.domain.order import Order
from appliance.domain.timeframe import to_date
from appliance.domain.trade import Trade
from appliance.research.backtest.series import PairSeries, Rows
from tests.support.freqtrade_results import series_of

STEP = 300_000


def rows(prices, *, high=None, low=None, close=None, first=0):
    """Candles that open at `prices`."""
    opened = np.array(prices, dtype=float)
    columns = {
        "high": opened + 1 if high is None else high,
        "low": opened - 1 if low is None else low,
        "close": opened if close is None else close,
    }
    moments = first + np.arange(len(opened)) * STEP
    return Rows(
        opened=moments, open=opened, **{name: np.array(value, dtype=float) for name, value in columns.items()}
    )


def series(prices, *, detail=None, **columns) -> PairSeries:
    made = series_of("A/USDT", rows([0, *prices], first=-STEP))
    walked = rows(prices, **columns)
    object.__setattr__(made, "rows", walked)
    object.__setattr__(made, "detail", detail)
    return made


def trade(*, opened=0, closed=1, entry=100.0, exit=101.0, pair="A/USDT", fee=0.001, **fields) -> Trade:
    """A trade that is open from one candle to another."""
    begin, end = (to_date(0) + timedelta(milliseconds=place * STEP) for place in (opened, closed))
    short = fields.get("is_short", False)
    sides = ("sell", "buy") if short else ("buy", "sell")
    orders = [
        Order(
            ft_order_side=side,
            ft_pair=pair,
            ft_is_open=False,
            ft_amount=1.0,
            ft_price=rate,
            order_id="1",
            status="closed",
            side=side,
            average=rate,
            filled=1.0,
            order_date=moment,
            order_filled_date=moment,
        )
        for side, rate, moment in zip(sides, (entry, exit), (begin, end), strict=True)
    ]
    return Trade(
        exchange="binance",
        pair=pair,
        base_currency="A",
        stake_currency="USDT",
        is_open=False,
        fee_open=fee,
        fee_close=fee,
        open_rate=entry,
        close_rate=exit,
        close_profit_abs=fields.pop("profit", 1.0),
        stake_amount=100.0,
        amount=1.0,
        open_date=begin,
        close_date=end,
        orders=orders,
        **fields,
    )
