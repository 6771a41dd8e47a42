import json

import pytest

from appliance.research.hyperopt.results.details import headline, parameter_lines, parameters_as_json

EPOCH = {
    "current_epoch": 4,
    "is_initial_point": True,
    "loss": -1.5,
    "results_explanation": "     7 trades.",
    "params_details": {
        "buy": {"rsi": 30, "kind": "close"},
        "roi": {"0": 0.1234567, "30": 0},
        "mine": {"x": 1.5},
    },
    "params_not_optimized": {
        "buy": {"fixed": True},
        "stoploss": {"stoploss": -0.1},
        "trailing": {"trailing_stop": False, "trailing_stop_positive": None},
        "max_open_trades": {"max_open_trades": 3},
    },
}
SHOWN = """

    # Buy parameters:
    buy_params = {
        "rsi": 30,
        "kind": "close",
        "fixed": True,  # value loaded from strategy
    }

    # ROI parameters:
    minimal_roi = {
        "0": 0.12346,
        "30": 0
    }

    # Stoploss parameters:
    stoploss = -0.1  # value loaded from strategy

    # Trailing stop parameters:
    trailing_stop = False  # value loaded from strategy
    trailing_stop_positive = None  # value loaded from strategy

    # max_open_trades parameters:
    max_open_trades = 3  # value loaded from strategy

    # mine parameters:
    mine_params = {
        "x": 1.5,
    }"""


def test_parameters_are_shown_as_they_stand_in_a_strategy():
    assert "\n" + "\n".join(parameter_lines(EPOCH)) == SHOWN


def test_parameters_are_json_for_programs():
    found = json.loads(parameters_as_json(EPOCH))
    assert found["params"] == {"rsi": 30, "kind": "close", "fixed": True}
    assert found["minimal_roi"] == {"0": 0.1234567, "30": 0}
    assert (found["stoploss"], found["max_open_trades"]) == (-0.1, 3)


@pytest.mark.parametrize(("loss", "text"), [(-1.5, "-1.50000"), (None, "nan")])
def test_an_epoch_in_one_line(loss, text):
    line = headline({**EPOCH, "loss": loss}, 10)
    assert line == f"*    4/10:      7 trades. Objective: {text}"
