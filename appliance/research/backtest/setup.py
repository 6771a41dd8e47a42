"""Put together what the walk of a backtest needs: strategy, markets, pairs, candles and their signals."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.config.loading import LoadedSettings, with_strategy
from appliance.domain.errors import ConfigurationError
from appliance.domain.futures import Tiers
from appliance.domain.market import Market
from appliance.research.backtest.analysis import analysed
from appliance.research.backtest.candles import FundingRows
from appliance.research.backtest.data_port import HistoricData
from appliance.research.backtest.facts import Facts, facts_of
from appliance.research.backtest.loading import CandleSource, Loaded
from appliance.research.backtest.options import BacktestOptions
from appliance.research.backtest.series import PairSeries
from appliance.research.backtest.signals import Cut
from appliance.research.backtest.ticks import Ticks
from appliance.research.data.candles import CandleFiles
from appliance.research.timerange import TimeRange
from appliance.rules.leverage import Formula
from appliance.strategy.data_provider import DataProvider
from appliance.strategy.loading.loader import load_strategy, search_folders
from appliance.strategy.loading.packages import make_importable, package_folder
from appliance.strategy.loading.resolve import ResolvedStrategy, resolved

if TYPE_CHECKING:
    from appliance.pairlists.chain import Chain
    from appliance.strategy.interface import IStrategy


@dataclass(frozen=True, kw_only=True, eq=False)
class Preparation:
    """Hold all that the walk of one strategy needs. Times in ms (UTC), fee as a ratio of the cost.

    `series`, `ticks` and (on futures markets) `tiers` and `funding` are by pair, in the order of the
    whitelist; pairs without candles are missing. The clock goes from the candle after `first_ms` to
    `last_ms`. `startup` is how many rows of an analysed frame lie before the tested ones. `chain` gives the
    pairs anew with every candle; None where they stay the same.
    """

    loaded: LoadedSettings
    options: BacktestOptions
    strategy: "IStrategy"
    resolved: ResolvedStrategy
    data: HistoricData
    markets: Mapping[str, Market]
    formula: Formula
    tiers: Mapping[str, Tiers]
    fee: float
    series: Mapping[str, PairSeries]
    ticks: Mapping[str, Ticks]
    funding: Mapping[str, FundingRows]
    first_ms: int
    last_ms: int
    timeframe: str
    timeframe_detail: str | None
    startup: int
    chain: "Chain | None" = None


@dataclass(frozen=True)
class Candidate:
    """Hold a strategy to test, and the settings with what it decides."""

    strategy: "IStrategy"
    loaded: LoadedSettings


def preparations(loaded: LoadedSettings) -> Iterator[Preparation]:
    """Yield the preparation of each strategy, which is made once the one before has been walked.

    Raises ApplianceError for whatever the user has to change.
    """
    options = BacktestOptions.of(loaded.raw)
    candidates = load_strategies(loaded, options)
    first = candidates[0]
    timeframe = first.loaded.settings.timeframe or first.strategy.timeframe
    startup = max(candidate.strategy.startup_candle_count for candidate in candidates)
    loaded.raw["startup_candle_count"] = startup
    facts = facts_of(first.loaded, options, [candidate.strategy for candidate in candidates])
    source = CandleSource(
        files=CandleFiles(loaded.datadir, loaded.settings.dataformat_ohlcv),
        mode=loaded.settings.trading_mode,
        timeframe=timeframe,
        timerange=TimeRange.parse(options.timerange),
        startup=startup,
        options=options,
    )
    found = source.load(facts.whitelist)
    data = HistoricData(source.files, source.timerange, startup, facts.known.described)
    data.pairs_tested, data.timeframe = facts.whitelist, timeframe
    common = _Common(facts=facts, source=source, found=found, data=data)
    for candidate in candidates:
        candidate.strategy.dp = DataProvider(loaded.raw, data)
        yield common.prepared(candidate)


def load_strategies(loaded: LoadedSettings, options: BacktestOptions) -> list[Candidate]:
    """Load the strategies to test. Raises StrategyError, ConfigurationError."""
    settings = loaded.settings
    if not options.strategy_list:
        return [_loaded(settings.strategy or "", loaded)]
    if not settings.timeframe:
        raise ConfigurationError(
            "timeframe: several strategies need the same one, in the configuration or by --timeframe, e.g. 5m"
        )
    return [
        _loaded(name, replace(loaded, raw={**copy.deepcopy(loaded.raw), "strategy": name}))
        for name in options.strategy_list
    ]


def _loaded(name: str, loaded: LoadedSettings) -> Candidate:
    settings = loaded.settings
    extra = Path(settings.strategy_path).expanduser() if settings.strategy_path else None
    make_importable(package_folder(loaded.user_data_dir))
    folders = search_folders(loaded.user_data_dir, extra, recursive=settings.recursive_strategy_search)
    strategy = load_strategy(name, dirs=folders, config=loaded.raw)
    return Candidate(strategy, with_strategy(loaded, type(strategy).__name__))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Common:
    """Hold what all strategies of a run share."""

    facts: Facts
    source: CandleSource
    found: Loaded
    data: HistoricData

    def prepared(self, candidate: Candidate) -> Preparation:
        """Analyse the candles with a strategy."""
        facts, source, found, data = self.facts, self.source, self.found, self.data
        strategy, options = candidate.strategy, source.options
        data.moment_ms = None  # the analysis sees all candles, whatever was walked before
        strategy.order_types["stoploss_on_exchange"] = False
        strategy.ft_bot_start()
        cut = Cut(source.startup, found.timerange)
        result = analysed(strategy, found.candles.items(), cut, detail=found.detail.get)
        frames = {pair: series.frame for pair, series in result.series.items()}
        data.analyzed_frame = lambda pair: load() if (load := frames.get(pair)) is not None else None
        return Preparation(
            loaded=candidate.loaded,
            options=options,
            strategy=strategy,
            resolved=resolved(strategy),  # only now: it may have set its attributes meanwhile
            data=data,
            markets=facts.known.markets,
            formula=facts.known.formula,
            tiers=facts.tiers,
            fee=facts.fee,
            series=result.series,
            ticks=found.ticks,
            funding=found.funding,
            first_ms=result.first_ms,
            last_ms=result.last_ms,
            timeframe=source.timeframe,
            timeframe_detail=options.timeframe_detail,
            startup=source.startup,
            chain=facts.chain if options.enable_dynamic_pairlist else None,
        )
