"""Trades from results and databases."""

import json
from pathlib import Path

import pytest

from appliance.domain.errors import DataError
from appliance.research.plots.trades import stored_trades, trades_of_result
from appliance.storage.store import Store
from tests.research.report.made import outcome, trade
from tests.research.report.test_exported import record


def write_result(folder: Path, *strategies: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "backtest-result-2026-12-01_00-00-00.json"
    file.write_text(
        json.dumps({"strategy": {name: record() for name in strategies}, "strategy_comparison": []})
    )
    (folder / ".last_result.json").write_text(json.dumps({"latest_backtest": file.name}))
    return file


def test_the_last_result_is_taken(tmp_path: Path):
    file = write_result(tmp_path, "Dip")
    found = trades_of_result(tmp_path, None, None)
    assert [one.pair for one in found.trades] == ["SOL/USDT"]
    assert found.source == f"Dip in {file.name}"
    assert found.terms is not None
    assert (found.terms.timeframe, found.starting_balance) == ("5m", 1000)
    assert trades_of_result(tmp_path, file.name, "Dip").trades == found.trades


def test_of_several_strategies_one_has_to_be_named(tmp_path: Path):
    write_result(tmp_path, "Dip", "Top")
    assert trades_of_result(tmp_path, None, "Top").source.startswith("Top in")
    with pytest.raises(DataError, match="several strategies: name one with -s: Dip, Top"):
        trades_of_result(tmp_path, None, None)
    with pytest.raises(DataError, match="no result of Mine: name one that it has with -s: Dip, Top"):
        trades_of_result(tmp_path, None, "Mine")


def test_a_folder_without_results_is_an_error(tmp_path: Path):
    with pytest.raises(DataError, match=r"\.last_result\.json"):
        trades_of_result(tmp_path, None, None)


async def test_a_database_has_closed_and_open_trades(tmp_path: Path):
    store = await Store.open(f"sqlite:///{tmp_path / 'trades.sqlite'}")
    try:
        late = trade((1, "entry", 1.0, 100.0), (9, "exit", 1.0, 101.0), strategy="Mine")
        early = trade((2, "entry", 1.0, 100.0), (4, "exit", 1.0, 101.0), strategy="Mine")
        still = trade((3, "entry", 1.0, 100.0), strategy="Mine")
        other = trade((3, "entry", 1.0, 100.0), (5, "exit", 1.0, 101.0), strategy="Other")
        for one in (late, early, still, other):
            await store.save(one)
        assert [one.open_date for one in await stored_trades(store, "Mine")] == [
            early.open_date, late.open_date, still.open_date,
        ]  # fmt: skip
        assert len(await stored_trades(store)) == 4
        assert outcome([], candles=1).trades == []
    finally:
        await store.close()
