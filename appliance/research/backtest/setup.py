"""Put together what the walk of a backtest needs: strategy, markets, pairs, candles and their signals."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from appliance.config.loading import LoadedSettings
from appliance.domain.futures import Tiers
from appliance.domain.lock import PairLock
from appliance.domain.market import Market
from appliance.research.backtest.analysis.analyse import Analysed, analysed
from appliance.research.backtest.analysis.cache import SignalCache
from appliance.research.backtest.analysis.cache_key import key_of
from appliance.research.backtest.analysis.frames import FrameFolder
from appliance.research.backtest.analysis.pair import AnalysedPair, PairAnalysis, failing_quietly
from appliance.research.backtest.analysis.sources import Sources
from appliance.research.backtest.candles import FundingRows
from appliance.research.backtest.data_port import HistoricData
from appliance.research.backtest.facts import Facts, facts_of
from appliance.research.backtest.loading import CandleSource
from appliance.research.backtest.options import BacktestOptions
from appliance.research.backtest.plan import Candidate, Plan
from appliance.research.backtest.preflight import check_candles, check_memory
from appliance.research.backtest.progress import SILENT, Progress
from appliance.research.backtest.series import PairSeries, Rows
from appliance.research.backtest.signals import Cut
from appliance.research.backtest.ticks import Ticks
from appliance.research.backtest.walk.ledger.account import Account
from appliance.research.backtest.walk.ledger.book import TradeList
from appliance.research.backtest.walk.ledger.locks import Locks
from appliance.research.backtest.whitelist import DynamicPairs
from appliance.research.data.candles import CandleFiles
from appliance.research.forked import usable_cores
from appliance.research.timerange import TimeRange
from appliance.rules.leverage import Formula
from appliance.strategy.data_provider import DataProvider
from appliance.strategy.loading.resolve import ResolvedStrategy, resolved
from appliance.strategy.ports import Ports, plugged_in

if TYPE_CHECKING:
    from pandas import DataFrame

    from appliance.research.backtest.analysis.frames import Kind
    from appliance.strategy.interface import IStrategy


@dataclass(frozen=True, kw_only=True, eq=False)
class Preparation:
    """Hold all that the walk of one strategy needs. Times in ms (UTC), fee as a ratio of the cost.

    `series`, `ticks` and (on futures markets) `tiers` and `funding` are by pair, in the order of the
    whitelist; pairs without candles are missing. The clock goes from the candle after `first_ms` to
    `last_ms`. `startup` is how many rows of an analysed frame lie before the tested ones.

    `rows` loads the candles of a pair as they are stored, from `first_ms` on; `indicators` its frame before
    signals were added, without startup candles. `pairs_now` evaluates the pair lists anew, for a candle;
    None where the pairs stay the same. `locks` are those that the strategy made with its signals.
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
    rows: Callable[[str], Rows]
    indicators: "Callable[[str], DataFrame]"
    pairs_now: Callable[[], Sequence[str]] | None = None
    locks: Sequence[PairLock] = ()


def preparations(
    plan: Plan, folder: FrameFolder | None = None, *, skip: Collection[str] = (), progress: Progress = SILENT
) -> Iterator[Preparation]:
    """Yield the preparation of each strategy, made once the one before has been walked.

    Frames that are read later are stored in `folder`; without, they are made anew when they are read. `skip`
    are names of strategies whose results are known. Raises ApplianceError for what the user has to change.
    """
    shared = Shared.of(plan)
    for candidate in plan.candidates:
        if candidate.name not in skip:
            begun = shared.begun(candidate, folder and folder.of(candidate.name))
            with plugged_in(begun.ports):
                stored = _cache(begun.analysis, begun.sources, candidate)
                pairs = shared.facts.whitelist
                found = analysed(begun.analysis, begun.sources, pairs, progress, stored)
            yield shared.prepared(begun, found)


@dataclass(frozen=True, kw_only=True, eq=False)
class Begun:
    """Hold a strategy that has begun, and its analysis, of which no pair has been analysed yet."""

    candidate: Candidate
    analysis: PairAnalysis
    sources: Sources
    ports: Ports


