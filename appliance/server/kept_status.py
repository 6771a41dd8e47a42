"""Keep open trades as `status` shows them: prices change every second, all else of a trade rarely does."""

from typing import TYPE_CHECKING

import msgspec

from appliance.reports.trade_view import OpenTradeView, open_trade_view, reprice
from appliance.server.kept_body import KeptBody

if TYPE_CHECKING:
    from appliance.bot.book import TradeBook
    from appliance.domain.trade import Trade


class _Shown(msgspec.Struct):
    """Hold one open trade as it was shown last; `state` is what else it was shown for than the rate."""

    trade: "Trade"
    state: tuple[float | None, ...]
    rate: float | None
    view: OpenTradeView
    body: bytes


class KeptStatus:
    """Make a trade's view when it has changed, bring it to another rate when the price has, else keep it."""

    def __init__(self) -> None:
        self._book: TradeBook | None = None
        self._revision = -1
        self._shown: dict[int, _Shown] = {}
        self._body = KeptBody(b"[]")

    def body(self, book: "TradeBook", fiat_rate: float | None) -> KeptBody:
        """Return the open trades, the oldest first, as a list of `OpenTradeView` is encoded."""
        if book is not self._book or book.revision != self._revision:
            trades = sorted(book.open.items())
            self._shown = {key: self._show(book, trade, fiat_rate) for key, trade in trades}
            self._body = KeptBody(b"[" + b",".join(shown.body for shown in self._shown.values()) + b"]")
            self._book, self._revision = book, book.revision
        return self._body

    def _show(self, book: "TradeBook", trade: "Trade", fiat_rate: float | None) -> _Shown:
        shown, rate = self._shown.get(trade.id), book.rates.get(trade.pair)
        state = (book.changed.get(trade.id, 0), fiat_rate, *_reckoned_with(trade))
        if shown is None or shown.trade is not trade or shown.state != state:
            view = open_trade_view(trade, rate, fiat_rate)
            return _Shown(trade, state, rate, view, _ENCODER.encode(view))
        if shown.rate != rate:
            reprice(shown.view, trade, rate, fiat_rate)
            shown.rate, shown.body = rate, _ENCODER.encode(shown.view)
        return shown


def _reckoned_with(trade: "Trade") -> tuple[float | None, ...]:
    """Return what profits follow from: a trade that is being changed is shown whole, not half of it."""
    return (
        trade.is_open,
        trade.amount,
        trade.open_trade_value,
        trade.realized_profit,
        trade.stop_loss,
        trade.funding_fees,
    )


_ENCODER = msgspec.json.Encoder()
