"""Answer with the candles of a pair, analysed by a strategy: those that are stored, or the exchange's."""

import asyncio
import logging
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from appliance.domain import timeframe as timeframes
from appliance.domain.enums import RunMode
from appliance.domain.errors import ConfigurationError, DataError, ExchangeError
from appliance.exchange.factory import opened_market_data
from appliance.reports.views.candles import pair_history
from appliance.research.backtest.candles import frame_of, load
from appliance.research.backtest.plan import planned
from appliance.research.data.candles import CandleFiles
from appliance.research.data.layout import CandleKey
from appliance.research.download.candles import CandleDownload
from appliance.research.download.wish import Wish
from appliance.research.markets import known_markets
from appliance.research.plots.frames import analysed_frames, candle_type_of, market_by_name, stored_candles
from appliance.research.tasks.settings import Arguments, checked_strategy, of_exchange, settings_of
from appliance.research.timerange import TimeRange
from appliance.strategy.safe_call import safe_call

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pandas import DataFrame

    from appliance.config.loading import LoadedSettings
    from appliance.research.data.candles import Candles
    from appliance.research.jobs.report import Report
    from appliance.research.plots.frames import CandlesOf, MarketOf

log = logging.getLogger(__name__)


def pair_candles(arguments: Arguments, report: "Report") -> bytes:
    """Return a pair's candles in a range, with the indicators and signals of a strategy, if one is named.

    Raises ApplianceError.
    """
    asked = arguments["asked"]
    pair, timeframe, name = asked["pair"], asked["timeframe"], asked.get("strategy")
    _check_timeframe(timeframe)
    timerange = TimeRange.parse(asked["timerange"])
    changes = {"timeframe": timeframe, "exchange.pair_whitelist": [pair], "strategy_list": []}
    if name:
        changes["strategy"] = checked_strategy(name)
    loaded = settings_of(arguments, RunMode.PLOT, **changes, **of_exchange(asked))
    candles_of = fetched_candles if asked.get("live_mode") else stored_candles
    marks: list[Any] = []
    if name:
        frame, marks = _analysed(loaded, pair, timerange, candles_of)
    else:
        frame = frame_of(next(candles_of(loaded, [pair], timeframe, timerange))[1])
    answer = pair_history(
        frame,
        datetime.now(UTC),
        strategy=name or "",
        pair=pair,
        timeframe=timeframe,
        limit=asked.get("limit"),
        columns=asked.get("columns"),
        marks=marks,
    )
    return msgspec.json.encode(answer)


def fetched_candles(
    loaded: "LoadedSettings", pairs: "Sequence[str]", timeframe: str, timerange: TimeRange, startup: int = 0
) -> "Iterator[tuple[str, Candles]]":
    """Yield the candles of each pair as the exchange tells them now; nothing is stored.

    Raises DataError where it tells none, ExchangeError.
    """
    for pair in pairs:
        key = CandleKey(pair, timeframe, candle_type_of(loaded))
        earlier = timerange.earlier(startup * timeframes.milliseconds(timeframe))
        with tempfile.TemporaryDirectory() as folder:
            files = CandleFiles(Path(folder), "feather")
            asyncio.run(_fetch(loaded, key, earlier, files))
            candles = load(files, key, earlier)
        if not len(candles):
            raise DataError(f"{loaded.settings.exchange.name} has no candles of {key} in this range")
        yield pair, candles


async def _fetch(loaded: "LoadedSettings", key: CandleKey, timerange: TimeRange, files: CandleFiles) -> None:
    settings = loaded.settings
    async with opened_market_data(settings.exchange, mode=settings.trading_mode) as market:
        failed = await CandleDownload(market, files, Wish(timerange), _Quiet()).run([key])
    if failed:
        raise DataError("; ".join(failed.values()))


class _Quiet:
    """Show no progress."""

    def begin(self, name: str, unit: str) -> None: ...

    def advance(self, name: str, share: float, rows: int) -> None: ...

    def end(self, name: str, note: str) -> None: ...


def _analysed(
    loaded: "LoadedSettings", pair: str, timerange: TimeRange, candles_of: "CandlesOf"
) -> "tuple[DataFrame, list[Any]]":
    """Return the analysed candles, and what the strategy marks on them."""
    plan = planned(loaded)
    strategy = plan.candidates[0].strategy
    market_of = asyncio.run(_market_of(loaded))
    frames = analysed_frames(plan, [pair], timerange, candles_of=candles_of, market_of=market_of)
    _, frame = next(frames, (pair, None))
    if frame is None:
        raise DataError(f"No candle of {pair} is left after the first {plan.startup}, which indicators need")
    first, last = (frame["date"].iloc[at].to_pydatetime() for at in (0, -1))
    marks = safe_call(
        strategy,
        "plot_annotations",
        [],
        pair=pair,
        start_date=first,
        end_date=last,
        dataframe=frame.copy(),
    )
    return frame, [*marks] if isinstance(marks, list | tuple) else []


async def _market_of(loaded: "LoadedSettings") -> "MarketOf":
    """Return what describes markets to the strategy: the exchange, or without it their names."""
    try:
        async with known_markets(loaded) as known:
            return known.described
    except ExchangeError as error:
        log.warning("%s: strategies know the markets by their names alone", error)
        return market_by_name


def _check_timeframe(timeframe: str) -> None:
    try:
        timeframes.seconds(timeframe)
    except ValueError as error:
        raise ConfigurationError(f"timeframe: {error}") from error
