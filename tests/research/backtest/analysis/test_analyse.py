"""All pairs: by workers, and in one process and freqtrade's order where the strategy remembers something."""

import os
import signal

import numpy as np
import pandas as pd
import pytest

from appliance.domain.errors import DataError, StrategyError
from appliance.research.backtest.analysis import analyse, in_order
from appliance.research.backtest.analysis.analyse import analysed
from appliance.research.backtest.analysis.in_order import analysed_in_order
from appliance.research.backtest.analysis.workers import analysed_by_workers
from appliance.research.backtest.progress import SILENT
from tests.support.research.backtests import walk

PAIRS = ("BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT")
SIGNALS = "dataframe.loc[dataframe['close'] > dataframe['mean'], ['enter_long', 'enter_tag']] = (1, 'up')"
MEAN = "dataframe['mean'] = dataframe['close'].rolling(5).mean()"


@pytest.fixture(autouse=True)
def candles(workspace):
    for seed, pair in enumerate(PAIRS, start=5):
        workspace.store(pair, walk(300, seed=seed))


def arrays(found):
    return {
        one.pair: (
            *(getattr(one.series.rows, name).tolist() for name in ("opened", "open", "high", "low", "close")),
            *(getattr(one.series, name).tolist() for name in ("enter_long", "exit_long", "enter_tag")),
            one.series.tags,
            one.ticks.ticks.tolist(),
            one.first_ms,
            one.span,
        )
        for one in found
    }


def by_workers(made, number=2, pairs=PAIRS):
    found, sources = made
    return analysed_by_workers(found, sources, pairs, SILENT, number)


@pytest.mark.parametrize("number", [1, 2, 4])
def test_workers_give_what_one_process_gives(analysis, workspace, number):
    workspace.strategy(startup=10, indicators=MEAN, entries=SIGNALS)
    made = analysis(timerange="20250701T0500-")
    expected = arrays(analysed_in_order(made[0], PAIRS, SILENT))
    assert list(expected) == list(PAIRS)
    assert any(expected["BTC/USDT"][5])
    assert arrays(by_workers(made, number)) == expected


def test_pairs_without_candles_are_missing(analysis, workspace):
    workspace.strategy()
    pairs = ("NEW/USDT", *PAIRS[:2])
    assert list(arrays(by_workers(analysis(), pairs=pairs))) == list(PAIRS[:2])
    found, _ = analysis()
    assert list(arrays(analysed_in_order(found, pairs, SILENT))) == list(PAIRS[:2])


REMEMBERS = "self.seen = [*getattr(self, 'seen', []), metadata['pair']]"


def test_a_strategy_that_remembers_is_run_in_order(analysis, workspace):
    count = "dataframe['mean'] = len(self.seen)"
    workspace.strategy(indicators=REMEMBERS, entries=count + "\n        " + "dataframe['enter_long'] = 1")
    found, sources = analysis()
    assert by_workers((found, sources)) is None
    assert not hasattr(found.strategy, "seen")
    analysed(found, sources, PAIRS, SILENT)
    assert found.strategy.seen == list(PAIRS)


def test_the_order_is_indicators_of_all_then_signals_of_all(analysis, workspace):
    workspace.strategy(
        indicators="self.steps.append(metadata['pair'])",
        entries="self.steps.append('enter ' + metadata['pair'])",
        attributes="steps = []",
    )
    found, sources = analysis()
    analysed(found, sources, PAIRS[:2], SILENT)
    assert found.strategy.steps == ["BTC/USDT", "ETH/USDT", "enter BTC/USDT", "enter ETH/USDT"]


def test_random_numbers_are_drawn_in_order(analysis, workspace):
    path = workspace.strategy(indicators="dataframe['close'] += 0 * random.random()")
    path.write_text("import random\n\nrandom.seed(5)\n" + path.read_text())
    assert by_workers(analysis()) is None


