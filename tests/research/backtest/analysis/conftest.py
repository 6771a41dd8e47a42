"""What analyses the pairs of a workspace with a strategy."""

import pytest

from appliance.research.backtest.analysis.frames import frame_folder
from appliance.research.backtest.analysis.pair import PairAnalysis
from appliance.research.backtest.analysis.sources import Sources
from appliance.research.backtest.data_port import HistoricData
from appliance.research.backtest.loading import CandleSource
from appliance.research.backtest.options import BacktestOptions
from appliance.research.backtest.plan import planned
from appliance.research.backtest.signals import Cut
from appliance.research.backtest.walk.ledger.locks import Locks
from appliance.research.timerange import TimeRange
from appliance.strategy.data_provider import DataProvider


@pytest.fixture
def analysis(workspace):
    """Load the strategy `Mine` of the workspace; return its analysis and its sources."""

    with frame_folder(workspace.folder / "cache") as folder:

        def made(kept=(), **overrides):
            plan = planned(workspace.loaded(**overrides))
            loaded, strategy = plan.loaded, plan.candidates[0].strategy
            source = CandleSource(
                files=workspace.files,
                mode=loaded.settings.trading_mode,
                timeframe=plan.timeframe,
                timerange=TimeRange.parse(plan.options.timerange),
                startup=plan.startup,
                options=BacktestOptions(),
            )
            data = HistoricData(workspace.files, source.timerange, plan.startup, lambda pair: None)
            data.pairs_tested, data.timeframe = ("BTC/USDT", "ETH/USDT"), plan.timeframe
            strategy.dp = DataProvider(loaded.raw, data)
            strategy.ft_bot_start()
            found = PairAnalysis(
                strategy=strategy,
                source=source,
                cut=Cut(source.startup, source.timerange),
                data=data,
                locks=Locks(plan.timeframe),
                folder=folder,
                kept=frozenset(kept),
            )
            return found, Sources.of(strategy)

        yield made
