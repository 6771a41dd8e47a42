"""Answer what the chart of one trade draws: candles around it, orders, and its stop and target over time.

Rates in quote currency, times in seconds since 1970.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec
from aiohttp import web
from msgspec import Struct

from appliance.domain.decisions.kinds import Kind
from appliance.domain.decisions.record import Step
from appliance.domain.decisions.sentences import facts_of
from appliance.domain.errors import ApplianceError, ExchangeError, NotFound
from appliance.domain.timeframe import seconds as seconds_of
from appliance.domain.timeframe import to_ms
from appliance.domain.trade import Trade
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PAGE_HEADERS, logged_in
from appliance.server.dashboard.app_state import DASHBOARD
from appliance.server.dashboard.charts.candles_around import Candles, candles_around
from appliance.server.dashboard.panels.open_trades import target_rate
from appliance.server.dashboard.session import Session
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

MOST_STEPS: Final = 500
"""Moves of the stop that are drawn, the newest ones."""
CANDLES_OF_DECISIONS: Final = 1_000


class RateFrom(Struct, frozen=True, array_like=True):
    """State a rate that holds from a time on."""

    at: int
    rate: float


class TradePicture(Struct, frozen=True, kw_only=True):
    """Hold what is drawn. `orders`: is it an entry, when it filled, its rate, amount and tag."""

    timeframe: str
    seconds: int
    times: list[int]
    prices: list[list[float]]
    places: int
    short: bool
    ratio: float | None
    opened: int
    closed: int | None
    open_rate: float
    orders: list[tuple[bool, int, float, float, str]]
    stops: list[RateFrom]
    targets: list[RateFrom]
    liquidation: float | None


@logged_in
async def answer_picture(request: web.Request, _: Session) -> web.Response:
    """Answer the chart of a trade as JSON; 404 where there are no candles of its time."""
    try:
        bot, number = request.app[BOT_SLOT].require_bot(), request.match_info["trade_id"]
        trade = await bot.trade(int(number)) if len(number) < 16 else None
        if trade is None:
            raise NotFound(f"There is no trade with the id {number[:20]}")
        candles = await candles_around(bot, trade, request.app[DASHBOARD].fetched)
    except ApplianceError as error:
        status = 404 if isinstance(error, ExchangeError) else error.http_status
        return web.json_response({"error": str(error)}, status=status, headers=PAGE_HEADERS)
    body = await for_readers(msgspec.json.encode, trade_picture(bot, trade, candles))
    return web.Response(body=body, content_type="application/json", headers=PAGE_HEADERS)


def trade_picture(bot: "Bot", trade: Trade, candles: Candles) -> TradePicture:
    """Return the picture of a trade on these candles."""
    records = reversed(bot.decisions.newest_first(trade.pair, CANDLES_OF_DECISIONS))
    steps = [step for record in records for step in record.steps]
    now = bot.now()
    return TradePicture(
        timeframe=candles.timeframe,
        seconds=seconds_of(candles.timeframe),
        times=candles.times,
        prices=candles.prices,
        places=candles.places,
        short=trade.is_short,
        ratio=trade.close_profit,
        opened=_seconds(trade.open_date),
        closed=_seconds(trade.close_date) if trade.close_date else None,
        open_rate=trade.open_rate,
        orders=[
            (
                order.ft_order_side == trade.entry_side,
                _seconds(order.order_filled_date or order.order_date),
                order.safe_price,
                order.safe_filled,
                order.ft_order_tag or "",
            )
            for order in trade.orders
            if order.safe_filled
        ],
        stops=stops_over_time(trade, steps, now),
        targets=targets_over_time(trade, bot.resolved.minimal_roi, now),
        liquidation=trade.liquidation_price,
    )


def stops_over_time(trade: Trade, steps: Iterable[Step], now: datetime) -> list[RateFrom]:
    """Return where the stop of a trade was: by decisions and stop orders, else the first and the present one.

    Decisions are kept in memory: of moves before a restart only the result is known, from its end on.
    """
    found: list[tuple[int, float]] = []
    for step in steps:
        facts = facts_of(step)
        if step.kind is Kind.STOP_MOVED and facts.get("trade_id") == trade.id:
            before, after = facts.get("before"), facts.get("stop")
            if not found and isinstance(before, int | float):
                found.append((step.first // 1000 - 1, float(before)))
            if isinstance(after, int | float):
                found.append((step.last // 1000, float(after)))
    found += [
        (_seconds(order.order_date), order.stop_price)
        for order in trade.orders
        if order.ft_order_side == "stoploss" and order.stop_price
    ]
    first = trade.initial_stop_loss or trade.stop_loss
    found.append((_seconds(trade.open_date), first or 0.0))
    found.sort(key=lambda one: one[0])
    if trade.stop_loss and found[-1][1] != trade.stop_loss:
        found.append((_seconds(trade.close_date or now), trade.stop_loss))
    return _changes(found)[-MOST_STEPS:]


def targets_over_time(trade: Trade, roi: Mapping[int, float], now: datetime) -> list[RateFrom]:
    """Return the rates at which the minimal ROI of the strategy was or is reached, as they fall with age."""
    if not trade.amount and not trade.close_date:
        return []
    lasted = ((trade.close_date or now) - trade.open_date).total_seconds()
    found = []
    for minutes in sorted(roi):
        if minutes * 60 > lasted:
            break
        rate = target_rate(trade, minutes * 60, dict(roi)) if trade.amount else None
        at = trade.open_date + timedelta(minutes=minutes)
        found.append((_seconds(at), rate or 0.0))
    return _changes(found)


def _changes(found: Sequence[tuple[int, float]]) -> list[RateFrom]:
    """Return what differs from the rate before; a rate of 0 is none."""
    kept: list[RateFrom] = []
    for at, rate in found:
        if rate > 0 and math.isfinite(rate) and (not kept or kept[-1].rate != rate):
            kept.append(RateFrom(at, rate))
    return kept


def _seconds(when: datetime) -> int:
    return to_ms(when) // 1000
