"""Make candles, trades and outcomes by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import numpy as np

from appliance.domain.timeframe import to_date, to_ms
from appliance.domain.trade import Trade
from appliance.research.backtest.outcome import Counters, Outcome
from appliance.research.backtest.series import Rows
from tests.support.trades import fill, new_trade

START = datetime(2025, 1, 31, 22, 0, tzinfo=UTC)
START_MS = to_ms(START)
STEP_MS = 300_000
_numbers = count()


@dataclass(frozen=True)
class Series:
    """What a report needs of a pair."""

    pair: str
    rows: Rows


def at(candle: float) -> datetime:
    """Return when a 5m candle opens, counted from the first one."""
    return START + timedelta(minutes=5 * candle)


def rows(closes: Sequence[float], *, first: int = 0) -> Rows:
    """Return 5m candles whose opens are the closes before, with wicks of one percent."""
    close = np.array(closes, dtype=float)
    opened = START_MS + STEP_MS * (first + np.arange(len(close), dtype=np.int64))
    before = np.concatenate((close[:1], close[:-1]))
    high, low = np.maximum(before, close) * 1.01, np.minimum(before, close) * 0.99
    return Rows(opened=opened, open=before, high=high, low=low, close=close)


def trade(*orders: tuple[float, str, float, float], pair: str = "ETH/USDT", **fields: Any) -> Trade:
    """Return the trade of orders: candle, side ("entry", "exit"), amount (base) and rate of each."""
    begin, _, first, rate = orders[0]
    stops = {"initial_stop_loss": rate * 0.9, "stop_loss": rate * 0.95}
    base = pair.partition("/")[0]
    given = {"pair": pair, "base_currency": base, "open_date": at(begin), **stops, **fields}
    made = new_trade(rate=rate, amount=first, **given)
    for candle, side, amount, rate in orders:
        order = fill(made, side, amount, rate, order_filled_date=at(candle), order_date=at(candle))
        order.order_id = f"made-{next(_numbers)}"
    if not made.is_open:
        made.close_date = at(orders[-1][0])
        made.exit_reason = made.exit_reason or "roi"
    return made


def outcome(trades: Sequence[Trade], *, candles: int, start: float = 1000.0, **fields: Any) -> Outcome:
    """Return the outcome of trades over a number of candles."""
    ordered = sorted(trades, key=lambda one: one.close_date or one.open_date)
    for place, one in enumerate(ordered, start=1):
        one.id = place
    made = sum(one.close_profit_abs or 0.0 for one in ordered)
    given = {
        "strategy": "Made",
        "locks": [],
        "counters": Counters(),
        "rejected": [],
        "wallet": [],
        "first": START,
        "last": to_date(START_MS + STEP_MS * (candles - 1)),
    }
    return Outcome(trades=ordered, starting_balance=start, final_balance=start + made, **(given | fields))
