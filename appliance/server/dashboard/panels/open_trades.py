"""Show the open trades, each with a bar from its stop over entry and rate to its target."""

import math
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from appliance.domain.enums import State
from appliance.domain.roi import roi_at
from appliance.domain.trade import Trade
from appliance.reports.number_format import percent, price
from appliance.reports.risk import NO_STOP
from appliance.server.dashboard.drawing import WIDTH

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

NEVER = 10.0
"""A minimal ROI of so much (ratio) is set to never be reached: no target."""

_NO_TRADES = {
    State.RUNNING: "The bot checks every pair when a candle closes, and enters on the strategy's signals.",
    State.PAUSED: "The bot is paused; resume it to enter trades.",
    State.STOPPED: "The bot is stopped; start it to trade.",
    State.RELOAD_CONFIG: "The bot continues once the configuration is reloaded.",
}


class StopBar(Struct, frozen=True, kw_only=True):
    """Place a trade's rates from left (loss) to right (profit) in a picture `WIDTH` wide, also of a short.

    `target_rate` is where the minimal ROI of the trade's age is reached, `target` its place; both None
    without one. `stop` is None without a stop. `said`: the picture in words.
    """

    stop: float | None
    entry: float
    now: float
    target: float | None
    target_rate: float | None
    target_distance: float | None
    said: str

    @property
    def gained(self) -> tuple[float, float]:
        """Where the rate's way since the entry begins, and how long it is."""
        return min(self.entry, self.now), abs(self.now - self.entry)


class OpenRow(Struct, frozen=True, kw_only=True):
    """Show an open trade. `age` in seconds; `stop_distance` is the distance from rate to stop, as a ratio."""

    id: int
    pair: str
    base: str
    side: str
    leverage: float
    pending: bool
    filled: bool
    profit: float | None
    profit_ratio: float | None
    opened: datetime
    age: float
    stake: float
    amount: float
    open_rate: float
    rate: float | None
    stop: float | None
    stop_distance: float | None
    tag: str
    bar: StopBar | None


class OpenTrades(Struct, frozen=True, kw_only=True):
    """List the open trades, newest first. `most` is their maximum number, 0 for no limit."""

    rows: list[OpenRow]
    most: int
    next: str


def open_trades(bot: "Bot", now: datetime) -> OpenTrades:
    rows = [
        open_row(trade, bot.book.rates.get(trade.pair), now, bot.resolved.minimal_roi)
        for trade in bot.book.open.values()
    ]
    most = bot.max_open_trades
    return OpenTrades(
        rows=sorted(rows, key=lambda row: (row.opened, row.id), reverse=True),
        most=0 if math.isinf(most) or most < 0 else int(most),
        next=_NO_TRADES[bot.state],
    )


def open_row(trade: Trade, rate: float | None, now: datetime, roi: dict[int, float]) -> OpenRow:
    """Show `trade` at the current exit rate; without profit before an entry has filled, or without a rate."""
    profit = trade.calculate_profit(rate) if rate and trade.amount else None
    age = (now - trade.open_date).total_seconds()
    return OpenRow(
        id=trade.id,
        pair=trade.pair,
        base=trade.safe_base_currency,
        side=trade.trade_direction,
        leverage=trade.leverage,
        pending=trade.has_open_orders,
        filled=trade.amount > 0,
        profit=profit.profit_abs if profit else None,
        profit_ratio=profit.profit_ratio if profit else None,
        opened=trade.open_date,
        age=age,
        stake=trade.stake_amount,
        amount=trade.amount,
        open_rate=trade.open_rate,
        rate=rate,
        stop=trade.stop_loss or None,
        stop_distance=trade.stop_loss / rate - 1 if rate and trade.stop_loss else None,
        tag=trade.enter_tag or "",
        bar=stop_bar(trade, rate, target_rate(trade, age, roi)) if rate and trade.amount else None,
    )


def target_rate(trade: Trade, age: float, roi: dict[int, float]) -> float | None:
    """Return the rate at which the minimal ROI that applies at `age` (s) is reached; None without one.

    The strategy's own `custom_roi` is not asked: a page runs no strategy code.
    """
    ratio = roi_at(roi, int(age // 60))
    if ratio is None or ratio >= NEVER:
        return None
    rate = trade.calc_close_rate_for_roi(ratio)
    return rate if math.isfinite(rate) and rate > 0 else None


def stop_bar(trade: Trade, rate: float, target: float | None) -> StopBar:
    """Place stop, entry, rate and target on one scale, that of rates."""
    stop = trade.stop_loss or None
    if stop is not None and trade.calc_profit_ratio(stop) <= NO_STOP:
        stop = None
    known = [value for value in (stop, trade.open_rate, rate, target) if value is not None]
    low, high = min(known), max(known)
    span = (high - low) or abs(high) * 0.01 or 1.0

    def place(value: float) -> float:
        ratio = (value - low) / span if not trade.is_short else (high - value) / span
        return round(ratio * WIDTH, 1)

    distance = None if target is None else target / rate - 1
    return StopBar(
        stop=None if stop is None else place(stop),
        entry=place(trade.open_rate),
        now=place(rate),
        target=None if target is None else place(target),
        target_rate=target,
        target_distance=distance,
        said=_said(trade, rate, stop, target),
    )


def _said(trade: Trade, rate: float, stop: float | None, target: float | None) -> str:
    stop_said = "no stop" if stop is None else f"stop {price(stop)} ({percent(stop / rate - 1)} from here)"
    target_said = (
        "no target" if target is None else f"target {price(target)} ({percent(target / rate - 1)} from here)"
    )
    return f"{stop_said}, entry {price(trade.open_rate)}, now {price(rate)}, {target_said}"
