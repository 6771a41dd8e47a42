"""`list-pairs` and `list-markets`: what scripts read is as freqtrade prints it."""

import csv
import json
from collections.abc import Callable
from typing import Any

import pytest

FUTURES = {"trading_mode": "futures", "margin_mode": "isolated"}


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((), "exchange.name is missing: name one with --exchange"),
        (("--exchange", "binanc"), 'found "binanc"; did you mean binance'),
        (("--exchange", "gateio"), 'found "gateio"; did you mean gate?'),
    ],
)
def test_without_a_known_exchange_one_line_says_what_to_do(
    appliance: Any, arguments: tuple[str, ...], reason: str
) -> None:
    outcome = appliance("list-pairs", *arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert reason in outcome.err
    assert outcome.err.count("\n") == 1


def test_no_pair_is_an_empty_list_that_scripts_can_read(appliance: Any) -> None:
    asked = ("list-pairs", "--exchange", "simulated", "--quote", "XXX", "YYY")
    assert json.loads(appliance(*asked, "--print-json").out) == []
    assert appliance(*asked, "-1").out == ""
    assert appliance(*asked).err == (
        "Exchange Simulated has 0 active pairs with XXX, YYY as quote currencies.\n"
    )


def test_symbols_are_printed_in_every_form_of_freqtrade(
    appliance: Any, configuration: Callable[..., str]
) -> None:
    asked = ("list-pairs", "-c", configuration(), "--base", "BTC", "ETH", "--quote", "USDT")
    summary = (
        "Exchange Binance has 2 active pairs with BTC, ETH as base currencies and with USDT as quote currency"
    )
    printed = appliance(*asked, "--print-json")
    assert printed.out == '["BTC/USDT","ETH/USDT"]\n'
    assert printed.err.splitlines()[-1] == f"{summary}."
    assert appliance(*asked, "-1").out == "BTC/USDT\nETH/USDT\n"
    assert appliance(*asked, "--print-list").out == f"{summary}: BTC/USDT, ETH/USDT.\n"
    table = appliance(*asked, "--print-csv").out.splitlines()
    assert table == [
        "Id,Symbol,Base,Quote,Active,Spot,Margin,Future,Leverage,Min Stake",
        "BTCUSDT,BTC/USDT,BTC,USDT,True,Spot,,,1.0,5.25",
        "ETHUSDT,ETH/USDT,ETH,USDT,True,Spot,,,1.0,5.25",
    ]
    assert [line.split("\t") for line in appliance(*asked).out.splitlines()] == list(csv.reader(table))


def test_markets_are_those_that_the_bot_does_not_trade_too(
    appliance: Any, configuration: Callable[..., str]
) -> None:
    asked = ("-c", configuration("spot", "linear"), "--base", "BTC", "--print-csv")
    spot, future = appliance("list-markets", *asked).out.splitlines()[1:]
    assert spot == "BTCUSDT,BTC/USDT,BTC,USDT,True,Spot,,,1.0,5.25"
    assert future == "BTCUSDT,BTC/USDT:USDT,BTC,USDT,True,,,Future,1.0,5.25"
    assert appliance("list-pairs", *asked).out.splitlines()[1:] == [spot]


def test_pairs_of_futures_have_their_largest_leverage(
    appliance: Any, configuration: Callable[..., str]
) -> None:
    asked = ("-c", configuration("linear", **FUTURES), "--base", "BTC", "--print-csv")
    assert appliance("list-pairs", *asked).out.splitlines()[1:] == [
        "BTCUSDT,BTC/USDT:USDT,BTC,USDT,True,,,Future,150.0,5.25"
    ]
