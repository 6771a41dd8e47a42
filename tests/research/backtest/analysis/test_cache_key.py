"""The name of an analysis: the same where only the walk changes, another one where signals could."""

import json

import pytest

from appliance.research.backtest.analysis.cache_key import key_of

CODE = {
    "attributes": "buy_rsi = IntParameter(1, 9, default=3)\n    mine = {'a': 1}",
    "indicators": "dataframe['x'] = dataframe['close'] * self.mine['a']",
    "more": "def custom_exit(self, *args, **kwargs):\n        return 'one'",
}


@pytest.fixture
def key(analysis, workspace):
    """Return the key of the strategy with changed parts, settings and attributes."""

    def found(settings=None, change=lambda strategy: None, imports="", **parts):
        workspace.config |= settings or {}
        path = workspace.strategy(**{**CODE, **parts})
        path.write_text("from freqtrade.strategy import IntParameter\n" + imports + path.read_text())
        made, sources = analysis(timerange=workspace.config.get("timerange"))
        change(made.strategy)
        return key_of(made, sources)

    return found


SAME = {
    "stake": {"settings": {"stake_amount": 7, "max_open_trades": 1, "dry_run_wallet": 50}},
    "ROI and stop": {"settings": {"minimal_roi": {"0": 0.5}, "stoploss": -0.3, "trailing_stop": True}},
    "pairs and results": {"settings": {"pairlists": [{"method": "StaticPairList"}], "export": "none"}},
    "ROI in the file": {"attributes": CODE["attributes"] + "\n    minimal_roi = {'0': 7}"},
    "a callback": {"more": "def custom_exit(self, *args, **kwargs):\n        return self.config['x']"},
    "a comment": {"indicators": CODE["indicators"] + "  # a comment"},
}
OTHER = {
    "indicators": {"indicators": "dataframe['x'] = dataframe['close'] * 2"},
    "entries": {"entries": "dataframe['enter_long'] = 1"},
    "an attribute of the class": {"attributes": CODE["attributes"].replace("'a': 1", "'a': 2")},
    "the default of a parameter": {"attributes": CODE["attributes"].replace("default=3", "default=4")},
    "a constant": {"imports": "FACTOR = 3\n"},
    "what bot_start set": {"change": lambda strategy: setattr(strategy, "level", 3)},
    "the range": {"settings": {"timerange": "20250701-20250702"}},
    "candles before the range": {"startup": 7},
    "an unknown setting": {"settings": {"my_own": 5}},
    "the stake currency": {"settings": {"stake_currency": "USDC"}},
    "a stop that indicators read": {
        "indicators": "dataframe['x'] = dataframe['close'] * self.stoploss",
        "settings": {"stoploss": -0.3},
    },
}


def test_it_is_the_same_each_time(key):
    assert key() == key() is not None


@pytest.mark.parametrize("name", SAME)
def test_what_the_walk_alone_reads_changes_nothing(key, name):
    assert key() == key(**SAME[name])


@pytest.mark.parametrize("name", OTHER)
def test_what_signals_may_depend_on_changes_it(key, name):
    before = key()
    assert key(**OTHER[name]) not in (None, before)


def test_a_stop_that_indicators_read_counts(key):
    reads = {"indicators": "dataframe['x'] = dataframe['close'] * self.stoploss"}
    assert key(**reads) != key(**reads, settings={"stoploss": -0.3})


def test_a_stop_order_is_not_the_stop(key):
    """As in the strategy that freqtrade gives as an example."""
    kinds = {"entry": "limit", "exit": "limit", "stoploss": "market", "stoploss_on_exchange": False}
    orders = f"{CODE['attributes']}\n    order_types = {kinds}"
    assert key(attributes=orders) == key(attributes=orders, settings={"stoploss": -0.3})
    other = orders.replace("order_types", "columns")
    assert key(attributes=other) != key(attributes=other, settings={"stoploss": -0.2})


def test_a_callback_that_the_analysis_calls_counts(key):
    calls = "dataframe['x'] = self.custom_exit()"
    one = key(indicators=calls)
    assert one != key(indicators=calls, more=CODE["more"].replace("one", "two"))


def test_the_parameter_file_counts_but_not_its_roi(key, workspace):
    before = key()
    file = workspace.folder / "strategies" / "mine.json"
    file.write_text(
        json.dumps({"strategy_name": "Mine", "params": {"roi": {"0": 5}, "stoploss": {"stoploss": -0.5}}})
    )
    assert key() == before

    def params(**spaces):
        file.write_text(json.dumps({"strategy_name": "Mine", "params": spaces}))

    params(roi={"0": 5}, stoploss={"stoploss": -0.5})
    assert key() == before
    params(buy={"buy_rsi": 9})
    assert key() != before


@pytest.mark.parametrize(
    "parts",
    [
        {"indicators": "dataframe['x'] = datetime.now().hour", "imports": "from datetime import datetime\n"},
        {"indicators": "dataframe['x'] = len(open(__file__).read())"},
        {"indicators": "dataframe['x'] = np.random.rand()", "imports": "import numpy as np\n"},
        {"imports": "import requests\n"},
        {"change": lambda strategy: setattr(strategy, "model", object())},
    ],
    ids=["clock", "file", "random", "network", "object"],
)
def test_what_cannot_be_compared_has_no_name(key, parts):
    assert key(**parts) is None


def test_a_price_is_no_file(key):
    assert key(indicators="dataframe['x'] = dataframe.open") is not None