@dataclass(frozen=True, kw_only=True, eq=False)
class Shared:
    """Hold what all strategies of a run share."""

    facts: Facts
    source: CandleSource
    data: HistoricData

    @classmethod
    def of(cls, plan: Plan) -> "Shared":
        """Learn it, and look whether it can be tested. Raises ApplianceError for what cannot."""
        loaded, options = plan.loaded, plan.options
        facts = facts_of(plan.candidates[0].loaded, options, [one.strategy for one in plan.candidates])
        source = CandleSource(
            files=CandleFiles(loaded.datadir, loaded.settings.dataformat_ohlcv),
            mode=loaded.settings.trading_mode,
            timeframe=plan.timeframe,
            timerange=TimeRange.parse(options.timerange),
            startup=plan.startup,
            options=options,
        )
        check_candles(source, facts.whitelist)
        check_memory(source, facts.whitelist, usable_cores())
        data = HistoricData(source.files, source.timerange, plan.startup, facts.known.described)
        data.pairs_tested, data.timeframe = facts.whitelist, plan.timeframe
        return cls(facts=facts, source=source, data=data)

    def on(self, files: CandleFiles, timerange: TimeRange) -> "Shared":
        """Return the same for other candles of the same pairs, and another range."""
        source = replace(self.source, files=files, timerange=timerange)
        data = HistoricData(files, source.timerange, source.startup, self.facts.known.described)
        data.pairs_tested, data.timeframe = self.data.pairs_tested, self.data.timeframe
        data.runmode = self.data.runmode
        return replace(self, source=source, data=data)

    def begun(self, candidate: Candidate, folder: FrameFolder | None) -> Begun:
        """Have a strategy begin. Raises StrategyError for what it raises."""
        source, data = self.source, self.data
        strategy, options = candidate.strategy, source.options
        strategy.dp = DataProvider(candidate.loaded.raw, data)
        data.moment_ms = None  # the analysis sees all candles, whatever was walked before
        strategy.order_types["stoploss_on_exchange"] = False
        locks = Locks(source.timeframe)
        ports = Ports(nothing_traded(candidate), locks)
        with failing_quietly(strategy), plugged_in(ports):
            strategy.ft_bot_start()
        sources = Sources.of(strategy)
        analysis = PairAnalysis(
            strategy=strategy,
            source=source,
            cut=Cut(source.startup, source.timerange, volume=options.realism.volume_cap is not None),
            data=data,
            locks=locks,
            folder=folder,
            kept=_kept(sources, options),
        )
        return Begun(candidate=candidate, analysis=analysis, sources=sources, ports=ports)

    def prepared(self, begun: Begun, found: Analysed) -> Preparation:
        """Put together what the walk of an analysed strategy needs. Raises DataError, StrategyError."""
        facts, source, analysis = self.facts, self.source, begun.analysis
        pairs = [one.pair for one in found.pairs]
        timerange = source.usable(min(one.first_ms for one in found.pairs))
        detail = source.detail(pairs, timerange)
        frame = cache(partial(analysis.frame, "analysed"))
        self.data.analyzed_frame = frame
        return Preparation(
            loaded=begun.candidate.loaded,
            options=source.options,
            strategy=analysis.strategy,
            resolved=resolved(analysis.strategy),  # only now: it may have set its attributes meanwhile
            data=self.data,
            markets=facts.known.markets,
            formula=facts.known.formula,
            tiers=facts.tiers,
            fee=facts.fee,
            series={
                one.pair: replace(one.series, detail=detail.get(one.pair), frame=partial(frame, one.pair))
                for one in found.pairs
            },
            ticks={one.pair: one.ticks for one in found.pairs},
            funding=source.funding(pairs, timerange),
            first_ms=found.first_ms,
            last_ms=found.last_ms,
            timeframe=source.timeframe,
            timeframe_detail=source.options.timeframe_detail,
            startup=source.startup,
            rows=partial(_rows, {one.pair: one for one in found.pairs}, source, found.first_ms),
            indicators=analysis.tested_indicators,
            pairs_now=DynamicPairs(facts.chain, pairs) if source.options.enable_dynamic_pairlist else None,
            locks=analysis.locks.all,
        )


def nothing_traded(candidate: Candidate) -> TradeList:
    """Give the strategy its wallet as it is at the start, and return its trades: none."""
    strategy, trades = candidate.strategy, TradeList()
    account = Account(candidate.loaded.settings, trades, strategy.max_open_trades, strategy.config)
    account.update()
    strategy.wallets = account
    return trades


def _cache(analysis: PairAnalysis, sources: Sources, candidate: Candidate) -> SignalCache | None:
    """Return where signals are stored; None where they are not, or frames are needed anyway."""
    if analysis.kept or analysis.source.options.backtest_cache == "none":
        return None
    key = key_of(analysis, sources)
    return SignalCache(candidate.loaded.user_data_dir / "cache", analysis, key) if key else None


def _rows(found: Mapping[str, AnalysedPair], source: CandleSource, first_ms: int, pair: str) -> Rows:
    """Return the candles of a pair as they are stored, from a time on (ms, UTC)."""
    one = found[pair]
    if not one.is_as_stored:
        return source.rows(pair, first_ms)
    begin = int(np.searchsorted(one.before.opened, first_ms))
    return one.before.cut(slice(begin, None)).with_later(one.series.rows)


def _kept(sources: Sources, options: BacktestOptions) -> "frozenset[Kind]":
    """Return the frames that are going to be read; others are made again if they are after all."""
    kept: set[Kind] = set()
    if sources.mention("get_analyzed_dataframe"):
        kept.add("analysed")
    if options.export == "signals":
        kept.add("indicators")
    return frozenset(kept)
