"""Report what open trades lose from now if the market takes each of them to its stop."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from appliance.domain.trade import Trade

NO_STOP = -0.95
"""A stop that gives up more of the stake than this (profit ratio) is none: it is set to never be hit."""


class TradeRisk(Struct, frozen=True, kw_only=True):
    """State the risk of one trade in stake currency: `loss` from now, `result` its profit at the stop.

    Without a stop both count all that is in the trade. `loss` is None while the rate is unknown.
    """

    id: int
    pair: str
    loss: float | None
    result: float
    has_stop: bool


class Risk(Struct, frozen=True, kw_only=True):
    """State the risk of all trades that hold a position.

    `loss`: what the equity falls by from now, in stake currency; `ratio`: that of the equity (0.1 is ten
    percent), None if that is unknown; `result`: what these trades will have made or lost then since their
    entries. `unstopped` and `unpriced`: the pairs without a stop, and those whose rate is unknown, which
    `loss` leaves out.
    """

    loss: float
    ratio: float | None
    result: float
    trades: list[TradeRisk]

    @property
    def unstopped(self) -> list[TradeRisk]:
        return [trade for trade in self.trades if not trade.has_stop]

    @property
    def unpriced(self) -> list[TradeRisk]:
        return [trade for trade in self.trades if trade.loss is None]


def risk_now(trades: Iterable[Trade], rates: Mapping[str, float], equity: float | None) -> Risk:
    """Report the risk at current exit `rates`; `equity` in stake currency, open profit included.

    Stops are taken to be filled at their rate: gaps and slippage come on top.
    """
    found = [trade_risk(trade, rates.get(trade.pair)) for trade in trades if trade.amount > 0]
    loss = sum(trade.loss or 0.0 for trade in found)
    return Risk(
        loss=loss,
        ratio=loss / equity if equity and equity > 0 else None,
        result=sum(trade.result for trade in found),
        trades=sorted(found, key=lambda trade: -(trade.loss or 0.0)),
    )


def trade_risk(trade: Trade, rate: float | None) -> TradeRisk:
    """Report the risk of one trade; a stop that the rate has passed already loses nothing more."""
    stop = trade.stop_loss and (trade.stoploss_or_liquidation or trade.stop_loss)
    at_stop = trade.calculate_profit(stop) if stop else None
    has_stop = at_stop is not None and at_stop.profit_ratio > NO_STOP
    result = at_stop.profit_abs if at_stop is not None and has_stop else -trade.stake_amount
    now = trade.calculate_profit(rate).profit_abs if rate else None
    return TradeRisk(
        id=trade.id,
        pair=trade.pair,
        loss=None if now is None else max(now - result, 0.0),
        result=result,
        has_stop=has_stop,
    )
