"""Show the analysed candles of a pair as the strategy's `plot_config` has them, with signals and trades."""

from datetime import timedelta
from typing import TYPE_CHECKING

from aiohttp import web
from msgspec import Struct

from appliance.domain import timeframe as timeframes
from appliance.domain.errors import ApplianceError
from appliance.domain.trade import Trade
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PAGE_HEADERS, logged_in
from appliance.server.dashboard.pages.frame import Page, rendered, when_started
from appliance.server.dashboard.session import Session
from appliance.threads import for_readers

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.bot.bot import Bot

MOST_TRADES = 50
"""Closed trades that are marked in a chart, the newest ones."""


class ChartView(Struct, frozen=True, kw_only=True):
    """Hold what can be chosen, and what is. `seconds`: how long a candle is."""

    pair: str
    timeframe: str
    seconds: int
    pairs: list[str]
    timeframes: list[str]
    has_candles: bool
    is_traded: bool


@when_started
async def show_chart(request: web.Request, session: Session) -> web.Response:
    """Show the chart of `?pair=`, which by default is that of the newest open trade or the first pair."""
    bot = request.app[BOT_SLOT].require_bot()
    view = chart_view(bot, request.query.get("pair", ""), request.query.get("timeframe", ""))
    page = Page(template="chart.html", place="chart", heading=f"{view.pair or 'Chart'} {view.timeframe}")
    return await rendered(request, session, page, {"view": view})


@logged_in
async def answer_chart(request: web.Request, _: Session) -> web.Response:
    """Answer what a chart draws, as JSON; 404 where the bot has no such candles (any more)."""
    try:
        bot = request.app[BOT_SLOT].require_bot()
        body = await chart_of(bot, request.query.get("pair", ""), request.query.get("timeframe", ""))
    except ApplianceError as error:
        return web.json_response({"error": str(error)}, status=error.http_status, headers=PAGE_HEADERS)
    if body is None:
        return web.json_response({"error": "no candles"}, status=404, headers=PAGE_HEADERS)
    return web.Response(body=body, content_type="application/json", headers=PAGE_HEADERS)


def chart_view(bot: "Bot", pair: str, timeframe: str) -> ChartView:
    """Return what the page offers; what is not there is replaced by the usual choice."""
    with_candles = {key[0] for key in bot.frames}
    pairs = sorted({*bot.whitelist, *with_candles})
    newest = max(bot.book.open.values(), key=lambda trade: trade.open_date, default=None)
    usual = newest.pair if newest else next(iter(bot.whitelist), "")
    pair = pair if pair in pairs else usual
    known = [key[1] for key in bot.frames if key[0] == pair]
    own = bot.resolved.timeframe
    timeframe = timeframe if timeframe in known else own
    return ChartView(
        pair=pair,
        timeframe=timeframe,
        seconds=timeframes.seconds(timeframe) if timeframe else 0,
        pairs=pairs,
        timeframes=sorted({*known, own} - {""}, key=timeframes.seconds),
        has_candles=(pair, timeframe) in bot.frames,
        is_traded=pair in bot.whitelist,
    )


async def chart_of(bot: "Bot", pair: str, timeframe: str) -> bytes | None:
    """Return the content of a chart; None without candles. Raises StrategyError for an odd `plot_config`."""
    analyzed = bot.frames.get((pair, timeframe))
    if analyzed is None or analyzed.frame is None or not len(analyzed.frame):
        return None
    frame = analyzed.frame
    trades = await _trades_within(bot, pair, frame)
    plot_config = bot.strategy.plot_config
    from appliance.research.plots.chart_json import chart_json  # late: it loads numpy

    return await for_readers(chart_json, frame, plot_config, trades)


async def _trades_within(bot: "Bot", pair: str, frame: "DataFrame") -> list[Trade]:
    """Return the trades of a pair that were open while the candles were, with their orders."""
    first = frame["date"].iloc[0].to_pydatetime() - timedelta(microseconds=1)
    closed = bot.book.closed.closed_after(first, pair)[-MOST_TRADES:]
    found = [await bot.trade(one.id) for one in closed]
    still_open = [trade for trade in bot.book.open.values() if trade.pair == pair]
    return [trade for trade in found if trade is not None] + still_open
