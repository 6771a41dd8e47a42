"""Explain why an order filled at another price than in the backtest."""

import math
from typing import TYPE_CHECKING, Literal

from appliance.research.replay.orders import filled_orders
from appliance.research.replay.scene import Scene
from appliance.research.replay.terms import Cause, Reason

if TYPE_CHECKING:
    from appliance.domain.order import Order
    from appliance.domain.trade import Trade

NEAR = 1e-9
"""Prices that differ by less are the same: floats lose the rest."""
OUTSIDE = 5e-3
"""How far a fill may lie outside of its candle: candles are made of trades, and offers lie around these."""
FORCED = frozenset({"force_exit", "forceexit", "force_sell", "forcesell"})


def price_reason(
    live: "Trade", tested_rate: float, scene: Scene, *, about: Literal["entry", "exit"]
) -> Reason | None:
    """Return why a trade was entered or left at another rate; None where the rates are the same."""
    is_entry = about == "entry"
    rate = live.open_rate if is_entry else live.close_rate
    if rate is None or math.isclose(rate, tested_rate, rel_tol=NEAR):
        return None
    orders = filled_orders(live, entries=is_entry)
    order = (orders[0] if is_entry else orders[-1]) if orders else None
    bought = is_entry is not live.is_short
    is_worse = rate > tested_rate if bought else rate < tested_rate
    cause = _cause(live, order, scene, is_worse=is_worse)
    verb = "bought" if bought else "sold"
    why = _BY_ROI if about == "exit" and live.exit_reason == "roi" and cause == "price" else _WHY[cause]
    text = f"{verb} at {rate:.8g} instead of {tested_rate:.8g} ({rate / tested_rate - 1:+.3%})"
    return Reason(about=about, cause=cause, text=f"{text}: {why}", evidence=_evidence(live, order, scene))


_BY_ROI = "the price when the bot looked; a backtest exits at the very rate of the minimal ROI"
_WHY: dict[Cause, str] = {
    "candles": "the stored candle does not have this price",
    "slippage": "the order had to be executed at what was offered",
    "price": "the price when the bot looked; a backtest takes a rate that follows from the candle",
}


def _cause(live: "Trade", order: "Order | None", scene: Scene, *, is_worse: bool) -> Cause:
    if order is None:
        return "price"
    is_market = order.order_type == "market"
    candle = scene.evidence.candle(live.pair, order.order_filled_date or order.order_date)
    if candle is not None and not is_market:
        above = order.safe_price > candle.high * (1 + OUTSIDE)
        if above or order.safe_price < candle.low * (1 - OUTSIDE):
            return "candles"
    return "slippage" if is_market and is_worse else "price"


def _evidence(live: "Trade", order: "Order | None", scene: Scene) -> str:
    if order is None:
        return ""
    filled_at = order.order_filled_date or order.order_date
    candle = scene.evidence.candle(live.pair, filled_at)
    prices = f"; its candle: {candle.low:.8g} to {candle.high:.8g}" if candle is not None else ""
    waited = f", after {filled_at - order.order_date}" if filled_at > order.order_date else ""
    return f"{order.order_type} order, filled {filled_at:%Y-%m-%d %H:%M:%S}{waited}{prices}"
