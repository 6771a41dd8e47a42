"""Encode the chart of a running bot's pair, which a page draws."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from appliance.domain.errors import StrategyError
from appliance.domain.trade import Trade
from appliance.reports.views.dataframe_columns import column_of
from appliance.reports.views.json_values import plain
from appliance.research.backtest.signals import dates_of
from appliance.research.plots.drawn_columns import DrawnColumns, offered, panes_of
from appliance.research.plots.indicators import drawn_as_given
from appliance.research.plots.marks import shapes
from appliance.research.report.packed import decimal_places

if TYPE_CHECKING:
    from pandas import DataFrame


def chart_json(
    frame: "DataFrame", plot_config: Any, trades: Sequence[Trade], marks: Iterable[Any] = ()
) -> bytes:
    """Encode a chart for `pair_chart.js`. Times in seconds since 1970 UTC, rates in quote currency.

    `marks` are the strategy's annotations. `columns` names what else could be drawn, `config` is what is.
    Raises StrategyError for an odd `plot_config`.
    """
    try:
        drawing = drawn_as_given(plot_config)
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
        "shapes": shapes(marks),
        "columns": offered(frame),
        "config": plain(plot_config or {}),
        "missing": sorted(name for name in drawing.asked if column_of(frame, name) is None),
    }
    return orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)


def _marked(trades: Iterable[Trade]) -> Mapping[str, list[Any]]:
    """Return trades by columns: id, direction, profit ratio, and its orders.

    Of each filled order: whether it enters, time (s) and rate.
    """
    chosen = list(trades)
    return {
        "id": [trade.id for trade in chosen],
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