def test_a_seed_within_the_analysis_needs_no_order(analysis, workspace):
    seeded = "dataframe['x'] = np.random.default_rng(1).random(len(dataframe))"
    path = workspace.strategy(indicators=seeded)
    path.write_text("import numpy as np\n" + path.read_text())
    assert len(by_workers(analysis())) == 4


def test_what_a_worker_logs_arrives(analysis, workspace, caplog):
    path = workspace.strategy(indicators="log.warning('analysing %s', metadata['pair'])")
    path.write_text("import logging\n\nlog = logging.getLogger('mine')\n" + path.read_text())
    assert len(by_workers(analysis())) == 4
    assert sorted(record.getMessage() for record in caplog.records if record.name == "mine") == [
        f"analysing {pair}" for pair in PAIRS
    ]


def test_a_failing_strategy_ends_it(analysis, workspace):
    path = workspace.strategy(indicators="assert metadata['pair'] != 'SOL/USDT', 'not this one'")
    with pytest.raises(StrategyError, match=f"SOL/USDT failed at {path}:13: AssertionError: not this one"):
        by_workers(analysis())
    found, _ = analysis()
    with pytest.raises(StrategyError, match="not this one"):
        analysed_in_order(found, PAIRS, SILENT)


def test_a_damaged_file_ends_it(analysis, workspace):
    file = next(workspace.files.folder.glob("ETH*"))
    file.write_bytes(file.read_bytes()[:-100])
    workspace.strategy()
    with pytest.raises(DataError, match=r"ETH_USDT-5m.feather cannot be read"):
        by_workers(analysis())


def test_a_worker_that_dies_leaves_the_work_to_this_process(analysis, workspace):
    kill = f"os.getpid() == {os.getpid()} or os.kill(os.getpid(), {signal.SIGKILL:d})"
    path = workspace.strategy(indicators=kill, entries="dataframe['enter_long'] = 1")
    path.write_text("import os\n" + path.read_text())
    found, sources = analysis()
    assert by_workers((found, sources)) is None
    assert len(analysed(found, sources, PAIRS, SILENT).pairs) == 4


def test_one_pair_needs_no_worker(analysis, workspace, monkeypatch):
    monkeypatch.setattr(analyse, "analysed_by_workers", None)
    workspace.strategy()
    found, sources = analysis()
    assert len(analysed(found, sources, PAIRS[:1], SILENT).pairs) == 1


def test_frames_beyond_the_limit_wait_on_disk(analysis, workspace, monkeypatch):
    workspace.strategy(indicators=MEAN, entries=SIGNALS)
    found, _ = analysis()
    expected = arrays(analysed_in_order(found, PAIRS, SILENT))
    monkeypatch.setattr(in_order, "MOST_BYTES", 0)
    assert arrays(analysed_in_order(found, PAIRS, SILENT)) == expected


@pytest.mark.parametrize("kept", [(), ("analysed", "indicators")])
def test_frames_are_read_stored_or_not(analysis, workspace, kept):
    workspace.strategy(indicators=MEAN, entries=SIGNALS)
    found, sources = analysis(kept)
    assert len(by_workers((found, sources))) == 4
    assert (found.folder.get("analysed", "BTC/USDT") is not None) is bool(kept)
    frame = found.frame("analysed", "BTC/USDT")
    assert {"mean", "enter_long", "exit_tag"} <= set(frame)
    indicators = found.frame("indicators", "BTC/USDT")
    assert "enter_long" not in indicators
    pd.testing.assert_frame_equal(indicators, frame[list(indicators)])
    assert found.frame("analysed", "NEW/USDT") is None


def test_spans_and_ticks_come_with_the_pairs(analysis, workspace):
    workspace.strategy(startup=10)
    found, sources = analysis()
    result = analysed(found, sources, PAIRS, SILENT)
    assert result.first_ms == walk(300)[10, 0]
    assert result.last_ms == walk(300)[-1, 0]
    assert np.all(result.pairs[0].ticks.ticks == 0.01)
