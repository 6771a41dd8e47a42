"""Candles of other pairs and time frames stand beside a pair's own, and never know the future."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.enums import CandleType
from appliance.domain.errors import StrategyError
from appliance.domain.timeframe import seconds
from appliance.strategy.analysis import analyze
from appliance.strategy.merging import merge_informative_pair
from tests.strategy.answers import NOW, frame


def test_shorter_candles_cannot_be_merged_into_longer_ones():
    with pytest.raises(ValueError, match="1h"):
        merge_informative_pair(frame("A/B", "1h"), frame("A/B", "5m"), "1h", "5m")
    with pytest.raises(ValueError, match="suffix"):
        merge_informative_pair(frame("A/B", "5m"), frame("A/B", "1h"), "5m", "1h", suffix="x")


def test_a_decorator_for_shorter_candles_is_refused_at_loading(load, write):
    path = write(
        before="from freqtrade.strategy import informative",
        attributes="@informative('1m')\n    def fast(self, dataframe, metadata): return dataframe",
    )
    with pytest.raises(StrategyError, match=r"@informative\('1m'\) of fast: expected a time frame that"):
        load("Mine", path.parent)


def test_duplicate_columns_are_refused(load, write):
    path = write(
        before="from freqtrade.strategy import informative",
        attributes="""@informative('1h', 'BTC/USDT', '{column}_{timeframe}')
    @informative('1h', 'ETH/USDT', '{column}_{timeframe}')
    def twice(self, dataframe, metadata): return dataframe""",
    )
    with pytest.raises(
        StrategyError,
        match="close_1h, date_1h, high_1h, low_1h, open_1h, volume_1h exist already; give the decorator",
    ):
        analyze(load("Mine", path.parent), frame("XRP/USDT"), "XRP/USDT")


def test_a_row_knows_the_candle_that_closed_with_it_and_none_after_it():
    slow = frame("A/B", "1h", count=20)
    merged = merge_informative_pair(frame("A/B", "5m", count=100), slow, "5m", "1h")
    closes = merged["date"] + pd.Timedelta(minutes=5)
    assert (merged["date_1h"] + pd.Timedelta(hours=1) <= closes).all()
    assert (closes - (merged["date_1h"] + pd.Timedelta(hours=1)) < pd.Timedelta(hours=1)).all()
    at_once = merged[closes.dt.minute == 0]
    assert (at_once["date_1h"] + pd.Timedelta(hours=1) == at_once["date"] + pd.Timedelta(minutes=5)).all()


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["5m", "15m", "1h", "4h", "1d", "1w"]),
    st.integers(1, 60),
    st.integers(0, 3000),
    st.booleans(),
)
def test_merging_agrees_with_looking_up_row_by_row(timeframe, count, shift, ffill):
    rows = frame("A/B", "5m", count=60)
    slow = frame("C/D", timeframe, count=count, end=NOW + timedelta(minutes=5 * (shift - 1500)))
    merged = merge_informative_pair(rows, slow, "5m", timeframe, ffill=ffill)
    length = pd.Timedelta(seconds=seconds(timeframe))
    closed, closes = slow["date"] + length, rows["date"] + pd.Timedelta(minutes=5)
    for row, close in zip(merged.itertuples(), closes, strict=True):
        known = slow[closed <= close]
        is_there = len(known) and closed.isin(closes).any()
        wanted = known["close"].iloc[-1] if is_there and (ffill or (closed == close).any()) else np.nan
        np.testing.assert_equal(getattr(row, f"close_{timeframe}"), wanted)


def test_candles_that_close_with_no_row_are_not_merged():
    rows, slow = frame("A/B", "5m", count=100), frame("A/B", "1h", count=20)
    merged = merge_informative_pair(rows, slow, "1m", "1h")  # a wrong time frame: they would close at :59
    assert merged["close_1h"].isna().all()


@pytest.mark.parametrize("order", ["shifted", "newest first"])
def test_candles_without_a_date_and_in_any_order_are_merged_anyway(order):
    rows, slow = frame("A/B", "5m", count=100), frame("A/B", "1h", count=20)
    given_as = slow.shift(-1) if order == "shifted" else slow.iloc[::-1]
    merged = merge_informative_pair(rows, given_as, "5m", "1h")
    pd.testing.assert_frame_equal(merged, merge_informative_pair(rows, slow, "5m", "1h"))


def test_types_stay_where_every_row_has_a_value():
    slow = frame("A/B", "1h", count=50).assign(number=1, flag=True)
    merged = merge_informative_pair(frame("A/B", "5m", count=100), slow, "5m", "1h")
    assert [str(merged[name].dtype) for name in ("number_1h", "flag_1h")] == ["int64", "bool"]


def test_months_are_as_long_as_they_are():
    days = frame("A/B", "1d", count=120)
    months = pd.DataFrame(
        {"date": pd.date_range("2025-01-01", periods=6, freq="MS", tz="UTC"), "n": range(6)}
    )
    merged = merge_informative_pair(days, months, "1d", "1M").set_index("date")
    assert merged.loc["2025-04-29", "n_1M"] == 2
    assert merged.loc["2025-04-30", "n_1M"] == 3  # closes with April


def test_names_that_both_frames_have_are_distinguished():
    merged = merge_informative_pair(
        frame("A/B", "5m"), frame("A/B", "1h"), "5m", "1h", append_timeframe=False, suffix=None
    )
    assert {"close_x", "close_y"} <= set(merged.columns)
    named = merge_informative_pair(
        frame("A/B", "5m"), frame("A/B", "1h"), "5m", "1h", append_timeframe=False, suffix="btc"
    )
    assert {"close", "close_btc", "date_btc"} <= set(named.columns)


def test_decorated_methods_add_their_columns(load, data):
    strategy = load("SlowerCandles")
    result = analyze(strategy, frame("XRP/USDT"), "XRP/USDT")
    assert {"mean_1h", "mean_4h", "btc_usdt_up_1h", "close_of_BTC", "close_15m"} <= set(result.columns)
    assert len(result) == 300
    assert ("XRP/USDT", "4h", CandleType.SPOT) in data.asked


def test_what_a_method_made_of_the_same_candles_is_kept_unless_it_says_no(load):
    strategy = load("SlowerCandles")
    for pair in ("XRP/USDT", "ETH/USDT"):
        analyze(strategy, frame(pair), pair)
    assert (strategy.btc_calls, strategy.named_calls) == (1, 2)


def test_new_candles_are_populated_again(load, data):
    strategy = load("SlowerCandles")
    for count in (300, 301):
        data.count = count
        analyze(strategy, frame("XRP/USDT"), "XRP/USDT")
    assert strategy.btc_calls == 2


def test_every_frame_that_is_needed_is_named_once(load):
    wanted = load("SlowerCandles").gather_informative_pairs()
    assert len(wanted) == len(set(wanted))
    assert ("ETH/USDT", "15m", CandleType.SPOT) in wanted
    assert ("ETH/USDT", "1h", CandleType.MARK) in wanted
    assert {pair for pair, timeframe, _ in wanted if timeframe == "4h"} == {
        "BTC/USDT",
        "ETH/USDT",
        "XRP/USDT",
    }


def test_futures_mean_futures_candles(load):
    wanted = load("SlowerCandles", trading_mode="futures").gather_informative_pairs()
    assert ("ETH/USDT", "15m", CandleType.FUTURES) in wanted


def test_informative_pairs_that_fail_are_reported_and_left_out(load, write, caplog):
    path = write(attributes="def informative_pairs(self): return [1 / 0]")
    assert load("Mine", path.parent).gather_informative_pairs() == []
    assert "informative_pairs failed at" in caplog.text


@pytest.mark.parametrize("ffill", [True, False])
@pytest.mark.parametrize(("names", "ending"), [({}, "1h"), ({"append_timeframe": False, "suffix": "s"}, "s")])
def test_merging_the_same_candles_a_fourth_time_names_the_columns(ffill, names, ending):
    """Three times there are names for them, as pandas makes them: `_x`, `_y`, and none."""
    merged, hours = frame("A/B", "5m"), frame("A/B", "1h")[["date", "close"]]
    for _ in range(3):
        merged = merge_informative_pair(merged, hours, "5m", "1h", ffill=ffill, **names)
    assert merged.columns.is_unique
    assert {f"close_{ending}{end}" for end in ("", "_x", "_y")} <= set(merged.columns)
    columns = f"close_{ending}_x, close_{ending}_y, date_{ending}_x, date_{ending}_y"
    with pytest.raises(pd.errors.MergeError, match=f"the columns {columns} exist already"):
        merge_informative_pair(merged, hours, "5m", "1h", ffill=ffill, **names)


def test_a_strategy_that_merges_too_often_is_reported_once_per_pair(load, write, caplog):
    path = write(
        before="from freqtrade.strategy import merge_informative_pair",
        indicators="""hours = self.dp.get_pair_dataframe("BTC/USDT", "1h")
        for _ in range(4):
            dataframe = merge_informative_pair(dataframe, hours, self.timeframe, "1h")""",
    )
    strategy = load("Mine", path.parent)
    for pair in ("XRP/USDT", "ADA/USDT", "XRP/USDT", "ADA/USDT"):
        with pytest.raises(StrategyError, match=r"MergeError: .*close_1h_x, close_1h_y"):
            analyze(strategy, frame(pair), pair)
    assert caplog.text.count("merged too often") == 2
