"""From candles to signals; what a strategy gets wrong is told with file, line, pair and callback."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from appliance.domain.errors import StrategyError
from appliance.strategy.analysis import Signal, analyze, latest_signal, oldest_usable, without_signals
from tests.strategy.answers import NOW, frame

CANDLE = NOW - timedelta(minutes=5)
"""When the newest candle of `frame` opened."""


# -- what goes wrong ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "callback", "line", "told"),
    [
        ({"indicators": "1 / 0"}, "populate_indicators", 13, "ZeroDivisionError"),
        ({"indicators": "dataframe['no_such']"}, "populate_indicators", 13, "KeyError: 'no_such'"),
        ({"entries": "raise SystemExit"}, "populate_entry_trend", 17, "SystemExit"),
        # What is wrong with the answer is told with the line where the function begins.
        ({"entries": "return None"}, "populate_entry_trend", 16, "it returned None"),
        (
            {"indicators": "return dataframe[5:]"},
            "populate_indicators",
            12,
            "returned 295 rows instead of 300",
        ),
        (
            {"indicators": "dataframe['close'] *= 2"},
            "populate_indicators",
            12,
            "the last close .* changed",
        ),
        (
            {"indicators": "dataframe['date'] += dataframe['date'].diff().max()"},
            "populate_indicators",
            12,
            "the last date .* changed",
        ),
    ],
)
def test_an_error_is_reported_with_place_pair_and_callback(load, write, caplog, part, callback, line, told):
    strategy = load("Mine", write(**part).parent)
    place = rf"Mine\.{callback} for BTC/USDT failed at .*mine\.py:{line}: .*{told}"
    with pytest.raises(StrategyError, match=place):
        analyze(strategy, frame("BTC/USDT"), "BTC/USDT")
    assert len(caplog.records) == 1


def test_the_populate_functions_of_the_base_class_give_the_frame_back(load, write):
    path = write(
        indicators="dataframe = super().populate_indicators(dataframe, metadata)",
        entries="dataframe = super().populate_entry_trend(dataframe, metadata)",
    )
    assert len(analyze(load("Mine", path.parent), frame("BTC/USDT"), "BTC/USDT")) == 300


def test_an_error_is_reported_once_per_pair(load, write, caplog):
    strategy = load("Mine", write(indicators="1 / 0").parent)
    told = []
    strategy.failures.announce = told.append
    for pair in ("BTC/USDT", "ETH/USDT", "BTC/USDT"):
        with pytest.raises(StrategyError):
            analyze(strategy, frame(pair), pair)
    assert [failure.pair for failure in told] == ["BTC/USDT", "ETH/USDT"]
    assert len(caplog.records) == 2


def test_checks_can_be_turned_into_warnings(load, write, caplog):
    path = write(
        attributes="disable_dataframe_checks = True", indicators="dataframe = dataframe.iloc[5:].copy()"
    )
    assert len(analyze(load("Mine", path.parent), frame("BTC/USDT"), "BTC/USDT")) == 295
    assert "keep every row" in caplog.text


def test_no_candles_of_an_informative_pair_is_reported(load, write):
    path = write(
        before="from freqtrade.strategy import informative",
        attributes="@informative('1h', 'NEW/USDT')\n    def populate_new(self, dataframe, metadata): pass",
    )
    with pytest.raises(StrategyError, match="no 1h candles of NEW/USDT yet, which populate_new needs"):
        analyze(load("Mine", path.parent), frame("BTC/USDT"), "BTC/USDT")


# -- signals -----------------------------------------------------------------------------------------------


def test_the_frame_given_stays_as_it_was(load):
    given = frame("BTC/USDT")
    before = given.copy()
    analyze(load("ClockSignals"), given, "BTC/USDT")
    pd.testing.assert_frame_equal(given, before)


def test_signals_and_tags(load):
    result = analyze(load("ClockSignals"), frame("BTC/USDT"), "BTC/USDT")
    minutes = result["date"].dt.minute
    assert (result["enter_long"].eq(1) == (minutes % 15 == 0)).all()
    assert set(result.loc[minutes % 15 == 0, "enter_tag"]) == {"quarter"}
    assert set(result.loc[minutes % 15 != 0, "enter_tag"]) == {""}
    assert set(result.loc[minutes % 20 == 0, "exit_tag"]) == {"twenty"}


def test_version_2_columns_become_those_of_version_3(load):
    result = analyze(load("OldStyle"), frame("BTC/USDT"), "BTC/USDT")
    assert {"enter_long", "exit_long", "enter_tag", "exit_tag"} <= set(result.columns)
    assert not {"buy", "sell", "buy_tag"} & set(result.columns)
    assert result["enter_long"].sum() > 5
    assert result.columns.is_unique
    assert set(result["enter_tag"].dropna()) == {"rsi"}


@pytest.mark.parametrize(
    "entries",
    [
        "dataframe.loc[:, ['enter_long', 'enter_tag']] = (1, 'a tag')",
        "dataframe.loc[dataframe['close'] > 0, 'enter_long'] = 1; dataframe['enter_tag'] = 'a tag'",
        "dataframe['enter_long'] = (dataframe['close'] > 0); dataframe['enter_tag'] += 'a tag'",
        "dataframe['enter_tag'] = None;"
        "dataframe.loc[dataframe.index[-1], ['enter_long', 'enter_tag']] = (1, 'a tag')",
        "dataframe['enter_long'] = 0; dataframe.loc[dataframe.index[-1], 'enter_long'] = 1.0;"
        "dataframe.loc[dataframe.index[-1], 'enter_tag'] = 'a tag'",
    ],
)
def test_the_ways_in_which_strategies_set_signals_work_with_pandas_3(load, write, entries):
    result = analyze(load("Mine", write(entries=entries).parent), frame("BTC/USDT"), "BTC/USDT")
    signal = latest_signal(result, oldest_usable("5m", NOW))
    assert (signal.enter_long, signal.enter_tag) == (True, "a tag")


def test_dates_are_utc_in_microseconds_as_strategies_know_them(load):
    assert str(frame("BTC/USDT")["date"].dtype) == "datetime64[us, UTC]"
    assert frame("BTC/USDT")["date"].iloc[-1] == CANDLE


def test_a_frame_without_signals_keeps_its_indicators(load):
    quiet = without_signals(analyze(load("ClockSignals"), frame("BTC/USDT"), "BTC/USDT"))
    assert latest_signal(quiet, oldest_usable("5m", NOW)).entry() is None
    assert "minute" in quiet.columns


# -- the newest signal -------------------------------------------------------------------------------------


def signals(**columns):
    base = frame("BTC/USDT", count=3)
    for name, value in columns.items():
        base[name] = pd.Series([0, 0, value], dtype=object)
    return base


def test_no_candles_no_signal():
    assert latest_signal(frame("BTC/USDT").iloc[:0], oldest_usable("5m", NOW)) is None


@pytest.mark.parametrize(
    ("minutes", "is_known"), [(0, True), (9, True), (10, True), (10.1, False), (600, False)]
)
def test_a_candle_older_than_two_candles_and_five_minutes_is_no_signal(minutes, is_known):
    late = CANDLE + timedelta(minutes=5 + minutes)
    assert (latest_signal(signals(enter_long=1), oldest_usable("5m", late)) is not None) is is_known


def test_the_time_allowed_for_being_late_can_be_set():
    late = CANDLE + timedelta(minutes=39)
    assert latest_signal(signals(enter_long=1), oldest_usable("5m", late, outdated_minutes=30)).enter_long


@pytest.mark.parametrize("nothing", [np.nan, None, 0, "", "1"])
def test_only_one_is_a_signal(nothing):
    assert not latest_signal(signals(enter_long=nothing), oldest_usable("5m", NOW)).enter_long


@pytest.mark.parametrize(
    ("tag", "seen"), [("dip", "dip"), ("", ""), (np.nan, None), ("nan", None), (None, None), (7, None)]
)
def test_a_tag_is_text(tag, seen):
    assert latest_signal(signals(enter_long=1, enter_tag=tag), oldest_usable("5m", NOW)).enter_tag == seen


@pytest.mark.parametrize(
    ("columns", "can_short", "side"),
    [
        ({"enter_long": 1}, False, "long"),
        ({"enter_long": 1, "exit_long": 1}, False, None),
        ({"enter_long": 1, "enter_short": 1}, True, None),
        ({"enter_short": 1}, True, "short"),
        ({"enter_short": 1}, False, None),
        ({"enter_short": 1, "exit_short": 1}, True, None),
        ({"enter_long": 1, "exit_short": 1}, True, "long"),
        ({}, True, None),
    ],
)
def test_signals_against_each_other_are_no_entry(columns, can_short, side):
    assert latest_signal(signals(**columns), oldest_usable("5m", NOW)).entry(can_short=can_short) == side


def test_exits_are_those_of_the_trade_s_direction():
    signal = Signal(enter_long=True, exit_short=True, candle_date=CANDLE)
    assert signal.exit() == (True, False)
    assert signal.exit(is_short=True) == (False, True)


def test_signals_expire_only_where_that_is_requested():
    signal = Signal(enter_long=True, candle_date=CANDLE)
    now = NOW + timedelta(seconds=31)
    assert not signal.is_expired("5m", now, 0)
    assert not signal.is_expired("5m", now, 31)
    assert signal.is_expired("5m", now, 30)


def test_exit_signals_of_version_2_count_as_they_are_after_the_exit_function(load, write):
    """Strategies prepare the column `sell` before; it must not be taken for the exit signals then."""
    path = write(indicators="dataframe['sell'] = 0", entries="dataframe['buy'] = 1")
    code = path.read_text()
    head, tail = code.rsplit("        return dataframe", 1)
    path.write_text(
        f"{head}        dataframe['sell'] = 1\n        dataframe['buy'] = 0\n        return dataframe{tail}"
    )
    analysed = analyze(load("Mine", path.parent), frame("BTC/USDT"), "BTC/USDT")
    assert set(analysed["exit_long"]) == set(analysed["enter_long"]) == {1}


def test_signals_set_on_no_rows_are_no_signals(load, write):
    """Popular strategies write `dataframe.loc[(), [...]] = ...`: pandas makes columns of nothing of it."""
    path = write(exits='dataframe.loc[(), ["exit_long", "exit_tag"]] = (0, "never")')
    analyzed = analyze(load("Mine", path.parent), frame("BTC/USDT"), "BTC/USDT")
    assert "exit_long" not in analyzed.columns
    signal = latest_signal(analyzed, CANDLE)
    assert signal is not None
    assert not signal.exit_long
