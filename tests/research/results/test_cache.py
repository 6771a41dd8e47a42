"""Results of earlier runs are found by what decides them."""

import json
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from appliance.domain.timeframe import to_date, to_ms
from appliance.research.results.cache import find_cached, run_id
from appliance.research.results.folder import metadata_file
from appliance.research.results.save import Target, save_results

CONFIG = {"stake_amount": 100, "timeframe": "5m", "exchange": {"name": "binance"}}


@pytest.fixture
def source(tmp_path) -> Path:
    file = tmp_path / "strategy.py"
    file.write_text("class Mine: pass")
    return file


@pytest.fixture
def saved(result, spot, tmp_path):
    """A result with an id a strategy, and when it ran."""
    started = to_date(result.metadata["Tagged"]["backtest_start_time"] * 1000)
    for name in result.metadata:
        result.metadata[name]["run_id"] = name.lower()
    target = Target(folder=tmp_path / "results", moment=started, configured={}, export="trades")
    save_results(result, spot.runs, spot.market, target)
    return target.folder, started


IDS = {"Tagged": "tagged", "Idle": "idle"}


def cached(saved, ids=IDS, age="day", later=timedelta(hours=1), **changes):
    folder, started = saved
    now = started + later
    return find_cached(folder, ids, age, **{"now": now, "end_ms": to_ms(started) - 1000, **changes})


@pytest.mark.parametrize(
    "change",
    [
        {"stake_amount": 200},
        {"exchange": {"name": "kraken"}},
        {"max_open_trades": float("inf")},
        {"enable_protections": True},
    ],
)
def test_settings_decide(source, change):
    assert run_id(CONFIG, source, {}) != run_id({**CONFIG, **change}, source, {})


@pytest.mark.parametrize(
    "change",
    [
        {"telegram": {"enabled": True}},
        {"api_server": {"listen_port": 1}},
        {"export": "signals"},
        {"strategy_list": ["A", "B"]},
        {"backtest_breakdown": ["day"]},
        {"db_url": "sqlite://"},
    ],
)
def test_what_has_no_effect_does_not(source, change):
    assert run_id(CONFIG, source, {}) == run_id({**CONFIG, **change}, source, {})


def test_source_parameters_and_candles_decide(source, tmp_path):
    candles = tmp_path / "BTC_USDT-5m.feather"
    candles.write_bytes(b"1")
    ids = {
        run_id(CONFIG, source, {}),
        run_id(CONFIG, source, {"buy": {"x": 1}}),
        run_id(CONFIG, source, {}, [candles]),
    }
    candles.write_bytes(b"12")
    ids.add(run_id(CONFIG, source, {}, [candles]))
    ids.add(run_id(CONFIG, source, {}, [tmp_path / "none"]))
    source.write_text("class Mine: x = 1")
    ids.add(run_id(CONFIG, source, {}))
    assert len(ids) == 6
    assert all(len(one) == 40 for one in ids)


def test_the_order_of_settings_does_not_decide(source):
    assert run_id(CONFIG, source, {}) == run_id(dict(reversed(CONFIG.items())), source, {})


def test_a_result_is_found_by_its_id(saved, result):
    found = cached(saved)
    assert list(found.strategy) == ["Tagged", "Idle"]
    assert found.warnings == result.warnings
    assert [line["key"] for line in found.strategy_comparison] == ["Tagged", "Idle"]
    assert found.metadata["Tagged"]["filename"].startswith("backtest-result-")


def test_only_those_of_the_same_run_are(saved):
    found = cached(saved, {"Tagged": "other", "Idle": "idle", "New": "new"})
    assert list(found.strategy) == ["Idle"]
    assert cached(saved, {"Tagged": "other"}) is None


@pytest.mark.parametrize(
    ("age", "later", "is_found"),
    [
        ("none", timedelta(0), False),
        ("day", timedelta(hours=23), True),
        ("day", timedelta(hours=25), False),
        ("week", timedelta(days=6), True),
        ("week", timedelta(days=8), False),
        ("month", timedelta(days=27), True),
        ("month", timedelta(days=29), False),
    ],
)
def test_old_ones_do_not_count(saved, age, later, is_found):
    assert (cached(saved, age=age, later=later) is not None) == is_found


def test_a_range_that_goes_on_is_never_cached(saved):
    assert cached(saved, end_ms=None) is None
    assert cached(saved, end_ms=to_ms(saved[1] + timedelta(hours=2))) is None


def test_damaged_files_and_those_without_metadata_are_left_out(saved):
    folder, _ = saved
    (file,) = folder.glob("*.zip")
    newer = folder / "backtest-result-2099-01-01_00-00-00.zip"
    newer.write_bytes(b"damaged")
    assert cached(saved) is not None
    metadata_file(newer).write_bytes(metadata_file(file).read_bytes())
    assert cached(saved) is not None
    metadata_file(file).write_bytes(b"{")
    assert cached(saved) is None


def test_a_result_that_lacks_a_strategy_of_its_metadata_is_left_out(saved):
    folder, _ = saved
    (file,) = folder.glob("*.zip")
    stored = json.loads(metadata_file(file).read_text())
    stored["Gone"] = stored["Idle"] | {"run_id": "gone"}
    metadata_file(file).write_bytes(msgspec.json.encode(stored))
    assert cached(saved, {"Gone": "gone"}) is None
