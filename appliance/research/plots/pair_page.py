"""Write the page of one pair: its candles with indicators, signals and trades."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from appliance.domain.timeframe import to_date
from appliance.domain.trade import Trade
from appliance.reports.number_format import money_places
from appliance.reports.views.dataframe_columns import column_of
from appliance.research.backtest.series import Floats
from appliance.research.backtest.signals import dates_of
from appliance.research.plots.indicators import Area, Drawn, Indicator, Pane
from appliance.research.report.html_file import packed_json, rendered
from appliance.research.report.packed import decimal_places, packed, planes
from appliance.research.report.trade_table import Texts, trade_columns
from appliance.research.report.windows import candle_columns

if TYPE_CHECKING:
    from pandas import DataFrame

SCRIPTS = (
    "number_format.js", "data.js", "charts.js", "tables.js", "trade_list.js", "band.js", "pair_chart.js",
    "pair_main.js", "begin.js",
)  # fmt: skip
_SIGNALS = ("enter_long", "exit_long", "enter_short", "exit_short")


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
    columns = _Columns(frame)
    prices = np.column_stack([columns.numbers(name) for name in ("open", "high", "low", "close")])
    places = decimal_places(prices.ravel())
    candles = np.column_stack((seconds.astype(float), np.nan_to_num(prices)))
    panes = [_pane(pane, columns) for pane in (drawing.main, *drawing.others)]
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
        "signals": {name: columns.signals(name) for name in _SIGNALS},
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


class _Columns:
    """Gather the columns that are drawn, each once; the volume is the first."""

    def __init__(self, frame: "DataFrame") -> None:
        self._frame = frame
        self._values: dict[str, npt.NDArray[np.float32]] = {}
        self.place("volume")

    @property
    def names(self) -> list[str]:
        return list(self._values)

    def place(self, name: str) -> int | None:
        """Return the place of a column among those gathered; None where there are no numbers in it."""
        if name not in self._values:
            numbers = self.numbers(name)
            if name != "volume" and not np.isfinite(numbers).any():
                return None
            with np.errstate(over="ignore"):
                self._values[name] = numbers.astype(np.float32)
        return list(self._values).index(name)

    def numbers(self, name: str) -> Floats:
        """Return a column as numbers; NaN for what is none, and for a column that is missing."""
        import pandas as pd  # late: plots of profit need no frames

        column = column_of(self._frame, name)
        if column is None:
            return np.full(len(self._frame), np.nan)
        numbers: Floats = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        return numbers

    def signals(self, name: str) -> list[int]:
        """Return the rows in which a signal is 1."""
        rows: list[int] = np.flatnonzero(self.numbers(name) == 1).tolist()
        return rows

    def as_integers(self) -> list[npt.NDArray[np.int64]]:
        """Return the bits of the columns as integers, which `planes` takes."""
        return [values.view("<u4").astype(np.int64) for values in self._values.values()]


def _pane(pane: Pane, columns: _Columns) -> dict[str, Any]:
    indicators = [_indicator(one, columns) for one in pane.indicators]
    areas = [_area(one, columns) for one in pane.areas]
    return {
        "title": pane.title,
        "indicators": [one for one in indicators if one["place"] is not None],
        "areas": [one for one in areas if None not in one["places"]],
    }


def _indicator(one: Indicator, columns: _Columns) -> dict[str, Any]:
    return {"name": one.column, "bars": one.bars, "color": one.color, "place": columns.place(one.column)}


def _area(one: Area, columns: _Columns) -> dict[str, Any]:
    places = [columns.place(one.column), columns.place(one.other)]
    return {"label": one.label, "color": one.color, "places": places}
