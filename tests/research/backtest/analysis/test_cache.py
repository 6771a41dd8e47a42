"""Signals on disk: read instead of analysed, as long as all that they were made of is the same."""

import numpy as np
import pytest

from appliance.research.backtest.analysis import cache as cache_module
from appliance.research.backtest.analysis.analyse import analysed
from appliance.research.backtest.analysis.cache import SignalCache
from appliance.research.backtest.analysis.pair import PairAnalysis
from appliance.research.backtest.progress import SILENT
from tests.support.research.backtests import BEGIN, FIVE_MINUTES, walk

PAIRS = ("BTC/USDT", "ETH/USDT")
PARTS = {
    "startup": 10,
    "indicators": "dataframe['mean'] = dataframe['close'].rolling(5).mean()",
    "entries": "dataframe.loc[dataframe['close'] > dataframe['mean'], ['enter_long', 'enter_tag']] = 1, 'up'",
    "exits": "dataframe.loc[dataframe['close'] < dataframe['mean'], 'exit_long'] = 1",
}


@pytest.fixture
def run(analysis, workspace, monkeypatch):
    """Analyse the pairs with a cache; return the result, and the pairs that were analysed."""
    fresh = []
    analyse_pair = PairAnalysis.with_signals

    def counted(self, pair, *args):
        fresh.append(pair)
        return analyse_pair(self, pair, *args)

    monkeypatch.setattr(PairAnalysis, "with_signals", counted)
    monkeypatch.setattr("appliance.research.backtest.analysis.analyse.can_fork", lambda: False)

    def done(key="abc", pairs=PAIRS, **overrides):
        fresh.clear()
        made, sources = analysis(**overrides)
        made.data.pairs_tested = pairs
        cache = SignalCache(workspace.folder / "cache", made, key)
        found = analysed(made, sources, pairs, SILENT, cache)
        return found, list(fresh)

    return done


def arrays(found):
    return [
        [
            one.pair,
            *(getattr(one.series.rows, name).tolist() for name in ("opened", "open", "high", "low", "close")),
            *(getattr(one.series, name).tolist() for name in ("enter_long", "exit_long", "enter_short")),
            [one.series.tag(code) for code in one.series.enter_tag],
            [one.series.tag(code) for code in one.series.exit_tag],
            one.before.opened.tolist(),
            one.is_as_stored,
            one.ticks.months.tolist(),
            one.ticks.ticks.tolist(),
            one.first_ms,
            one.span,
        ]
        for one in found.pairs
    ]


def test_a_second_run_reads_what_the_first_stored(run, workspace):
    workspace.strategy(**PARTS)
    first, fresh = run()
    assert fresh == list(PAIRS)
    second, fresh = run()
    assert fresh == []
    assert arrays(second) == arrays(first)
    assert (second.first_ms, second.last_ms) == (first.first_ms, first.last_ms)


def test_another_key_has_other_signals(run, workspace):
    workspace.strategy(**PARTS)
    run()
    assert run(key="def")[1] == list(PAIRS)


def test_new_candles_of_a_pair_are_analysed(run, workspace):
    workspace.strategy(**PARTS)
    run()
    workspace.store("ETH/USDT", walk(600, seed=9))
    assert run()[1] == ["ETH/USDT"]


def test_a_pair_that_is_new_in_the_list_is_analysed(run, workspace):
    workspace.strategy(**PARTS)
    run()
    workspace.store("SOL/USDT", walk(600, seed=9))
    found, fresh = run(pairs=(*PAIRS, "SOL/USDT"))
    assert fresh == ["SOL/USDT"]
    assert [one.pair for one in found.pairs] == [*PAIRS, "SOL/USDT"]


READS = "self.dp.get_pair_dataframe('BTC/USDT', '1h')"


def test_candles_that_the_strategy_reads_besides_count(run, workspace):
    workspace.store("BTC/USDT", walk(60, timeframe="1h"), "1h")
    workspace.strategy(indicators=f"dataframe['x'] = len({READS})")
    run()
    assert run()[1] == []
    workspace.store("BTC/USDT", walk(70, timeframe="1h"), "1h")
    assert run()[1] == list(PAIRS)


def test_candles_that_were_missing_count(run, workspace):
    workspace.strategy(indicators=f"dataframe['x'] = len({READS})")
    run()
    workspace.store("BTC/USDT", walk(70, timeframe="1h"), "1h")
    assert run()[1] == list(PAIRS)


def test_the_whitelist_counts_if_it_is_read(run, workspace):
    workspace.strategy(indicators="dataframe['x'] = len(self.dp.current_whitelist())")
    run()
    assert run(pairs=PAIRS[:1])[1] == ["BTC/USDT"]


def test_candles_that_the_strategy_changed_are_stored(run, workspace):
    changed = "dataframe['open'] = dataframe['open'] * 2; dataframe = dataframe[dataframe.index % 3 > 0]"
    workspace.strategy(entries=changed)
    first, _ = run()
    assert not first.pairs[0].is_as_stored
    second, fresh = run()
    assert fresh == []
    assert arrays(second) == arrays(first)


def test_a_strategy_that_remembers_is_not_stored(run, workspace):
    workspace.strategy(indicators="self.seen = getattr(self, 'seen', 0) + 1")
    run()
    assert run()[1] == list(PAIRS)


def files(workspace):
    return sorted((workspace.folder / "cache" / "signals").rglob("*.signals"))


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "text"])
def test_a_damaged_file_is_analysed_again(run, workspace, damage):
    workspace.strategy(**PARTS)
    first, _ = run()
    file = files(workspace)[0]
    content = file.read_bytes()
    middle = len(content) // 2
    file.write_bytes(
        {
            "cut": content[:-9],
            "flipped": content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :],
            "empty": b"",
            "text": b"signals2 but nothing else",
        }[damage]
    )
    second, fresh = run()
    assert fresh == ["BTC/USDT"]
    assert arrays(second) == arrays(first)
    assert run()[1] == []


def test_a_folder_that_cannot_be_written_costs_only_time(run, workspace):
    workspace.strategy(**PARTS)
    (workspace.folder / "cache" / "signals").write_text("in the way")
    assert run()[1] == list(PAIRS)
    assert run()[1] == list(PAIRS)


def test_only_the_analyses_used_last_stay(run, workspace, monkeypatch):
    workspace.strategy(**PARTS)
    monkeypatch.setattr(cache_module, "MOST_ANALYSES", 2)
    for key in ("a", "b", "c"):
        run(key=key)
    assert len({file.parent for file in files(workspace)}) == 2
    assert run(key="c")[1] == []
    assert run(key="a")[1] == list(PAIRS)


def test_a_late_pair_keeps_its_span(run, workspace):
    workspace.strategy(**PARTS)
    workspace.store("ETH/USDT", walk(100, begin=BEGIN + 500 * FIVE_MINUTES))
    first, _ = run()
    second, _ = run()
    assert arrays(second) == arrays(first)
    assert np.array_equal(second.pairs[1].before.opened, walk(100, begin=BEGIN + 500 * FIVE_MINUTES)[:11, 0])
