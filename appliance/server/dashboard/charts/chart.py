"""Show the analysed candles of a pair as a plot configuration has them, with signals, trades and marks.

`?pair=`, `?timeframe=` and `?plot=` (the name of a stored plot configuration) choose; without a name it is
the strategy's own `plot_config`. With `?trade=`, only that trade is marked.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web
from msgspec import Struct

from appliance.domain import timeframe as timeframes
from appliance.domain.errors import ApplianceError, NotFound
from appliance.domain.trade import Trade
from appliance.queries import plot_configs
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PAGE_HEADERS, acting, form_of, logged_in
from appliance.server.dashboard.charts.plot_configs import OWN, chosen_config, config_text, may_edit
from appliance.server.dashboard.page_response import status_of
from appliance.server.dashboard.pages.frame import Page, rendered, when_started
from appliance.server.dashboard.session import Session
from appliance.storage.plot_configs import parsed
from appliance.threads import for_readers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pandas import DataFrame

    from appliance.bot.bot import Bot

MOST_TRADES = 50
"""Closed trades that are marked in a chart, the newest ones."""


class ChartView(Struct, frozen=True, kw_only=True):
    """Hold what can be chosen, and what is. `plot`: the name of a stored configuration, or empty."""

    pair: str
    timeframe: str
    pairs: list[str]
    timeframes: list[str]
    has_candles: bool
    is_traded: bool
    plot: str
    plots: list[str]
    config: str
    may_edit: bool


class Choice(Struct, frozen=True, kw_only=True):
    """Name a pair, a time frame, and the one trade to mark; None for all of the pair."""

    pair: str
    timeframe: str
    trade_id: int | None = None


@when_started
async def show_chart(request: web.Request, session: Session) -> web.Response:
    """Show the chart of `?pair=`, which by default is that of the newest open trade or the first pair."""
    return await chart_page(request, session)


async def chart_page(
    request: web.Request, session: Session, notice: str = "", status: int = 200, draft: str = ""
) -> web.Response:
    """Answer with the page; `draft` is a configuration that could not be saved."""
    slot, query = request.app[BOT_SLOT], request.query
    bot = slot.require_bot()
    names = await plot_configs.names(slot)
    name = query.get("plot", "")
    if name and name not in names:
        notice = notice or f'There is no plot configuration "{name[:40]}": this is the strategy\'s own.'
        name = ""
    config = await chosen_config(slot, bot, name)
    choice = usual_choice(bot, query.get("pair", ""), query.get("timeframe", ""))
    view = ChartView(
        pair=choice.pair,
        timeframe=choice.timeframe,
        pairs=_pairs(bot),
        timeframes=_timeframes(bot, choice.pair),
        has_candles=(choice.pair, choice.timeframe) in bot.frames,
        is_traded=choice.pair in bot.whitelist,
        plot=name,
        plots=names,
        config=draft or config_text(config),
        may_edit=may_edit(session),
    )
    page = Page(
        template="chart.html",
        place="chart",
        heading=f"{view.pair or 'Chart'} {view.timeframe}",
        notice=notice,
        closes_to="chart",
        status=status,
    )
    return await rendered(request, session, page, {"view": view})


@logged_in
async def answer_chart(request: web.Request, _: Session) -> web.Response:
    """Answer what a chart draws, as JSON; 404 where the bot has no such candles (any more)."""
    slot = request.app[BOT_SLOT]
    try:
        bot = slot.require_bot()
        config = await chosen_config(slot, bot, request.query.get("plot", OWN))
        body = await chart_of(bot, choice_of(request.query), config)
    except ApplianceError as error:
        return _refused(error)
    return web.Response(body=body, content_type="application/json", headers=PAGE_HEADERS)


@acting
async def preview_chart(request: web.Request, _: Session) -> web.Response:
    """Answer the same for the configuration in the field `config`, which is not saved."""
    fields = await form_of(request)
    try:
        bot = request.app[BOT_SLOT].require_bot()
        config = parsed(fields.get("config", ""), "the configuration")
        body = await chart_of(bot, choice_of(request.query), config)
    except ApplianceError as error:
        return _refused(error)
    return web.Response(body=body, content_type="application/json", headers=PAGE_HEADERS)


def choice_of(query: "Mapping[str, str]") -> Choice:
    """Return what a query asks for."""
    trade = query.get("trade", "")
    is_number = trade.isascii() and trade.isdecimal() and len(trade) < 16
    return Choice(
        pair=query.get("pair", ""),
        timeframe=query.get("timeframe", ""),
        trade_id=int(trade) if is_number else None,
    )


def usual_choice(bot: "Bot", pair: str, timeframe: str) -> Choice:
    """Return a pair and a time frame; what is not there is replaced by the usual choice."""
    newest = max(bot.book.open.values(), key=lambda trade: trade.open_date, default=None)
    usual = newest.pair if newest else next(iter(bot.whitelist), "")
    pair = pair if pair in _pairs(bot) else usual
    known = [key[1] for key in bot.frames if key[0] == pair]
    return Choice(pair=pair, timeframe=timeframe if timeframe in known else bot.resolved.timeframe)


async def chart_of(bot: "Bot", choice: Choice, config: Any) -> bytes:
    """Return the content of a chart. Raises NotFound without candles, StrategyError for an odd `config`."""
    analyzed = bot.frames.get((choice.pair, choice.timeframe))
    if analyzed is None or analyzed.frame is None or not len(analyzed.frame):
        raise NotFound("no candles")
    frame = analyzed.frame
    trades = await _trades_within(bot, choice, frame)
    marks = await bot.annotations(choice.pair, frame)
    from appliance.research.plots.chart_json import chart_json  # late: it loads numpy

    return await for_readers(chart_json, frame, config, trades, marks)


async def _trades_within(bot: "Bot", choice: Choice, frame: "DataFrame") -> list[Trade]:
    """Return the trades of a pair that were open while the candles were, with their orders."""
    if choice.trade_id is not None:
        one = await bot.trade(choice.trade_id)
        return [one] if one is not None and one.pair == choice.pair else []
    first = frame["date"].iloc[0].to_pydatetime() - timedelta(microseconds=1)
    closed = bot.book.closed.closed_after(first, choice.pair)[-MOST_TRADES:]
    found = await bot.trades([one.id for one in closed])
    still_open = [trade for trade in bot.book.open.values() if trade.pair == choice.pair]
    return found + still_open


def _pairs(bot: "Bot") -> list[str]:
    return sorted({*bot.whitelist, *(key[0] for key in bot.frames)})


def _timeframes(bot: "Bot", pair: str) -> list[str]:
    known = {key[1] for key in bot.frames if key[0] == pair}
    return sorted({*known, bot.resolved.timeframe} - {""}, key=timeframes.seconds)


def _refused(error: ApplianceError) -> web.Response:
    return web.json_response({"error": str(error)}, status=status_of(error), headers=PAGE_HEADERS)
