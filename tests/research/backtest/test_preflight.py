"""What cannot be backtested is said before candles are read, each in one line."""

import pytest

from appliance.domain.enums import TradingMode
from appliance.domain.errors import ConfigurationError, DataError, StrategyError
from appliance.research.backtest.loading import CandleSource
from appliance.research.backtest.options import BacktestOptions
from appliance.research.backtest.plan import planned
from appliance.research.backtest.preflight import (
    available_memory,
    check_memory,
    check_range,
    needed_memory,
)
from appliance.research.backtest.setup import preparations
from appliance.research.timerange import TimeRange
from tests.support.research.backtests import BEGIN, walk


def prepared(workspace, **overrides):
    return list(preparations(planned(workspace.loaded(**overrides))))


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        (
            {"freqai": {"enabled": True}},
            "freqai.enabled: expected false, found true; FreqAI is not supported",
        ),
        ({"trading_mode": "margin"}, 'trading_mode: expected "spot" or "futures", found "margin"'),
        ({"stake_amount": 5000}, "stake_amount: expected at most 990 (dry_run_wallet"),
        ({"dry_run_wallet": {"BTC": 5}}, "stake_amount: expected at most 0"),
        ({"exchange": {"name": "simulated"}}, "exchange.pair_whitelist: missing; name pairs to test"),
        (
            {
                "exchange": {"name": "simulated", "pair_whitelist": ["A/USDT"], "use_public_trades": True},
                "orderflow": {"max_candles": 10},
            },
            "exchange.use_public_trades: expected false, found true; order flow",
        ),
    ],
)
def test_settings_that_no_backtest_can_have(workspace, settings, line):
    workspace.strategy()
    workspace.config |= settings
    with pytest.raises(ConfigurationError) as refused:
        planned(workspace.loaded())
    (problem,) = refused.value.problems
    assert "config.json" in problem
    assert line in problem


def test_all_faults_are_told_at_once(workspace):
    workspace.config |= {"freqai": {"enabled": True}, "stake_amount": 5000}
    with pytest.raises(ConfigurationError) as refused:
        planned(workspace.loaded(strategy=None))
    assert len(refused.value.problems) == 3


def test_a_strategy_of_freqai_is_refused(workspace):
    workspace.strategy(indicators="dataframe = self.freqai.start(dataframe, metadata, self)")
    with pytest.raises(StrategyError, match="it uses FreqAI"):
        planned(workspace.loaded())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("20250230-", "expected yyyymmdd"),
        ("20250201-20250101", "the start lies after the end"),
        ("29990101-", "it begins in the future, on 2999-01-01 00:00"),
    ],
)
def test_ranges_that_cannot_be(workspace, text, line):
    workspace.strategy()
    with pytest.raises(ConfigurationError, match=f"--timerange: .*{line}"):
        planned(workspace.loaded(timerange=text))


def test_a_range_that_goes_on_is_none_of_the_future():
    check_range(TimeRange(BEGIN, BEGIN * 2), now_ms=BEGIN + 1)


def test_detail_candles_have_to_be_shorter(workspace):
    workspace.strategy()
    for timeframe in ("5m", "1h"):
        with pytest.raises(ConfigurationError, match=f"less than the time frame 5m, found {timeframe}"):
            planned(workspace.loaded(timeframe_detail=timeframe))
    with pytest.raises(ConfigurationError, match="--timeframe-detail: 'abc' is not a time frame"):
        planned(workspace.loaded(timeframe_detail="abc"))


def test_without_files_the_folder_is_named(workspace):
    workspace.strategy(attributes="timeframe = '1h'")
    with pytest.raises(DataError, match=r"simulated has no candles of BTC/USDT, ETH/USDT \(1h, feather\)"):
        prepared(workspace)


def test_a_range_beside_the_stored_candles_tells_their_span(workspace):
    workspace.strategy()
    with pytest.raises(DataError, match=r"\(those stored are of 2025-07-01 to 2025-07-03\)"):
        prepared(workspace, timerange="20240101-20240201")


