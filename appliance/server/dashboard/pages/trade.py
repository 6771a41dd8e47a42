"""Show one trade: its figures, its chart, and everything that happened to it in the order of time."""

from typing import TYPE_CHECKING

import msgspec
from aiohttp import web
from msgspec import Struct

from appliance.domain.errors import NotFound
from appliance.domain.roi import RoiEntry, roi_entry
from appliance.domain.trade import Trade
from appliance.queries import custom_data
from appliance.queries.custom_data import CustomDataEntry, KeyQuery, TradeIdPath
from appliance.queries.roles import Role
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.pages.frame import Page, rendered, when_started
from appliance.server.dashboard.pages.trade_story import LONGEST, Happening, Sources, happenings, steps_about
from appliance.server.dashboard.panels.open_trades import NEVER, OpenRow, open_row
from appliance.server.dashboard.session import Session
from appliance.server.routing.routes import find_route

if TYPE_CHECKING:
    from appliance.bot.bot import Bot

_CANDLES = 1_000
"""How many of a pair's candles are searched for decisions about the trade."""
_AUDIT = find_route("GET", "/audit")
_AUDIT_LINES = 100
MOST_HAPPENINGS = 300


class TradeDetail(Struct, frozen=True, kw_only=True):
    """Hold what the page shows. Money in stake currency, rates in quote currency, ratios 0.01 for 1 %.

    `row` has the bar of an open trade; `roi` is the entry of the minimal ROI that applies at its age. `adds`:
    it can be added to. `earlier`: how many happenings are left out.
    """

    trade: Trade
    rate: float | None
    profit: float | None
    profit_ratio: float | None
    lasted: float
    row: OpenRow | None
    roi: RoiEntry | None
    adds: bool
    happenings: list[Happening]
    earlier: int
    custom_data: list[CustomDataEntry]


@when_started
async def show_trade(request: web.Request, session: Session) -> web.Response:
    """Show a trade, open or closed. Raises NotFound."""
    bot = request.app[BOT_SLOT].require_bot()
    number = request.match_info["trade_id"]
    found = await bot.trade(int(number)) if len(number) < 16 else None
    if found is None:
        raise NotFound(f"There is no trade with the id {number[:20]}")
    view = await trade_detail(bot, found, session.caller.role)
    heading = f"{found.pair}, trade {found.id}"
    page = Page(template="trade.html", place="trades", heading=heading, is_live=True)
    return await rendered(request, session, page, {"view": view})


async def trade_detail(bot: "Bot", trade: Trade, role: Role) -> TradeDetail:
    """Gather the page for a role; of an open trade, profit is that of exiting now, None without a rate."""
    rate = bot.book.rates.get(trade.pair) if trade.is_open else trade.close_rate
    profit, ratio = trade.close_profit_abs, trade.close_profit
    if trade.is_open:
        now = trade.calculate_profit(rate) if rate and trade.amount else None
        profit, ratio = (now.total_profit, now.total_profit_ratio) if now else (None, None)
    lasted = ((trade.close_date or bot.now()) - trade.open_date).total_seconds()
    data = await _stored(bot, trade)
    story = happenings(trade, await _sources(bot, trade, data, role))
    return TradeDetail(
        trade=trade,
        rate=rate,
        profit=profit,
        profit_ratio=ratio,
        lasted=lasted,
        row=open_row(trade, rate, bot.now(), bot.resolved.minimal_roi) if trade.is_open else None,
        roi=_roi_now(trade, bot.resolved.minimal_roi, lasted),
        adds=bot.settings.force_entry_enable and bot.resolved.position_adjustment_enable,
        happenings=story[-MOST_HAPPENINGS:],
        earlier=max(len(story) - MOST_HAPPENINGS, 0),
        custom_data=data,
    )


def _roi_now(trade: Trade, roi: dict[int, float], lasted: float) -> RoiEntry | None:
    entry = roi_entry(roi, int(lasted // 60))
    return entry if trade.is_open and entry.ratio is not None and entry.ratio < NEVER else None


async def _sources(bot: "Bot", trade: Trade, data: list[CustomDataEntry], role: Role) -> Sources:
    """Gather what the story is told of; the audit log only for those who may read it."""
    records = reversed(bot.decisions.newest_first(trade.pair, _CANDLES))
    audit = await bot.audit_of_trade(trade.id, _AUDIT_LINES) if role >= _AUDIT.role else []
    return Sources(
        steps=steps_about(trade, (step for record in records for step in record.steps)),
        journal=await bot.journal_of_trade(trade.id),
        data=data,
        audit=audit,
    )


async def _stored(bot: "Bot", trade: Trade) -> list[CustomDataEntry]:
    """Return the strategy's own values, long ones cut."""
    try:
        [values] = await custom_data.of_trade(bot, TradeIdPath(trade.id), KeyQuery())
    except NotFound:
        return []
    return [msgspec.structs.replace(one, value=str(one.value)[:LONGEST]) for one in values.custom_data]
