import math

import pytest

from appliance.domain.errors import ConfigurationError, StrategyError

ALL = ("buy", "sell", "protection", "roi", "stoploss", "trailing", "trades")
PROTECTED = """
    buy_every = IntParameter(5, 40, default=20)
    sell_every = IntParameter(2, 30, default=7)
    buy_fixed = IntParameter(1, 9, default=3, optimize=False)
    wait = IntParameter(1, 20, default=4, space="protection")
    own_thing = DecimalParameter(0, 1, default=0.5, space="mine")

    @property
    def protections(self):
        return [{"method": "CooldownPeriod", "stop_duration_candles": self.wait.value}]
"""
SIGNALS = {
    "entries": 'dataframe.loc[dataframe["clock"] % self.buy_every.value == 0, "enter_long"] = 1',
    "exits": 'dataframe.loc[dataframe["clock"] % self.sell_every.value == 0, "exit_long"] = 1',
}


@pytest.fixture
def space(workspace):
    workspace.strategy(attributes=PROTECTED, **SIGNALS)
    return lambda *spaces, **more: workspace.subject(spaces=list(spaces), **more).space


def test_an_unknown_space_is_named_with_those_that_there_are(space):
    with pytest.raises(ConfigurationError, match=r"trades, mine; found sel$"):
        space("buy", "sel")


def test_a_named_space_without_parameters_is_an_error(space):
    with pytest.raises(ConfigurationError, match="no parameter of the space enter"):
        space("buy", "enter")


def test_a_space_without_parameters_may_be_left_out(space):
    found = space("buy", "enter", hyperopt_ignore_missing_space=True)
    assert list(found.spaces) == ["buy"]


def test_a_strategy_without_any_parameter_has_nothing_to_search(workspace):
    workspace.strategy(attributes="", entries="pass", exits="pass")
    with pytest.raises(ConfigurationError, match="Mine has no parameter in them"):
        workspace.subject(spaces=["buy"], hyperopt_ignore_missing_space=True)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (["default"], ["buy", "sell", "roi", "stoploss", "mine"]),
        (["all"], [*ALL, "mine"]),
        (["default", "trailing"], ["buy", "sell", "roi", "stoploss", "trailing", "mine"]),
        (["mine", "roi"], ["roi", "mine"]),
    ],
)
def test_groups_stand_for_spaces_in_freqtrades_order(space, asked, found):
    assert list(space(*asked).spaces) == found


def test_parameters_that_are_not_to_be_optimized_are_not_searched(space):
    found = space("buy")
    assert [dimension.name for dimension in found.dimensions] == ["buy_every"]
    assert found.not_searched()["buy"] == {"buy_fixed": 3}


VALUES = {
    "buy_every": 9,
    "sell_every": 3,
    "wait": 7,
    "own_thing": 0.25,
    "stoploss": -0.11,
    "roi_t1": 30,
    "roi_t2": 20,
    "roi_t3": 10,
    "roi_p1": 0.01,
    "roi_p2": 0.02,
    "roi_p3": 0.03,
    "trailing_stop": True,
    "trailing_stop_positive": 0.02,
    "max_open_trades": 4,
    "trailing_stop_positive_offset_p1": 0.011,
    "trailing_only_offset_is_reached": True,
}


def test_the_values_of_an_epoch_are_set_in_the_strategy(space):
    found = space("all")
    found.apply(VALUES)
    strategy = found.strategy
    assert strategy.minimal_roi == {0: 0.06, 10: 0.03, 30: 0.01, 60: 0}
    assert (strategy.stoploss, strategy.max_open_trades) == (-0.11, 4)
    assert strategy.trailing_stop_positive_offset == pytest.approx(0.031)
    assert strategy.protections == [{"method": "CooldownPeriod", "stop_duration_candles": 7}]
    assert list(strategy.buy_every.range) == [9], "an epoch needs no other values"


def test_details_are_what_is_exported(space):
    found = space("all")
    found.apply(VALUES)
    details = found.details(VALUES)
    assert details["roi"] == {"0": 0.06, "10": 0.03, "30": 0.01, "60": 0}
    assert details["max_open_trades"] == {"max_open_trades": 4}
    assert details["trailing"]["trailing_stop_positive_offset"] == 0.031
    assert details["mine"] == {"own_thing": 0.25}


@pytest.mark.parametrize("limit", [-1, 0])
def test_no_limit_of_trades_is_infinite_unless_stakes_are_parts_of_it(space, workspace, limit):
    found = space("trades")
    found.apply({"max_open_trades": limit})
    assert found.strategy.max_open_trades == math.inf
    assert found.details({"max_open_trades": limit})["max_open_trades"] == {"max_open_trades": -1}
    workspace.config["stake_amount"] = "unlimited"
    found = space("trades")
    found.apply({"max_open_trades": limit})
    assert found.strategy.max_open_trades == 3


OWN = """
    class HyperOpt:
        def stoploss_space():
            return [SKDecimal(-0.05, -0.01, decimals=3, name="stoploss")]

        def roi_space(self):
            return [Integer(10, 20, name="minutes")]

        @staticmethod
        def generate_roi_table(params):
            return {0: 0.1, params["minutes"]: 0}

        @classmethod
        def generate_estimator(cls, dimensions, **kwargs):
            return "TPESampler"
"""


def test_a_nested_class_replaces_spaces_and_the_sampler(workspace):
    file = workspace.strategy(more=OWN)
    file.write_text(f"from freqtrade.optimize.space import Integer, SKDecimal\n{file.read_text()}")
    found = workspace.subject(spaces=["roi", "stoploss"]).space
    assert [(one.name, one.low, one.high) for one in found.dimensions] == [
        ("minutes", 10, 20),
        ("stoploss", -0.05, -0.01),
    ]
    found.apply({"minutes": 15, "stoploss": -0.02})
    assert found.strategy.minimal_roi == {0: 0.1, 15: 0}
    assert found.overrides.generate_estimator(found.dimensions, 1) == "TPESampler"


def test_a_nested_class_that_fails_is_named(workspace):
    workspace.strategy(more="class HyperOpt:\n        def stoploss_space():\n            return 1 / 0")
    with pytest.raises(StrategyError, match=r"Mine: HyperOpt.stoploss_space failed: ZeroDivisionError"):
        workspace.subject(spaces=["stoploss"])
