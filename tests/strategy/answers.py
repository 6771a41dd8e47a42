"""Answer what strategies ask: candles that are a function of pair and time, trades and locks in lists."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zlib import crc32

import numpy as np

from appliance.domain import timeframe as timeframes
from appliance.domain.enums import RunMode
from appliance.domain.lock import PairLock
from appliance.domain.market import OrderBook, Ticker
from appliance.domain.order import Order
from appliance.domain.trade import Trade
from appliance.strategy.dataframes import frame_of

STRATEGIES = Path(__file__).parents[1] / "data" / "strategies"
NOW = datetime(2025, 7, 1, 12, 0, tzinfo=UTC)


def candles(pair, timeframe="5m", count=300, end=NOW):
    """Candles that closed by `end`; a walk whose steps depend on the pair and the time frame."""
    length = timeframes.milliseconds(timeframe)
    last = timeframes.candle_open_ms(timeframe, timeframes.to_ms(end)) - length
    random = np.random.default_rng(crc32(f"{pair} {timeframe}".encode()))
    close = 100 * np.exp(np.cumsum(random.normal(0, 0.003, count)))
    opened = np.r_[100.0, close[:-1]]
    high, low = np.maximum(opened, close) * 1.001, np.minimum(opened, close) * 0.999
    dates = last - length * np.arange(count)[::-1]
    return np.c_[dates, opened, high, low, close, random.uniform(1, 10, count)]


def frame(pair, timeframe="5m", count=300, end=NOW):
    return frame_of(candles(pair, timeframe, count, end))


class Data:
    """A DataPort over three pairs."""

    runmode = RunMode.DRY_RUN

    def __init__(self, count=300):
        self.count = count
        self.asked = []
        self.messages = []
        self.analyses = {}

    def frame(self, pair, timeframe, candle_type):
        self.asked.append((pair, timeframe, candle_type))
        return None if pair.startswith("NEW/") else frame(pair, timeframe, self.count)

    def analyzed(self, pair, timeframe):
        return self.analyses.get((pair, timeframe))

    def pairs(self):
        return [(pair, "5m") for pair in self.whitelist()]

    def whitelist(self):
        return ("BTC/USDT", "ETH/USDT", "XRP/USDT")

    def ticker(self, pair):
        return None if pair.startswith("NEW/") else Ticker(pair=pair, bid=99.0, ask=101.0, last=100.0)

    def orderbook(self, pair, maximum):
        bids = [(99.0 - i, 1.0) for i in range(maximum)]
        return OrderBook(pair=pair, bids=bids, asks=[(101.0 + i, 2.0) for i in range(maximum)])

    def market(self, pair):
        base, _, quote = pair.partition("/")
        return {"base": base, "quote": quote, "symbol": pair} if quote != "NONE" else None

    def delisting(self, pair):
        return NOW if pair == "XRP/USDT" else None

    def funding_rate(self, pair):
        return None

    def producer_pairs(self, producer):
        return ["BTC/USDT"] if producer == "default" else []

    def producer_frame(self, pair, timeframe, candle_type, producer):
        return (frame(pair, timeframe), NOW) if pair == "BTC/USDT" else None

    def send_msg(self, message, *, always_send=False):
        self.messages.append((message, always_send))


class Trades:
    """A TradesPort over a list."""

    def __init__(self, trades: Sequence[Trade] = ()):
        self.trades = list(trades)

    def get_trades_proxy(self, *, pair=None, is_open=None, open_date=None, close_date=None):
        return [
            t
            for t in self.trades
            if pair in (None, t.pair)
            and is_open in (None, t.is_open)
            and (open_date is None or t.open_date > open_date)
            and (close_date is None or (t.close_date is not None and t.close_date > close_date))
        ]

    def get_open_trades(self):
        return self.get_trades_proxy(is_open=True)

    def get_open_trade_count(self):
        return len(self.get_open_trades())

    def total_open_trades_stakes(self):
        return sum(t.stake_amount for t in self.get_open_trades())

    def get_total_closed_profit(self):
        return sum(t.close_profit_abs or 0.0 for t in self.get_trades_proxy(is_open=False))


class Locks:
    """A LocksPort over a list."""

    def __init__(self):
        self.locks: list[PairLock] = []

    def lock_pair(self, pair, until, reason=None, *, now=None, side="*"):
        lock = PairLock(pair=pair, side=side, reason=reason, lock_time=now or NOW, lock_end_time=until)
        self.locks.append(lock)
        return lock

    def get_pair_locks(self, pair, now=None, side=None):
        at = now or NOW
        return [lock for lock in self.locks if lock.holds(pair or lock.pair, side or "*", at)]

    def unlock_pair(self, pair, now=None, side="*"):
        self.locks = [lock for lock in self.locks if lock.pair != pair]

    def unlock_reason(self, reason, now=None):
        self.locks = [lock for lock in self.locks if lock.reason != reason]

    def is_pair_locked(self, pair, now=None, side="*"):
        return bool(self.get_pair_locks(pair, now, side))

    def is_global_lock(self, now=None, side="*"):
        return bool(self.get_pair_locks("*", now, side))

    def get_all_locks(self):
        return list(self.locks)


def trade(pair="BTC/USDT", *, trade_id=1, minutes_ago=60, **changed):
    """An open trade with one filled entry, or what is changed of it."""
    opened = NOW - timedelta(minutes=minutes_ago)
    entry = Order(
        ft_order_side="buy",
        ft_pair=pair,
        ft_is_open=False,
        ft_amount=1.0,
        ft_price=100.0,
        order_id=f"entry-{trade_id}",
        status="closed",
        filled=1.0,
        average=100.0,
        order_date=opened,
        order_filled_date=opened,
    )
    values = {
        "id": trade_id,
        "exchange": "simulated",
        "pair": pair,
        "base_currency": pair.partition("/")[0],
        "stake_currency": "USDT",
        "fee_open": 0.001,
        "fee_close": 0.001,
        "open_rate": 100.0,
        "open_trade_value": 100.1,
        "stake_amount": 100.0,
        "amount": 1.0,
        "open_date": opened,
        "orders": [entry],
        **changed,
    }
    return Trade(**values)
