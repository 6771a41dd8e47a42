"""`test-pairlist` prints the pairs as freqtrade does, for each quote currency."""

from collections.abc import Callable
from typing import Any

import pytest

BUT_THE_FIRST = [{"method": "StaticPairList"}, {"method": "OffsetFilter", "offset": 1}]


def test_pair_lists_that_cannot_work_are_an_error(appliance: Any, configuration: Callable[..., str]) -> None:
    outcome = appliance("test-pairlist", "-c", configuration(pairlists=[{"method": "OffsetFilter"}]))
    assert (outcome.status, outcome.out) == (2, "")
    assert "pairlists[0].method: OffsetFilter only filters" in outcome.err


@pytest.mark.parametrize(
    ("form", "printed"),
    [
        ((), "Pairs for BTC: \n['SOL/BTC', 'XRP/BTC']\nPairs for EUR: \n[]\n"),
        (("-1",), "SOL/BTC\nXRP/BTC\n"),
        (("--print-json",), '["SOL/BTC","XRP/BTC"]\n[]\n'),
    ],
)
def test_pairs_are_printed_for_each_quote_currency(
    appliance: Any, configuration: Callable[..., str], form: tuple[str, ...], printed: str
) -> None:
    file = configuration(pairlists=BUT_THE_FIRST)
    assert appliance("test-pairlist", "-c", file, "--quote", "BTC", "EUR", *form).out == printed


def test_without_a_quote_currency_it_is_that_of_the_stake(
    appliance: Any, configuration: Callable[..., str]
) -> None:
    assert appliance("test-pairlist", "-c", configuration(), "-1").out == "BTC/USDT\n"
