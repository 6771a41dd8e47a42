"""Nothing that freqtrade's users type is answered by a shrug."""

from typing import Any

import pytest

from appliance.cli.elsewhere import ELSEWHERE, instead
from appliance.cli.main import _COMMANDS

FREQTRADES = """
trade create-userdir new-config show-config new-strategy download-data convert-data convert-trade-data
trades-to-ohlcv list-data backtesting backtesting-show backtesting-analysis edge hyperopt hyperopt-list
hyperopt-show list-exchanges list-markets list-pairs list-strategies list-hyperoptloss list-freqaimodels
list-timeframes show-trades test-pairlist convert-db install-ui plot-dataframe plot-profit webserver
strategy-updater lookahead-analysis recursive-analysis
"""
"""The commands of freqtrade 2026.9."""


@pytest.mark.parametrize("command", FREQTRADES.split())
def test_every_command_of_freqtrade_is_here_or_says_what_to_use(appliance: Any, command: str) -> None:
    outcome = appliance(command, "--help")
    assert "No such command" not in outcome.err
    if command not in _COMMANDS:
        assert outcome.status == 2
        assert outcome.err == f"error: {command}: {ELSEWHERE[command]}\n"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("trad", "trade or trades-to-ohlcv"),
        ("list-pair", "list-pairs"),
        ("Tradee", "trade"),
        ("download_data", "download-data"),
        ("plot", "plot-dataframe or plot-profit"),
        ("backtest", "backtesting"),
    ],
)
def test_a_slip_gets_a_suggestion(typed: str, meant: str) -> None:
    assert f"Did you mean {meant}" in instead(typed, list(_COMMANDS))


def test_a_slip_in_a_command_that_is_not_here_gets_its_line() -> None:
    assert instead("build-hyperop", list(_COMMANDS)).startswith("build-hyperopt: freqtrade removed it")


def test_anything_else_is_told_where_the_list_is() -> None:
    assert instead("xyzzy", list(_COMMANDS)) == (
        "There is no command 'xyzzy'; `appliance --help` lists them."
    )
