"""Names that numpy and pandas have removed: strategies that use them run, with what they meant then."""

import logging
import math

import numpy as np
import pandas as pd
import pytest

from appliance.domain.errors import StrategyError
from appliance.strategy.analysis import analyze
from appliance.strategy.loading import removed_names
from appliance.strategy.loading.loader import list_strategies, load_strategy
from tests.strategy.answers import frame

CODE = """
import numpy as np
import pandas as pd
from numpy import {imported}
from freqtrade.strategy import IStrategy

class Old(IStrategy):
    ticker_interval = "5m"
    stoploss = -0.1
    minimal_roi = {{"0": 0.1}}

    def populate_indicators(self, dataframe, metadata):
        close = dataframe["close"]
        dataframe["found"] = {expression}
        return dataframe

    def populate_buy_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["close"] > 0, "buy"] = 1
        return dataframe

    def populate_sell_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["close"] < 0, "sell"] = 1
        return dataframe
"""
LAST = "pd.Series([1.0, None, 3.0, None])"
# What a strategy says, what it gets, and how the log names it.
USES = [
    ("np.NaN", math.nan, "np.NaN"),
    ("np.NAN", math.nan, "np.NAN"),
    ("np.Inf", math.inf, "np.Inf"),
    ("np.NINF", -math.inf, "np.NINF"),
    ("np.float(3)", 3.0, "np.float"),
    ("np.int(3.7)", 3, "np.int"),
    ("np.float_(3)", 3.0, "np.float_"),
    ("close.astype(np.float).iloc[0] * 0", 0, "np.float"),
    ("np.where(close.astype(np.object).isna(), 1, 2)", 2, "np.object"),
    ("np.product([2, 3])", 6, "np.product"),
    ("np.in1d([1, 2], [2])[1] * 1", 1, "np.in1d"),
    ("np.trapz([1, 3])", 2, "np.trapz"),
    ("1 * (np.where(close > 0, np.where(close > 0, 'up', 'down'), np.nan)[-1] == 'up')", 1, None),
    ("1 * (np.where(close < 0, 'up', np.nan)[-1] == 'nan')", 1, None),
    (f"{LAST}.fillna(method='ffill').iloc[-1]", 3, "fillna(method=)"),
    (f"{LAST}.fillna(method='pad', limit=1).iloc[1]", 1, "fillna(method=)"),
    (f"{LAST}.fillna(method='bfill').iloc[1]", 3, "fillna(method=)"),
    (f"pd.DataFrame({{'a': {LAST}}}).fillna(method='ffill')['a'].iloc[1]", 1, None),
    ("pd.Series([1, 0, 0]).replace(0, method='ffill').iloc[2]", 1, "replace(method=)"),
    ("pd.Series([1, 2]).append(pd.Series([3])).iloc[2]", 3, None),
    ("pd.DataFrame([{'a': 1}]).append({'a': 2}, ignore_index=True)['a'].iloc[1]", 2, None),
    ("[value for _, value in pd.Series([7]).iteritems()][0]", 7, "iteritems()"),
    ("pd.DataFrame({'a': [1]}).applymap(lambda x: x + 1)['a'].iloc[0]", 2, "applymap()"),
    ("pd.Series([1, 3]).mad()", 1, "mad()"),
    ("pd.Series([1, 3]).is_monotonic * 1", 1, "is_monotonic"),
    ("len(dataframe.set_index('date').resample('1H').last())", 25, "resample('H')"),
    ("len(dataframe.set_index('date')['close'].resample('60T').last())", 25, "resample('H')"),
    ("pd.np.array([5])[0]", 5, "pd.np"),
    ("pd.Int64Index([4])[0]", 4, "pd.Int64Index"),
    ("pd.datetime(2020, 1, 1).year", 2020, "pd.datetime"),
]


def old(tmp_path, expression: str, imported: str = "nan"):
    (tmp_path / "old.py").write_text(CODE.format(expression=expression, imported=imported))
    return load_strategy("Old", dirs=[tmp_path], config={"stake_currency": "USDT", "stake_amount": 1})


