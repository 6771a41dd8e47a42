"""The indicators known as qtpylib: figures worked out by hand, and properties that hold for any candles."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.strategy import compat, indicators
from tests.strategy.answers import frame

BARS = frame("BTC/USDT")
CLOSE = BARS["close"]


def test_the_price_over_the_whole_frame_is_refused_because_it_looks_ahead():
    with pytest.raises(ValueError, match="rolling_vwap"):
        indicators.vwap(BARS)


# -- crossings ---------------------------------------------------------------------------------------------


def test_a_crossing_is_where_the_order_of_two_lines_changes():
    line = pd.Series([np.nan, 3, 1, 3, 2, 3, 3, 1])
    assert list(indicators.crossed_above(line, 2)) == [False, False, False, True, False, True, False, False]
    assert list(indicators.crossed_below(line, 2)) == [False, False, True, False, False, False, False, True]
    assert list(indicators.crossed(line, 2)) == [False, False, True, True, False, True, False, True]


@pytest.mark.parametrize("other", [2, 2.0, np.float64(2), np.full(4, 2.0), pd.Series([2.0] * 4)])
def test_the_other_line_may_be_a_number_an_array_or_a_series(other):
    assert list(indicators.crossed_above(pd.Series([1.0, 3, 1, 3]), other)) == [False, True, False, True]
    assert list(indicators.crossed_above(np.array([1.0, 3, 1, 3]), other)) == [False, True, False, True]


@given(st.lists(st.integers(-3, 3), min_size=2, max_size=40), st.integers(-2, 2))
def test_no_row_crosses_both_ways_and_crossings_alternate(values, level):
    line = pd.Series(values)
    above, below = indicators.crossed_above(line, level), indicators.crossed_below(line, level)
    assert not (above & below).any()
    ups = [up for up, down in zip(above, below, strict=True) if up or down]
    strictly = [value for value in values if value != level]
    if len(strictly) == len(values):
        assert all(a != b for a, b in pairwise(ups))


# -- prices ------------------------------------------------------------------------------------------------

TWO = pd.DataFrame(
    {"open": [10.0, 12], "high": [14.0, 13], "low": [8.0, 9], "close": [12.0, 10], "volume": [1.0, 3]}
)


def test_prices_of_bars():
    assert list(indicators.typical_price(TWO)) == [pytest.approx(34 / 3), pytest.approx(32 / 3)]
    assert list(indicators.mid_price(TWO)) == [11, 11]
    assert list(indicators.true_range(TWO)) == [6, 4]
    assert list(indicators.ibs(TWO)) == [0.67, 0.25]
    gap = pd.DataFrame({"open": [1.0, 9], "high": [2.0, 10], "low": [1.0, 9], "close": [1.5, 9.5]})
    assert list(indicators.true_range(gap)) == [1, 8.5]
    assert indicators.rolling_vwap(TWO, 2).iloc[-1] == pytest.approx((34 / 3 + 3 * 32 / 3) / 4)
    assert indicators.pvt(TWO).iloc[-1] == pytest.approx((10 - 12) / 12 * 3)
    assert indicators.returns(TWO["close"]).iloc[-1] == pytest.approx(-1 / 6)
    assert indicators.roc(TWO["close"], 1).iloc[-1] == pytest.approx(-1 / 6)


def test_heikin_ashi_bars_are_worked_out_one_from_the_other():
    smooth = indicators.heikinashi(TWO)
    assert list(smooth["close"]) == [11, 11]
    assert list(smooth["open"]) == [11, 11]
    assert list(smooth["high"]) == [14, 13]
    assert list(smooth["low"]) == [8, 9]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(*[st.floats(1, 100)] * 4), min_size=1, max_size=30))
def test_heikin_ashi_opens_are_the_middle_of_the_bar_before(rows):
    bars = pd.DataFrame(rows, columns=["open", "high", "low", "close"])
    smooth = indicators.heikinashi(bars)
    before = ((smooth["open"] + smooth["close"]) / 2).shift(1)
    np.testing.assert_allclose(smooth["open"].iloc[1:], before.iloc[1:])
    assert (smooth["high"] >= smooth[["open", "close"]].max(axis=1)).all()
    assert (smooth["low"] <= smooth[["open", "close"]].min(axis=1)).all()


# -- averages, bands, momentum -----------------------------------------------------------------------------


def test_a_window_must_be_full_unless_fewer_rows_suffice():
    assert indicators.sma(CLOSE, 20).notna().idxmax() == 19
    assert indicators.sma(CLOSE, 20, min_periods=3).notna().idxmax() == 2
    assert indicators.bollinger_bands(CLOSE)["mid"].notna().all()


def test_averages_of_a_constant_are_that_constant():
    flat = pd.Series(np.full(100, 5.0))
    for average in ("sma", "wma", "hma", "zlema", "zlhma", "rolling_weighted_mean", "hull_moving_average"):
        assert getattr(indicators, average)(flat, 16).dropna().round(9).eq(5).all(), average


def test_bands_lie_around_the_middle():
    for bands in (
        indicators.bollinger_bands(CLOSE, 20, 2),
        indicators.weighted_bollinger_bands(CLOSE),
        indicators.keltner_channel(BARS),
    ):
        known = bands.dropna()
        np.testing.assert_allclose(known["upper"] - known["mid"], known["mid"] - known["lower"])
        assert (known["upper"] >= known["mid"]).all()


def test_momentum_stays_within_its_scale():
    assert indicators.rsi(CLOSE).between(0, 100).all()
    assert indicators.stoch(BARS).dropna().stack().between(0, 100).all()
    assert list(indicators.stoch(BARS, fast=True)) == ["fast_k", "fast_d"]
    assert indicators.rsi(pd.Series(np.arange(40.0))).iloc[-1] == 100
    assert indicators.chopiness(BARS).dropna().between(0, 101).all()


def test_rsi_follows_wilder():
    import talib

    ours, theirs = indicators.rsi(CLOSE, 14), talib.RSI(CLOSE, 14)
    # The first averages differ by one change; Wilder's smoothing forgets that.
    np.testing.assert_allclose(ours.iloc[250:], theirs.iloc[250:], atol=1e-3)


def test_cci_is_that_of_ta_lib():
    import talib.abstract as ta

    np.testing.assert_allclose(indicators.cci(BARS, 14).dropna(), ta.CCI(BARS, 14).dropna(), rtol=1e-6)


def test_macd_tdi_and_the_rest_have_their_columns():
    assert list(indicators.macd(CLOSE)) == ["macd", "signal", "histogram"]
    assert list(indicators.tdi(CLOSE))[:3] == ["rsi", "rsi_signal", "rsi_smooth"]
    assert indicators.awesome_oscillator(BARS).notna().idxmax() == 33
    assert indicators.awesome_oscillator(BARS, weighted=True).notna().all()
    assert indicators.zscore(BARS).notna().idxmax() == 19
    assert indicators.implied_volatility(CLOSE).notna().idxmax() == 252


def test_means_of_whole_windows_are_those_of_each_window_by_itself():
    prices = pd.Series(np.r_[np.linspace(1e-5, 3e-5, 90), np.full(60, 1.7e-5)])
    windows = np.lib.stride_tricks.sliding_window_view(prices.to_numpy(), 17)
    assert list(indicators.rolling_mean(prices, 17)[16:]) == list(windows.mean(axis=-1))
    assert list(indicators.sma(prices, 17)[16:]) == list(windows.mean(axis=-1))
    assert list(indicators.rolling_std(prices, 17)[16:]) == list(windows.std(axis=-1, ddof=1))
    flat = pd.DataFrame({"open": prices, "high": prices, "low": prices, "close": prices})
    middle = indicators.keltner_channel(flat, 17)["mid"]
    assert list(middle[16:]) == list(indicators.typical_price(flat).rolling(17).apply(np.mean, raw=True)[16:])


def test_windows_of_short_or_partial_series_roll_as_pandas_does():
    prices = pd.Series([1.0, 2.0, 4.0])
    assert indicators.rolling_mean(prices, 5).isna().all()
    assert list(indicators.rolling_mean(prices, 2, min_periods=1)) == [1, 1.5, 3]
    assert list(indicators.rolling_mean([1.0, 2.0, 4.0], 2)[1:]) == [1.5, 3]


def test_the_volume_weighted_price_stays_while_nothing_is_traded():
    bars = BARS.assign(volume=np.where(np.arange(len(BARS)) < 50, 1.0, 0.0))
    price = indicators.rolling_vwap(bars, 5)
    assert price[53:].nunique() == 1
    assert price.iloc[-1] == price.iloc[53]


def test_heikin_ashi_after_a_missing_close_has_no_open():
    bars = BARS.copy()
    bars.loc[bars.index[20], "close"] = np.nan
    smooth = indicators.heikinashi(bars)
    assert smooth["open"].notna().sum() == 21
    assert smooth["high"].iloc[21:].notna().all()


def test_arrays_roll_as_series_do():
    mean = indicators.numpy_rolling_mean(CLOSE.to_numpy(), 20)
    np.testing.assert_allclose(mean, CLOSE.rolling(20).mean())
    deviation = indicators.numpy_rolling_std(CLOSE, 20, as_source=True)
    np.testing.assert_allclose(deviation, CLOSE.rolling(20).std())


def test_a_session_is_what_came_since_it_began():
    hourly = frame("BTC/USDT", "1h", count=30).set_index("date")  # the last opens at 11:00
    assert indicators.session(hourly, "09:00", "17:00").index[0].hour == 9
    assert len(indicators.session(hourly, "12:00", "11:00")) == 24


# -- as methods --------------------------------------------------------------------------------------------


def test_indicators_are_methods_too_but_never_hide_a_column():
    compat.install()
    import freqtrade.vendor.qtpylib.indicators as qtpylib

    assert qtpylib.crossed_above is indicators.crossed_above
    assert list(CLOSE.sma(5).dropna()) == list(indicators.sma(CLOSE, 5).dropna())
    assert list(BARS.heikinashi()) == ["open", "high", "low", "close"]
    bars = BARS.assign(rsi=1.0)
    assert bars.rsi.eq(1.0).all()
    assert (bars.rsi < 2).all()
