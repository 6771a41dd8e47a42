"""`list-exchanges` and `list-timeframes` ask nobody: what they print is known without a network."""

from typing import Any

import pytest

from appliance.exchange.traits import SUPPORTED


def rows(text: str) -> dict[str, list[str]]:
    """Return the columns of each exchange by its name in configurations."""
    return {line.split("\t")[1]: line.split("\t") for line in text.splitlines()[1:]}


def test_exchanges_are_listed_with_what_can_be_traded_there(appliance: Any) -> None:
    listed = rows(appliance("list-exchanges").out)
    assert listed["binance"] == ["Binance (supported)", "binance", "spot, isolated futures", ""]
    assert listed["simulated"][2] == "spot, isolated futures"
    assert listed["hyperliquid"][2] == "DEX: spot, isolated futures"
    assert set(SUPPORTED) <= set(listed)
    assert "bitflyer" not in listed


def test_all_are_listed_with_the_reason_against_them(appliance: Any) -> None:
    listed = rows(appliance("list-exchanges", "--all").out)
    assert listed["bitflyer"][3].startswith("missing: fetchOHLCV")
    assert listed["binancecoinm"][2:] == ["", "no spot markets, and no linear perpetual ones"]


def test_one_column_has_the_chosen_names_alone(appliance: Any) -> None:
    names = appliance("list-exchanges", "-1", "--dex-exchanges", "--trading-mode", "spot").out.split()
    assert "hyperliquid" in names
    assert "binance" not in names
    assert "dydx" not in names


@pytest.mark.parametrize(
    ("name", "shown"), [("binance", "Binance"), ("okx", "OKX"), ("simulated", "Simulated")]
)
def test_timeframes_are_listed_as_freqtrade_does(appliance: Any, name: str, shown: str) -> None:
    column = appliance("list-timeframes", "--exchange", name, "-1").out.split()
    assert {"1m", "5m", "1d"} <= set(column)
    sentence = f"Timeframes available for the exchange `{shown}`: {', '.join(column)}\n"
    assert appliance("list-timeframes", "--exchange", name).out == sentence


def test_timeframes_of_an_unknown_exchange_are_an_error(appliance: Any) -> None:
    outcome = appliance("list-timeframes", "--exchange", "krakn")
    assert outcome.status == 2
    assert "did you mean kraken" in outcome.err
