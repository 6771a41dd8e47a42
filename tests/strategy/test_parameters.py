"""Parameters have the value of the file beside the strategy, else of `<space>_params`, else the default."""

import json
from abc import ABC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.errors import StrategyError
from appliance.strategy.loading.resolve import resolved
from appliance.strategy.parameters import (
    CategoricalParameter,
    DecimalParameter,
    IntParameter,
    RealParameter,
    parameters_of,
)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: IntParameter(1, default=1), "IntParameter: expected low and high"),
        (lambda: IntParameter([1, 2, 3], default=1), r"found \[1, 2, 3\]"),
        (lambda: RealParameter([0, 1], 2, default=1), "RealParameter: expected low and high"),
        (lambda: CategoricalParameter(["one"], default="one"), "at least two choices"),
    ],
)
def test_an_invalid_range_is_refused(make, told):
    with pytest.raises(StrategyError, match=told):
        make()


@pytest.mark.parametrize("space", [None, "all", "no space"])
def test_a_parameter_must_have_a_space(write, load, space):
    path = write(
        before="from freqtrade.strategy import IntParameter",
        attributes=f"length = IntParameter(1, 5, default=2, space={space!r})",
    )
    with pytest.raises(StrategyError, match=r"mine\.py: Mine: parameter 'length'"):
        load("Mine", path.parent)


def test_the_name_gives_the_space():
    class Anything:
        buy_a = IntParameter(1, 5, default=2)
        protection_b = IntParameter([1, 5], default=2)
        c = IntParameter(1, 5, default=2, space="exit")

    found = parameters_of(Anything())
    assert {space: list(names) for space, names in found.items()} == {
        "buy": ["buy_a"],
        "exit": ["c"],
        "protection": ["protection_b"],
    }


def test_file_before_dict_before_default(load):
    strategy = load("Tuned")
    assert strategy.buy_length.value == 13  # the file's
    assert strategy.buy_drop.value == 0.123  # the dict's, rounded
    assert strategy.buy_on.value is True  # load=False: the default
    assert strategy.sell_kind.value == "low"
    assert strategy.risk.value == 0.5
    assert {name for name, _ in strategy.enumerate_parameters("buy")} == {"buy_length", "buy_drop", "buy_on"}


def test_the_file_sets_roi_stop_trailing_and_number_of_trades_below_the_configuration(load):
    found = resolved(load("Tuned"))
    assert found.minimal_roi == {0: 0.021, 90: 0.008, 300: 0.0}
    assert (found.stoploss, found.trailing_stop, found.max_open_trades) == (-0.019, True, 3)
    assert found.trailing_stop_positive_offset == 0.011
    assert resolved(load("Tuned", stoploss=-0.3, max_open_trades=1)).stoploss == -0.3


def test_protections_may_depend_on_parameters(load):
    assert resolved(load("Tuned")).protections[0]["stop_duration_candles"] == 4


def test_the_range_is_one_value_unless_a_search_tunes_it(load):
    assert list(load("Tuned").buy_length.range) == [13]
    searching = load("Tuned", runmode="hyperopt", spaces=["buy"])
    assert list(searching.buy_length.range) == [10, 11, 12, 13, 14]
    assert list(searching.sell_kind.range) == ["low"]
    assert searching.get_no_optimize_params() == {"sell": {"sell_kind": "low"}, "protection": {"risk": 0.5}}
    assert [len(list(p.range)) for _, p in searching.enumerate_parameters("buy")] == [201, 5, 2]


@given(st.integers(0, 3), st.integers(-5000, 5000), st.integers(0, 500))
def test_a_decimal_range_has_every_step_between_its_bounds(decimals, first, steps):
    scale = 10**decimals
    low, high = first / scale, (first + steps) / scale
    parameter = DecimalParameter(low, high, default=low, decimals=decimals)
    parameter.in_space = True
    assert (parameter.range[0], parameter.range[-1]) == (low, high)
    assert len(parameter.range) == len(set(parameter.range)) == steps + 1


def test_a_file_of_another_strategy_is_refused(write, load):
    path = write()
    path.with_suffix(".json").write_text(json.dumps({"strategy_name": "Other", "params": {}}))
    with pytest.raises(StrategyError, match=r"mine\.json: strategy_name: expected 'Mine', found 'Other'"):
        load("Mine", path.parent)


def test_a_file_that_is_no_json_is_reported_and_passed_over(write, load, caplog):
    path = write()
    path.with_suffix(".json").write_text("{")
    assert load("Mine", path.parent)
    assert "not valid JSON" in caplog.text


def test_strategies_may_distinguish_parameters_by_their_abstract_base():
    assert isinstance(IntParameter(1, 5, default=2), ABC)
