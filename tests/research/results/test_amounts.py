"""Amounts of money as texts."""

import math

import pytest

from appliance.research.results.amounts import coin, fixed


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (98.5, "USDT", "98.5 USDT"),
        (100.0, "USDT", "100 USDT"),
        (-0.0004, "USDT", "-0 USDT"),
        (1 / 3, "BTC", "0.33333333 BTC"),
        (1 / 3, "ETH", "0.33333 ETH"),
        (math.nan, "USDT", "N/A USDT"),
        (None, "USDT", "N/A USDT"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(amount, currency, text):
    assert coin(amount, currency) == text
    assert coin(amount, currency, name=False) == text.split()[0]


def test_columns_have_all_decimals():
    assert fixed(98.5, "USDT") == "98.500"
