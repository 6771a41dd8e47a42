"""What is drawn beside candles."""

from typing import Any

import pytest

from appliance.domain.errors import StrategyError
from appliance.research.plots.indicators import Area, Indicator, Pane, drawn, drawn_as_given

BAND = Area("bb_lowerband", "bb_upperband", "Bollinger Band")
CONFIG = {
    "main_plot": {"ema": {"color": "red"}, "sar": {}},
    "subplots": {"MACD": {"macd": {"type": "bar"}, "signal": {"color": "#00f"}}},
}


def columns(pane: Pane) -> list[str]:
    return [one.column for one in pane.indicators]


def test_a_plot_config_is_read():
    found = drawn(CONFIG)
    assert found.main == Pane("", (Indicator("ema", color="red"), Indicator("sar")), (BAND,))
    assert found.others == (Pane("MACD", (Indicator("macd", kind="bar"), Indicator("signal", color="#00f"))),)
    assert found.asked == {"ema", "sar", "macd", "signal"}


def test_names_replace_a_part_of_it():
    found = drawn(CONFIG, ["tema"])
    assert (columns(found.main), [pane.title for pane in found.others]) == (["tema"], ["MACD"])
    found = drawn(CONFIG, [], ["rsi", "mfi"])
    assert columns(found.main) == ["ema", "sar"]
    assert [(pane.title, columns(pane)) for pane in found.others] == [("Other", ["rsi", "mfi"])]


@pytest.mark.parametrize("config", [{}, None])
def test_without_any_some_usual_columns_are_drawn_and_not_asked_for(config: Any):
    found = drawn(config)
    assert columns(found.main) == ["sma", "ema3", "ema5"]
    assert columns(found.others[0]) == ["macd", "macdsignal"]
    assert found.asked == frozenset()


def test_names_alone_leave_the_other_part_at_its_default():
    found = drawn({}, ["tema"])
    assert (columns(found.main), columns(found.others[0])) == (["tema"], ["macd", "macdsignal"])


def test_areas_are_filled_and_bollinger_bands_are_one():
    found = drawn({"main_plot": {
        "low": {"fill_to": "high", "fill_label": "span", "fill_color": "rgba(1,2,3,.2)"},
        "a": {"fill_to": "b"}, "bb_lowerband": {}, "bb_upperband": {},
    }})  # fmt: skip
    assert columns(found.main) == ["low", "a"]
    assert found.main.areas == (Area("low", "high", "span", "rgba(1,2,3,.2)"), Area("a", "b", "a to b"), BAND)
    assert found.asked == {"low", "high", "a", "b"}
    assert found.others == ()


@pytest.mark.parametrize(
    "config",
    [
        ["ema"],
        {"main_plot": ["ema"]},
        {"main_plot": {"ema": "red"}},
        {"subplots": {"RSI": ["rsi"]}},
        {"subplots": 1},
    ],
)
def test_another_form_is_an_error(config: Any):
    with pytest.raises(StrategyError, match=r"expected a dict, found"):
        drawn(config)


def test_a_running_bot_draws_exactly_what_is_named():
    config = {"main_plot": {"bb_lowerband": {"type": "scatter"}, "low": {"fill_to": "high"}}, "subplots": {}}
    found = drawn_as_given(config)
    assert found.main.indicators == (Indicator("bb_lowerband", kind="scatter"), Indicator("low"))
    assert found.main.areas == (Area("low", "high", "low to high"),)
    assert drawn_as_given({"main_plot": {}, "subplots": {}}) == drawn(None)


def test_scatter_is_a_line_where_freqtrade_plots_unless_plotly_is_told_otherwise():
    config = {
        "main_plot": {"a": {"type": "scatter"}, "b": {"type": "scatter", "plotly": {"mode": "markers"}}}
    }
    assert [one.kind for one in drawn(config).main.indicators] == ["line", "scatter"]
