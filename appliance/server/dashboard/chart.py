"""Show the analysed candles of a pair as the strategy's `plot_config` has them, with signals and trades."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web
from msgspec import Struct

from appliance.domain import timeframe as timeframes
from appliance.domain.errors import ApplianceError, StrategyError
from appliance.domain.trade import Trade
from appliance.server.bot_slot import BOT_SLOT
from appliance.server.dashboard.access import PAGE_HEADERS, logged_in
from appliance.server.dashboard.page import Page, rendered, when_started
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
        body = await chart_json(bot, request.query.get("pair", ""), request.query.get("timeframe", ""))
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


async def chart_json(bot: "Bot", pair: str, timeframe: str) -> bytes | None:
    """Return the content of a chart; None without candles. Raises StrategyError for an odd `plot_config`."""
    analyzed = bot.frames.get((pair, timeframe))
    if analyzed is None or analyzed.frame is None or not len(analyzed.frame):
        return None
    frame = analyzed.frame
    trades = await _trades_within(bot, pair, frame)
    plot_config = bot.strategy.plot_config
    return await for_readers(_encoded, frame, plot_config, trades)


async def _trades_within(bot: "Bot", pair: str, frame: "DataFrame") -> list[Trade]:
    """Return the trades of a pair that were open while the candles were, with their orders."""
    first = frame["date"].iloc[0].to_pydatetime() - timedelta(microseconds=1)
    closed = bot.book.closed.closed_after(first, pair)[-MOST_TRADES:]
    found = [await bot.trade(one.id) for one in closed]
    still_open = [trade for trade in bot.book.open.values() if trade.pair == pair]
    return [trade for trade in found if trade is not None] + still_open


def _encoded(frame: "DataFrame", plot_config: Any, trades: Sequence[Trade]) -> bytes:
    """Encode a chart for `pair_chart.js`. Times in seconds since 1970 UTC, rates in quote currency."""
    import numpy as np  # late: the server starts without it
    import orjson

    from appliance.research.backtest.signals import dates_of
    from appliance.research.plots.drawn_columns import DrawnColumns, panes_of
    from appliance.research.plots.indicators import drawn
    from appliance.research.report.packed import decimal_places

    try:
        drawing = drawn(plot_config)
    except StrategyError as error:
        raise StrategyError(f"The chart cannot be drawn: {error}") from error
    columns = DrawnColumns(frame)
    prices = columns.prices()
    panes = panes_of(drawing, columns)
    still_open = [trade for trade in trades if trade.is_open]
    content = {
        "times": dates_of(frame) // 1000,
        "prices": np.ascontiguousarray(prices.T),
        "values": columns.values(),
        "places": decimal_places(prices.ravel()),
        "panes": panes,
        "signals": columns.all_signals(),
        "trades": _marked(trade for trade in trades if not trade.is_open),
        "open": _marked(still_open),
        "stops": [trade.stop_loss for trade in still_open if trade.stop_loss],
    }
    return orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY)


def _marked(trades: Iterable[Trade]) -> dict[str, list[Any]]:
    """Return trades by columns: direction, profit ratio, and of each filled order kind, time (s) and rate."""
    chosen = list(trades)
    return {
        "short": [trade.is_short for trade in chosen],
        "ratio": [trade.close_profit for trade in chosen],
        "orders": [
            [
                [
                    order.ft_order_side == trade.entry_side,
                    int((order.order_filled_date or order.order_date).timestamp()),
                    order.safe_price,
                ]
                for order in trade.orders
                if order.safe_filled
            ]
            for trade in chosen
        ],
    }
