"""Show one trade: its figures, and everything that happened to it in the order of time."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
from aiohttp import web
from msgspec import Struct

from appliance.domain.decisions.kinds import Kind
from appliance.domain.decisions.record import Step
from appliance.domain.decisions.sentences import facts_of, sentence
from appliance.domain.errors import NotFound
from appliance.domain.order import Order
from appliance.domain.trade import Trade
from appliance.queries import custom_data
from appliance.queries.custom_data import CustomDataEntry, KeyQuery, TradeIdPath
from appliance.reports.number_format import amount, gain, price
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.pages.frame import Page, rendered, when_started
from appliance.server.dashboard.session import Session

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

_TOLD = frozenset(
    {
        Kind.STOP_MOVED,
        Kind.EXIT_DUE,
        Kind.EXIT_NOT_CONFIRMED,
        Kind.EXIT_FAILED,
        Kind.ADJUSTMENT_WANTED,
        Kind.NOT_ADJUSTED,
    }
)
"""Decisions that belong to the story of a trade; its orders tell the rest."""
_CANDLES = 500
"""How many of a pair's candles are searched for decisions about the trade."""
_LONGEST_VALUE = 300


class Happening(Struct, frozen=True, order=True, kw_only=True):
    """Show one thing that happened: when (UTC), and what, in words. `order_id` is our client order id."""

    at: datetime
    text: str
    order_id: str = ""


class TradeDetail(Struct, frozen=True, kw_only=True):
    """Hold what the page shows. Money in stake currency, rates in quote currency, ratios 0.01 for 1 %."""

    trade: Trade
    rate: float | None
    profit: float | None
    profit_ratio: float | None
    lasted: float
    adds: bool
    happenings: list[Happening]
    custom_data: list[CustomDataEntry]


@when_started
async def show_trade(request: web.Request, session: Session) -> web.Response:
    """Show a trade, open or closed. Raises NotFound."""
    bot = request.app[BOT_SLOT].require_bot()
    number = request.match_info["trade_id"]
    found = await bot.trade(int(number)) if len(number) < 16 else None
    if found is None:
        raise NotFound(f"There is no trade with the id {number[:20]}")
    view = await trade_detail(bot, found)
    heading = f"{found.pair}, trade {found.id}"
    page = Page(template="trade.html", place="trades", heading=heading, is_live=True)
    return await rendered(request, session, page, {"view": view})


async def trade_detail(bot: "Bot", trade: Trade) -> TradeDetail:
    """Gather the page; of an open trade, profit is that of exiting now, None without a rate."""
    rate = bot.book.rates.get(trade.pair) if trade.is_open else trade.close_rate
    profit, ratio = trade.close_profit_abs, trade.close_profit
    if trade.is_open:
        now = trade.calculate_profit(rate) if rate and trade.amount else None
        profit, ratio = (now.total_profit, now.total_profit_ratio) if now else (None, None)
    end = trade.close_date or bot.now()
    return TradeDetail(
        trade=trade,
        rate=rate,
        profit=profit,
        profit_ratio=ratio,
        lasted=(end - trade.open_date).total_seconds(),
        adds=bot.settings.force_entry_enable and bot.resolved.position_adjustment_enable,
        happenings=happenings(trade, _decided(bot, trade)),
        custom_data=await _stored(bot, trade),
    )


def happenings(trade: Trade, steps: Sequence[Step] = ()) -> list[Happening]:
    """Return what happened to a trade, first things first: orders, decisions, and its end."""
    found = [event for order in trade.orders for event in _of_order(order, trade)]
    found += [
        Happening(at=datetime.fromtimestamp(step.first / 1000, UTC), text=_capital(sentence(step)))
        for step in steps
    ]
    if trade.close_date:
        made = gain(trade.close_profit_abs, trade.stake_currency)
        reason = f" by {trade.exit_reason}" if trade.exit_reason else ""
        found.append(Happening(at=trade.close_date, text=f"Closed{reason}: {made} {trade.stake_currency}"))
    return sorted(found, key=lambda event: event.at)


def _of_order(order: Order, trade: Trade) -> Iterator[Happening]:
    base, tag = trade.safe_base_currency, f" ({order.ft_order_tag})" if order.ft_order_tag else ""
    side = order.side or order.ft_order_side
    wanted = f"{order.order_type or ''} {side} of {amount(order.ft_amount)} {base} at {price(order.ft_price)}"
    own_id = order.client_order_id or ""
    yield Happening(at=order.order_date, text=f"Order placed: {wanted.strip()}{tag}", order_id=own_id)
    if order.safe_filled and order.order_filled_date:
        text = f"Order filled: {side} of {amount(order.safe_filled)} {base} at {price(order.safe_price)}{tag}"
        yield Happening(at=order.order_filled_date, text=text, order_id=own_id)
    elif not order.ft_is_open:
        reason = f": {order.ft_cancel_reason}" if order.ft_cancel_reason else ""
        ended = order.order_update_date or order.order_date
        yield Happening(at=ended, text=f"Order ended unfilled{reason}", order_id=own_id)


def _decided(bot: "Bot", trade: Trade) -> list[Step]:
    """Return what is still remembered of decisions about the trade."""
    records = bot.decisions.newest_first(trade.pair, _CANDLES)
    return [
        step
        for record in records
        for step in record.steps
        if step.kind in _TOLD and facts_of(step).get("trade_id") == trade.id
    ]


async def _stored(bot: "Bot", trade: Trade) -> list[CustomDataEntry]:
    """Return the strategy's own values, long ones cut."""
    try:
        [values] = await custom_data.of_trade(bot, TradeIdPath(trade.id), KeyQuery())
    except NotFound:
        return []
    return [msgspec.structs.replace(one, value=str(one.value)[:_LONGEST_VALUE]) for one in values.custom_data]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
