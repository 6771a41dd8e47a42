"""A result has every field of freqtrade's, in its order, with its values."""

import json

import msgspec
import pytest

from appliance.research.backtest.realism import Realism
from appliance.research.results.result import BacktestResult
from appliance.research.results.summary import comparison_line, summarize


def differences(ours, theirs, place=""):
    """Yield what is different: floats from the twelfth digit on are the same."""
    if isinstance(theirs, dict):
        if list(ours) != list(theirs):
            yield place, list(ours), list(theirs)
        for key in theirs:
            yield from differences(ours.get(key), theirs[key], f"{place}/{key}")
    elif isinstance(theirs, list):
        if len(ours) != len(theirs):
            yield place, len(ours), len(theirs)
        for row, (one, other) in enumerate(zip(ours, theirs, strict=False)):
            yield from differences(one, other, f"{place}[{row}]")
    elif isinstance(theirs, float) and isinstance(ours, int | float):
        if ours != pytest.approx(theirs, rel=1e-12, abs=1e-15):
            yield place, ours, theirs
    elif ours != theirs:
        yield place, ours, theirs


def as_stored(values):
    return json.loads(msgspec.json.encode(values))


def test_every_field_is_freqtrades(case):
    written = case.written
    notes = next(iter(written.metadata.values())).get("notes")
    result = summarize(case.runs, case.market, notes=notes)
    ours = {"strategy": result.strategy, "strategy_comparison": result.strategy_comparison}
    assert list(differences(as_stored(ours), written.stored)) == []
    assert as_stored(result.metadata) == written.metadata


def test_differences_are_found():
    theirs = {"a": 1.0, "b": [1, 2]}
    assert list(differences({"a": 1.0 + 1e-9, "b": [1, 3]}, theirs)) == [
        ("/a", 1.0 + 1e-9, 1.0),
        ("/b[1]", 3, 2),
    ]
    assert list(differences({"b": [1, 2], "a": 1.0}, theirs)) == [("", ["b", "a"], ["a", "b"])]


def test_cached_results_come_first(spot):
    cached = BacktestResult(
        strategy={"Old": {}}, strategy_comparison=[{"key": "Old"}], metadata={"Old": {"run_id": "1"}}
    )
    result = summarize(spot.runs[:1], spot.market, cached=cached)
    assert list(result.strategy) == ["Old", "Tagged"]
    assert [line["key"] for line in result.strategy_comparison] == ["Old", "Tagged"]
    assert list(result.metadata) == ["Old", "Tagged"]


def test_nothing_to_run_is_what_is_cached(spot):
    assert summarize([], spot.market).strategy == {}


def test_the_comparison_has_the_drawdown_of_the_strategy(spot):
    stored = spot.written.stored["strategy"]["Tagged"]
    line = comparison_line("Tagged", stored)
    assert line == spot.written.stored["strategy_comparison"][0]
    assert stored["results_per_pair"][-1]["key"] == "TOTAL"  # is left as it was


def test_warnings_are_part_of_it(spot):
    result = summarize(spot.runs, spot.market)
    assert any("filled at the tip" in warning for warning in result.warnings["Tagged"])
    assert result.warnings["Idle"] == []


def test_realism_is_stated_where_it_is_on(spot):
    run = spot.runs[0]
    run.outcome.realism, run.outcome.counters.entries_cut_by_volume = Realism(volume_cap=0.1), 3
    stated = summarize([run], spot.market).strategy["Tagged"]
    assert stated["realism"]["volume_cap"] == 0.1
    assert (stated["entries_cut_by_volume"], stated["exits_beyond_volume"]) == (3, 0)
    run.outcome.realism = Realism(slippage=0.1)
    assert "entries_cut_by_volume" not in summarize([run], spot.market).strategy["Tagged"]
