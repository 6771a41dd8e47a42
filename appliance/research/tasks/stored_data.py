"""Answer which candles are stored: of which pairs and time frames, from when to when, and what is missing."""

from typing import TYPE_CHECKING

import msgspec
import numpy as np
from msgspec.structs import replace

from appliance.domain import timeframe as timeframes
from appliance.domain.enums import RunMode, TradingMode
from appliance.domain.errors import ApplianceError
from appliance.research.data.candles import CandleFiles
from appliance.research.data.stored import StoredSeries
from appliance.research.tasks.settings import Arguments, settings_of

if TYPE_CHECKING:
    from appliance.research.data.layout import CandleKey
    from appliance.research.jobs.report import Report


def listed(arguments: Arguments, report: "Report") -> bytes:
    """Return all series of the configured exchange, by pair and time frame. Raises ConfigurationError."""
    loaded = settings_of(arguments, RunMode.UTIL_NO_EXCHANGE)
    files = CandleFiles(loaded.datadir, loaded.settings.dataformat_ohlcv)
    keys = files.keys(futures=loaded.settings.trading_mode is TradingMode.FUTURES)
    keys.sort(key=lambda key: (key.pair, timeframes.seconds(key.timeframe), key.candle_type))
    return msgspec.json.encode([_series(files, key) for key in keys])


def _series(files: CandleFiles, key: "CandleKey") -> StoredSeries:
    empty = StoredSeries(pair=key.pair, timeframe=key.timeframe, kind=str(key.candle_type))
    try:
        candles = files.load(key)
    except ApplianceError as error:
        return replace(empty, problem=str(error))
    if not len(candles):
        return empty
    moments = np.asarray(candles[:, 0], np.int64) // 1000
    step = timeframes.seconds(key.timeframe)
    between = np.diff(moments)
    holes = between[between > step * 1.5]  # months are not equally long
    return replace(
        empty,
        candles=len(moments),
        first=int(moments[0]),
        last=int(moments[-1]),
        missing=int((holes // step - 1).sum()),
        gaps=len(holes),
        widest=int(holes.max()) if len(holes) else 0,
    )
