"""Cache open trades as `status` shows them: prices change every second, all else of a trade rarely."""

import asyncio
from typing import TYPE_CHECKING

import msgspec

from appliance.queries.cache.encoded_answer import EncodedAnswer
from appliance.reports.views.trade import OpenTradeView, open_trade_view, reprice

if TYPE_CHECKING:
    from appliance.bot.state.book import TradeBook
    from appliance.domain.trade import Trade

AT_ONCE = 50
"""Trades encoded before other tasks of the event loop run."""


class _Shown(msgspec.Struct):
    """Hold one open trade as last shown; `state` is what it was shown for besides the rate."""

    trade: "Trade"
    state: tuple[float | None, ...]
    rate: float | None
    view: OpenTradeView
    body: bytes


class OpenTradeCache:
    """Build a trade's view when it has changed, update it when its price has, else reuse it."""

    def __init__(self) -> None:
        self._book: TradeBook | None = None
        self._revision = -1
        self._shown: dict[int, _Shown] = {}
        self._body = EncodedAnswer(b"[]")
        self._working = asyncio.Lock()

    async def body(self, book: "TradeBook", fiat_rate: float | None) -> EncodedAnswer:
        """Return the open trades, the oldest first, as a list of `OpenTradeView` is encoded."""
        if book is not self._book or book.revision != self._revision:
            async with self._working:  # concurrent callers wait for the same result
                if book is not self._book or book.revision != self._revision:
                    await self._renew(book, fiat_rate)
        return self._body

    async def _renew(self, book: "TradeBook", fiat_rate: float | None) -> None:
        """Encode what has changed, some trades at a time."""
        revision, shown = book.revision, dict[int, _Shown]()
        for count, key in enumerate(sorted(book.open), 1):
            if key in book.open:
                shown[key] = self._show(book, book.open[key], fiat_rate)
            if count % AT_ONCE == 0:
                await asyncio.sleep(0)
        self._shown = shown
        self._body = EncodedAnswer(b"[" + b",".join(each.body for each in shown.values()) + b"]")
        self._book, self._revision = book, revision

    def _show(self, book: "TradeBook", trade: "Trade", fiat_rate: float | None) -> _Shown:
        shown, rate = self._shown.get(trade.id), book.rates.get(trade.pair)
        state = (book.changed.get(trade.id, 0), fiat_rate, *_inputs(trade))
        if shown is None or shown.trade is not trade or shown.state != state:
            view = open_trade_view(trade, rate, fiat_rate)
            return _Shown(trade, state, rate, view, _ENCODER.encode(view))
        if shown.rate != rate:
            reprice(shown.view, trade, rate, fiat_rate)
            shown.rate, shown.body = rate, _ENCODER.encode(shown.view)
        return shown


def _inputs(trade: "Trade") -> tuple[float | None, ...]:
    """Return what profits are computed from: a trade is never shown half changed."""
    return (
        trade.is_open,
        trade.amount,
        trade.open_trade_value,
        trade.realized_profit,
        trade.stop_loss,
        trade.funding_fees,
    )


_ENCODER = msgspec.json.Encoder()
