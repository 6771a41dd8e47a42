"""Analyse the stored candles of pairs with a strategy, one pair at a time, for plots."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from appliance.domain.enums import RunMode, TradingMode
from appliance.domain.errors import DataError
from appliance.pairlists.patterns.expand import expand
from appliance.research.backtest.analysis.pair import failing_quietly
from appliance.research.backtest.candles import frame_of, load, usable_range
from appliance.research.backtest.data_port import HistoricData
from appliance.research.backtest.signals import Cut, dates_of
from appliance.research.data.candles import CandleFiles
from appliance.research.data.layout import CandleKey
from appliance.research.timerange import TimeRange
from appliance.strategy.analysis import with_indicators, with_signals
from appliance.strategy.data_provider import DataProvider
from appliance.strategy.safe_call import safe_call

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.config.loading import LoadedSettings
    from appliance.research.backtest.plan import Plan
    from appliance.research.data.candles import Candles
    from appliance.research.data.layout import CandleType

    MarketOf = Callable[[str], Mapping[str, Any] | None]
    CandlesOf = Callable[[LoadedSettings, Sequence[str], str, TimeRange, int], Iterator[tuple[str, Candles]]]

log = logging.getLogger(__name__)


def stored_pairs(loaded: "LoadedSettings", timeframe: str, patterns: Sequence[str] = ()) -> list[str]:
    """Return the pairs to plot: those named, or else the whitelist; of expressions, those with candles.

    Raises DataError where there is none.
    """
    files = CandleFiles(loaded.datadir, loaded.settings.dataformat_ohlcv)
    keys = files.keys(futures=loaded.settings.trading_mode is TradingMode.FUTURES)
    stored = dict.fromkeys(key.pair for key in keys if key.timeframe == timeframe)
    named = patterns or loaded.settings.exchange.pair_whitelist
    pairs = expand(named, stored, keep_unknown=True)
    if not pairs:
        raise DataError(
            "There is no pair to plot: name some with -p, or in exchange.pair_whitelist of a configuration"
        )
    return pairs


def stored_candles(
    loaded: "LoadedSettings", pairs: Sequence[str], timeframe: str, timerange: TimeRange, startup: int = 0
) -> "Iterator[tuple[str, Candles]]":
    """Yield the candles of each pair, gaps filled; pairs without any are left out with a warning.

    Raises DataError where no pair has any.
    """
    files = CandleFiles(loaded.datadir, loaded.settings.dataformat_ohlcv)
    found = False
    for pair in pairs:
        key = CandleKey(pair, timeframe, candle_type_of(loaded))
        candles = load(files, key, timerange, startup)
        if not len(candles):
            log.warning("%s: no candles in this range; the pair is left out", key)
            continue
        found = True
        yield pair, candles
    if not found:
        raise DataError(
            f"{files.folder} has no candles of {', '.join(pairs[:5])} ({timeframe}, {files.kind}) in this "
            "range: download some with `download-data`"
        )


def market_by_name(pair: str) -> dict[str, Any]:
    """Return what the name of a pair tells of its market, in ccxt's layout; no exchange is asked."""
    currencies, _, settled = pair.partition(":")
    base, _, quote = currencies.partition("/")
    return {"symbol": pair, "base": base, "quote": quote, "settle": settled or None, "active": True}


def candle_type_of(loaded: "LoadedSettings") -> "CandleType":
    """Return the type of the candles that are traded on."""
    return "futures" if loaded.settings.trading_mode is TradingMode.FUTURES else "spot"


def analysed_frames(  # noqa: PLR0913 -- keyword-only options
    plan: "Plan",
    pairs: Sequence[str],
    timerange: TimeRange,
    limit: int | None = None,
    *,
    candles_of: "CandlesOf" = stored_candles,
    market_of: "MarketOf | None" = None,
) -> "Iterator[tuple[str, DataFrame]]":
    """Yield the analysed dataframe of each pair without startup candles, the newest `limit` rows of it.

    `candles_of` loads the candles as `stored_candles` does; informative ones are those that are stored.
    `market_of` describes markets to the strategy; without, their names alone are known.
    Raises StrategyError for what the strategy raises, DataError where no pair has candles.
    """
    loaded, startup = plan.loaded, plan.startup
    strategy = plan.candidates[0].strategy
    files = CandleFiles(loaded.datadir, loaded.settings.dataformat_ohlcv)
    data = HistoricData(files, timerange, startup, market_of or market_by_name)
    data.pairs_tested, data.timeframe = pairs, plan.timeframe
    data.runmode = RunMode.PLOT
    strategy.dp = DataProvider(loaded.raw, data)
    with failing_quietly(strategy):
        strategy.ft_bot_start()
        safe_call(strategy, "bot_loop_start", None, current_time=datetime.now(UTC))
        for pair, candles in candles_of(loaded, pairs, plan.timeframe, timerange, startup):
            shown = usable_range(timerange, startup, plan.timeframe, int(candles[0, 0]))
            frame = with_signals(strategy, with_indicators(strategy, frame_of(candles), pair), pair)
            rows = frame.iloc[Cut(startup, shown).of(dates_of(frame))]
            if limit is not None:
                rows = rows.iloc[-limit:]
            if len(rows):
                yield pair, rows
            else:
                log.warning("%s: no candle is left after the first %d, which indicators need", pair, startup)
