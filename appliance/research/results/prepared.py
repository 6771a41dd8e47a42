"""Make of a prepared strategy, and of what its walk led to, what a result is made of."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from appliance.domain.enums import TradingMode
from appliance.research.backtest.candles import load, rows_of
from appliance.research.backtest.outcome import Outcome
from appliance.research.backtest.series import Rows
from appliance.research.backtest.setup import Preparation
from appliance.research.backtest.signals import dates_of
from appliance.research.data.candles import CandleFiles
from appliance.research.data.layout import CandleKey, CandleType
from appliance.research.results.run import Market, StrategyRun
from appliance.research.timerange import TimeRange

if TYPE_CHECKING:
    from pandas import DataFrame

_SIGNAL_COLUMNS = ("enter_long", "exit_long", "enter_short", "exit_short", "enter_tag", "exit_tag")


def run_of(
    prepared: Preparation, outcome: Outcome, *, run_id: str, started: datetime, ended: datetime
) -> StrategyRun:
    """Return the run of a prepared strategy."""
    return StrategyRun(
        outcome=outcome,
        config=prepared.strategy.config,
        series=prepared.series,
        run_id=run_id,
        started=started,
        ended=ended,
        source=Path(prepared.resolved.file),
        analysed=lambda pair: analysed_frame(prepared, pair),
    )


def market_of(prepared: Preparation) -> Market:
    """Return the market of a prepared strategy; its candles are loaded again, pair by pair."""
    settings = prepared.loaded.settings
    files = CandleFiles(prepared.loaded.datadir, settings.dataformat_ohlcv)
    kind: CandleType = "futures" if settings.trading_mode is TradingMode.FUTURES else "spot"
    tested = TimeRange(prepared.first_ms, prepared.last_ms)

    def rows(pair: str) -> Rows:
        candles = load(files, CandleKey(pair, prepared.timeframe, kind), tested, prepared.startup)
        return rows_of(candles[candles[:, 0] >= prepared.first_ms])

    return Market(tuple(prepared.series), rows)


def analysed_frame(prepared: Preparation, pair: str) -> "DataFrame":
    """Return the analysed frame of a pair without startup candles and without columns of signals."""
    series = prepared.series[pair]
    if series.frame is None:
        raise ValueError(f"the analysed candles of {pair} were not kept")
    frame = series.frame()
    begin = int(np.searchsorted(dates_of(frame), series.rows.opened[0])) - 1 if len(series) else len(frame)
    chosen = frame.iloc[max(begin, 0) : begin + 1 + len(series)]
    return chosen.drop(columns=list(_SIGNAL_COLUMNS), errors="ignore")
