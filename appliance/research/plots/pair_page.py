"""Write the page of one pair: its candles with indicators, signals and trades."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from appliance.domain.timeframe import to_date
from appliance.domain.trade import Trade
from appliance.reports.number_format import money_places
from appliance.reports.views.dataframe_columns import column_of
from appliance.research.backtest.signals import dates_of
from appliance.research.plots.drawn_columns import DrawnColumns, panes_of
from appliance.research.plots.indicators import Drawn
from appliance.research.report.html_file import packed_json, rendered
from appliance.research.report.packed import decimal_places, packed, planes
from appliance.research.report.trade_table import Texts, trade_columns
from appliance.research.report.windows import candle_columns

if TYPE_CHECKING:
    from pandas import DataFrame

SCRIPTS = (
    "number_format.js", "data.js", "charts.js", "tables.js", "trade_list.js", "band.js", "shapes.js",
    "pair_chart.js", "pair_main.js", "begin.js",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Subject:
    """State what a page is about."""

    pair: str
    timeframe: str
    strategy: str
    stake_currency: str


def pair_page(
    subject: Subject,
    frame: "DataFrame",
    drawing: Drawn,
    trades: Sequence[Trade],
    no_trades: str = "of this pair lie within these candles.",
) -> bytes:
    """Return the page of an analysed dataframe, of which every row is shown; it has one at least.

    Of `trades`, those of the pair, the ones that were open at some time meanwhile are shown; some may be
    open still. `no_trades` says why there are none.
    """
    seconds = dates_of(frame) // 1000
    columns = DrawnColumns(frame)
    prices = columns.prices()
    places = decimal_places(prices.ravel())
    candles = np.column_stack((seconds.astype(float), np.nan_to_num(prices)))
    panes = panes_of(drawing, columns)
    first, last = (to_date(int(moment) * 1000) for moment in (seconds[0], seconds[-1]))
    seen = [trade for trade in trades if _is_within(trade, first, last)]
    closed = [trade for trade in seen if not trade.is_open]
    texts = Texts()
    data = {
        "currency": subject.stake_currency,
        "moneyPlaces": money_places(subject.stake_currency),
        "count": len(frame),
        "places": places,
        "panes": panes,
        "columns": columns.names,
        "signals": columns.all_signals(),
        "trades": trade_columns(closed, {}, texts),
        "open": trade_columns([trade for trade in seen if trade.is_open], {}, texts),
        "texts": texts.all(),
    }
    blocks = {
        "data": packed_json(data),
        "candles": packed(planes(candle_columns(candles, places, [0]))),
        "columns": packed(planes(columns.as_integers())),
    }
    context = {
        "subject": subject,
        "first": first,
        "last": last,
        "candles": len(frame),
        "panes": 1 + len([pane for pane in panes[1:] if pane["indicators"] or pane["areas"]]),
        "missing": sorted(name for name in drawing.asked if column_of(frame, name) is None),
        "count": len(closed),
        "no_trades": no_trades,
        "currency": subject.stake_currency,
    }
    return rendered("pair.html", context, SCRIPTS, blocks)


def _is_within(trade: Trade, first: datetime, last: datetime) -> bool:
    return trade.open_date <= last and (trade.close_date is None or trade.close_date >= first)
