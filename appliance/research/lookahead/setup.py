"""Put together what is examined: a strategy that has started, its pairs and its candles."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from appliance.research.backtest.analysis.pair import failing_quietly
from appliance.research.backtest.analysis.sources import Sources
from appliance.research.backtest.data_port import Reads
from appliance.research.backtest.facts import facts_of
from appliance.research.backtest.loading import CandleSource
from appliance.research.backtest.plan import Candidate, Plan
from appliance.research.backtest.preflight import check_candles
from appliance.research.backtest.setup import nothing_traded
from appliance.research.backtest.signals import Cut
from appliance.research.backtest.walk.ledger.locks import Locks
from appliance.research.data.candles import CandleFiles
from appliance.research.lookahead.known_candles import KnownCandles
from appliance.research.lookahead.subject import Subject
from appliance.research.timerange import TimeRange
from appliance.strategy.data_provider import DataProvider
from appliance.strategy.ports import Ports, plugged_in


@dataclass(frozen=True)
class Scene:
    """Hold what is examined: the strategy, and the pairs that have a file of candles."""

    subject: Subject
    pairs: Sequence[str]


def scene_of(plan: Plan) -> Scene:
    """Start the first strategy of a plan on its candles. Raises ApplianceError."""
    candidate = plan.candidates[0]
    # Nothing is walked over: candles that only a walk would need are not asked for.
    options = msgspec.structs.replace(plan.options, timeframe_detail=None, enable_dynamic_pairlist=False)
    facts = facts_of(candidate.loaded, options, [candidate.strategy])
    source = CandleSource(
        files=CandleFiles(plan.loaded.datadir, plan.loaded.settings.dataformat_ohlcv),
        mode=plan.loaded.settings.trading_mode,
        timeframe=plan.timeframe,
        timerange=TimeRange.parse(options.timerange),
        startup=plan.startup,
        options=options,
    )
    check_candles(source, facts.whitelist)
    data = KnownCandles(source.files, source.timerange, plan.startup, facts.known.described)
    data.pairs_tested, data.timeframe = facts.whitelist, plan.timeframe
    return Scene(started(candidate, source, data), facts.whitelist)


def started(candidate: Candidate, source: CandleSource, data: KnownCandles) -> Subject:
    """Start a strategy as a backtest does. Raises StrategyError."""
    strategy = candidate.strategy
    strategy.dp = DataProvider(candidate.loaded.raw, data)
    strategy.order_types["stoploss_on_exchange"] = False
    ports = Ports(nothing_traded(candidate), Locks(source.timeframe))
    at_start = Reads()
    with failing_quietly(strategy), plugged_in(ports), data.recorded(at_start):
        strategy.ft_bot_start()
    return Subject(
        strategy=strategy,
        sources=Sources.of(strategy),
        source=source,
        data=data,
        ports=ports,
        cut=Cut(source.startup, source.timerange),
        can_short=strategy.can_short,
        starts_anew=bool(at_start.candles),
    )
