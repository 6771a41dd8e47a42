"""Value an account at the close of every candle: closed trades, and open ones at the price of the moment.

With B the starting balance, the equity at the close of a candle is

    equity = B + sum of profits of trades closed by then + sum of v over trades open then
    v      = sum of flows so far + s x held x close x (1 - s x exit fee)

where s is 1 for longs and -1 for shorts, held is the amount of the position (base currency), an entry of
amount a at price p makes a flow of -s x a x p x (1 + s x entry fee), and an exit one of
s x a x p x (1 - s x exit fee). So v is what the trade would have made if it had been exited at the close of
the candle, fees included. An order counts from the candle in which it filled.
"""

from collections.abc import Iterable, Sequence
from operator import itemgetter

import numpy as np

from appliance.domain import timeframe as timeframes
from appliance.domain.timeframe import to_ms
from appliance.domain.trade import Trade
from appliance.research.backtest.series import Floats, Ints, Rows


def candle_grid(timeframe: str, first_ms: int, last_ms: int) -> Ints:
    """Return when the candles from `first_ms` to `last_ms` open (ms, UTC), without gaps; at least one."""
    if timeframe[-1] in "My":
        opened = [first_ms]
        while (following := timeframes.next_open_ms(timeframe, opened[-1])) <= last_ms:
            opened.append(following)
        return np.array(opened, np.int64)
    return np.arange(first_ms, max(first_ms, last_ms) + 1, timeframes.milliseconds(timeframe), dtype=np.int64)


class Account:
    """Add up what trades were worth at the close of each candle, pair by pair.

    `opened` are the candles (ms, oldest first); all results have one value for each of them.
    """

    def __init__(self, opened: Ints, starting_balance: float) -> None:
        self.opened = opened
        self.starting_balance = starting_balance
        self._made = np.zeros(len(opened))
        self._open_worth = np.zeros(len(opened))
        self._open_count = np.zeros(len(opened) + 1, np.int64)
        self._growth = np.zeros(len(opened))
        self._pairs = 0

    @property
    def balance(self) -> Floats:
        """The starting balance and the profits of trades closed so far (stake currency)."""
        return self.starting_balance + np.cumsum(self._made)

    @property
    def equity(self) -> Floats:
        """The balance, and the worth of open trades (stake currency)."""
        return self.balance + self._open_worth

    @property
    def open_trades(self) -> Ints:
        """The number of trades open at the close of each candle."""
        counts: Ints = np.cumsum(self._open_count[:-1])
        return counts

    @property
    def market(self) -> Floats:
        """The starting balance, had it bought all pairs in equal parts at the start and kept them.

        A pair whose candles begin later is worth what was paid for it until then.
        """
        if not self._pairs:
            return np.full(len(self.opened), self.starting_balance)
        return self.starting_balance * self._growth / self._pairs

    def add_pair(self, rows: Rows, trades: Sequence[Trade]) -> None:
        """Add the closed trades of a pair, valued by its candles."""
        if not len(rows):
            self.add_unvalued(trades)
            return
        closes = closes_on(self.opened, rows)
        for trade, first, last in self._added(trades):
            if first < last:
                self._open_worth[first:last] += self._worth(trade, closes, first, last)
        if closes[0] > 0:
            self._growth += closes / closes[0]
            self._pairs += 1

    def add_unvalued(self, trades: Sequence[Trade]) -> None:
        """Add trades of a pair without candles: they are worth nothing until they close."""
        self._added(trades)

    def _added(self, trades: Sequence[Trade]) -> Iterable[tuple[Trade, int, int]]:
        """Add what trades made; return each with the candles of its opening and its close."""
        firsts = self._places([to_ms(trade.open_date) for trade in trades])
        lasts = self._places([to_ms(trade.close_date or trade.open_date) for trade in trades])
        np.add.at(self._made, lasts, [trade.close_profit_abs or 0.0 for trade in trades])
        np.add.at(self._open_count, firsts, 1)
        np.add.at(self._open_count, lasts, -1)
        return zip(trades, firsts.tolist(), lasts.tolist(), strict=True)

    def _worth(self, trade: Trade, closes: Floats, first: int, last: int) -> Floats:
        """Return the worth of a trade at the closes of candles `first` to `last` - 1 (stake currency)."""
        moments, amounts, flows = flows_of(trade)
        found = (int(self.opened.searchsorted(moment, side="right")) - 1 for moment in moments)
        places = [min(max(place, first), last) for place in found]  # few: quicker than numpy's clip
        changes = sorted(zip(places, amounts, flows, strict=True), key=itemgetter(0))
        sign = -1.0 if trade.is_short else 1.0
        worth = np.zeros(last - first)
        held = paid = 0.0
        for (place, amount, flow), until in zip(changes, [*sorted(places)[1:], last], strict=True):
            held, paid = held + amount, paid + flow
            if place < until:
                of_part = sign * held * closes[place:until] * (1 - sign * trade.fee_close)
                worth[place - first : until - first] = paid + of_part
        return worth

    def _places(self, moments: Sequence[int]) -> Ints:
        """Return the candle of each moment (ms); moments before or after all candles belong to the ends."""
        places = self.opened.searchsorted(np.array(moments, np.int64), side="right") - 1
        return np.clip(places, 0, len(self.opened) - 1)


def flows_of(trade: Trade) -> tuple[list[int], list[float], list[float]]:
    """Return by filled order: when it filled (ms), the change of the position (base), the flow (quote)."""
    sign = -1.0 if trade.is_short else 1.0
    moments: list[int] = []
    amounts: list[float] = []
    flows: list[float] = []
    for order in trade.orders:
        if not order.safe_filled:
            continue
        moments.append(to_ms(order.order_filled_date or order.order_date))
        value = order.safe_filled * order.safe_price
        if order.ft_order_side == trade.entry_side:
            amounts.append(order.safe_filled)
            flows.append(-sign * value * (1 + sign * trade.fee_open) + (order.funding_fee or 0.0))
        else:
            amounts.append(-order.safe_filled)
            flows.append(sign * value * (1 - sign * trade.fee_close) + (order.funding_fee or 0.0))
    return moments, amounts, flows


def closes_on(opened: Ints, rows: Rows) -> Floats:
    """Return the close of a pair at each candle of `opened`, the last one known where it has none.

    Before the pair's first candle that is its first open.
    """
    places = np.searchsorted(rows.opened, opened, side="right") - 1
    return np.where(places < 0, rows.open[0], rows.close[np.maximum(places, 0)])