@pytest.mark.parametrize(("expression", "value", "named"), USES, ids=[one for one, _, _ in USES])
def test_old_names_work_and_are_noted_once(tmp_path, caplog, expression, value, named):
    with caplog.at_level(logging.WARNING):
        strategy = old(tmp_path, expression)
        result = analyze(strategy, frame("BTC/USDT"), "BTC/USDT")
    found = result["found"].iloc[-1]
    assert (math.isnan(found) and math.isnan(value)) or found == value
    assert result["enter_long"].iloc[-1] == 1
    noted = [text for text in caplog.messages if "supported here" in text]
    assert ([named in text for text in noted] == [True]) if named else len(noted) <= 1


@pytest.mark.parametrize("name", ["NaN", "NAN", "Inf", "float_", "in1d"])
def test_old_names_can_be_imported(tmp_path, name):
    assert old(tmp_path, "1", imported=f"{name} as something").timeframe == "5m"


@pytest.mark.parametrize("module", ["pandas.core.common", "pandas.errors"])
def test_a_warning_that_is_no_longer_given_can_be_silenced(tmp_path, module):
    silenced = f"nan\nimport warnings\nfrom {module} import SettingWithCopyWarning as W"
    silenced += "\nwarnings.simplefilter('ignore', category=W)"
    assert old(tmp_path, "1", imported=silenced).timeframe == "5m"


@pytest.mark.parametrize(
    "expression",
    [
        "np.nan",
        "np.float64(1)",
        "np.int64(1)",
        "np.bool_(1)",
        "np.bool(1)",
        "close.fillna(0)",
        "np.isin(1, [1])",
    ],
)
def test_todays_names_are_noted_nowhere(tmp_path, caplog, expression):
    old(tmp_path, expression)
    assert "supported here" not in caplog.text


def test_what_works_today_works_as_before():
    removed_names.install()
    assert np.where([True, False], 1, 2).tolist() == [1, 2]
    assert np.where([False, True])[0].tolist() == [1]
    series = pd.Series([1.0, None, 3.0], index=pd.date_range("2026", periods=3, freq="30min"))
    assert list(series.fillna(0)) == [1, 0, 3]
    assert list(series.fillna(value=series.mean())) == [1, 2, 3]
    filled = series.copy()
    filled.fillna(7, inplace=True)
    assert list(filled) == [1, 7, 3]
    assert series.replace(1.0, 5.0).iloc[0] == 5
    assert series.replace({1.0: 6.0}).iloc[0] == 6
    assert len(series.resample("1h").last()) == len(series.resample(pd.Timedelta("1h")).last()) == 2
    with pytest.raises(ValueError, match="nonsense"):
        series.resample("nonsense")
    assert pd.Series.fillna.__name__ == "fillna"
    before = pd.Series.fillna
    removed_names.install()
    assert pd.Series.fillna is before


FREQAI = """
from freqtrade.strategy import IStrategy

class Learned(IStrategy):
    timeframe = "5m"
    stoploss = -0.1
    minimal_roi = {"0": 0.1}

    def populate_indicators(self, dataframe, metadata):
        GUARD
        return self.freqai.start(dataframe, metadata, self)

    def populate_entry_trend(self, dataframe, metadata):
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe
"""


def test_a_strategy_that_asks_freqai_ends_the_start_with_one_line(tmp_path):
    file = tmp_path / "learned.py"
    file.write_text(FREQAI.replace("GUARD", ""))
    with pytest.raises(StrategyError, match=r"learned\.py: Learned: it uses FreqAI") as told:
        load_strategy("Learned", dirs=[tmp_path], config={})
    assert "\n" not in str(told.value)
    (listed, *_) = list_strategies([tmp_path])
    assert "it uses FreqAI" in listed.status
    guard = "if not self.config.get('freqai', {}).get('enabled'): return dataframe"
    file.write_text(FREQAI.replace("GUARD", guard))
    assert load_strategy("Learned", dirs=[tmp_path], config={"stake_currency": "USDT"}).timeframe == "5m"