@pytest.mark.parametrize("content", [b"", b"ARROW1 and no more", b"<html>not found</html>"])
def test_a_damaged_file_is_found_before_the_analysis(workspace, content):
    workspace.strategy(indicators="raise RuntimeError('it was analysed')")
    next(workspace.files.folder.glob("ETH*")).write_bytes(content)
    with pytest.raises(DataError, match=r"ETH_USDT-5m\.feather cannot be read .*--erase"):
        prepared(workspace)


def test_detail_candles_outside_of_the_range_are_noticed_before_the_analysis(workspace):
    workspace.store("BTC/USDT", walk(600))
    workspace.store("BTC/USDT", walk(60, timeframe="1m", begin=BEGIN - 86_400_000), "1m")
    workspace.write_config()
    workspace.strategy(indicators="raise RuntimeError('analysed')")
    with pytest.raises(DataError, match="has no 1m candles of these pairs in this range"):
        prepared(workspace, timeframe_detail="1m", timerange=f"{BEGIN // 1000}-")


def test_detail_and_funding_files_are_looked_at_too(workspace):
    workspace.strategy()
    workspace.store("BTC/USDT", walk(100, timeframe="1m"), "1m")
    file = next(workspace.files.folder.glob("BTC*1m*"))
    file.write_bytes(file.read_bytes()[:-8])
    with pytest.raises(DataError, match="BTC_USDT-1m"):
        prepared(workspace, timeframe_detail="1m")


def source(workspace, **changes):
    given = {
        "files": workspace.files,
        "mode": TradingMode.SPOT,
        "timeframe": "5m",
        "timerange": TimeRange(),
        "startup": 0,
        "options": BacktestOptions(),
        **changes,
    }
    return CandleSource(**given)


def test_memory_follows_pairs_and_range(workspace):
    whole = source(workspace)
    pairs = ("BTC/USDT", "ETH/USDT")
    one = needed_memory(whole, pairs[:1], 1)
    assert needed_memory(whole, pairs, 1) > one
    assert needed_memory(whole, pairs[:1], 4) > one
    assert needed_memory(whole, ("NEW/USDT",), 1) < one
    shorter = source(workspace, timerange=TimeRange(BEGIN, BEGIN + 3_600_000))
    assert needed_memory(shorter, pairs[:1], 1) < one


def test_too_little_memory_is_told_in_pairs(workspace):
    check_memory(source(workspace), ("BTC/USDT",), 1, available=10**9)
    check_memory(source(workspace), ("BTC/USDT",), 1)
    with pytest.raises(ConfigurationError, match=r"1 pairs need at least 0\.1 GB, 0\.0 GB are free"):
        check_memory(source(workspace), ("BTC/USDT",), 1, available=10**7)


def test_memory_is_that_of_the_machine_or_of_its_group(tmp_path):
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 9000 kB\nMemAvailable: 3000 kB\nSwapFree: 1000 kB\n")
    assert available_memory(meminfo, tmp_path) == 4000 * 1024
    (tmp_path / "memory.current").write_text("1000")
    (tmp_path / "memory.max").write_text("max\n")
    assert available_memory(meminfo, tmp_path) == 4000 * 1024
    (tmp_path / "memory.max").write_text("5000\n")
    assert available_memory(meminfo, tmp_path) == 4000
    assert available_memory(tmp_path / "missing", tmp_path) is None


def test_incomplete_candles_are_warned_of(workspace, caplog):
    workspace.strategy()
    candles = walk(600)
    workspace.store("BTC/USDT", candles[[place for place in range(600) if place % 20]])
    workspace.store("ETH/USDT", candles[:500])
    workspace.config["exchange"]["pair_whitelist"] += ["SOL/USDT", "XRP/USDT"]
    prepared(workspace)
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "No candles in this range, the pairs are left out: SOL/USDT, XRP/USDT",
        "Candles are missing, or have no trades; they were filled with the last close: BTC/USDT 4.8%",
        "Candles end before those of other pairs: ETH/USDT 2025-07-02 17:35",
    ]
