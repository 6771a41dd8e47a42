"""Leverage tiers without keys: as published, else careful ones."""

from itertools import pairwise

import pytest

from appliance.exchange.leverage_tiers import careful_tiers, published_tiers, tiers, tiers_without_keys

BTC = "BTC/USDT:USDT"


@pytest.mark.parametrize("exchange", ["nosuch", "", "kraken"])
def test_of_an_exchange_that_published_none_they_are_careful(exchange):
    assert published_tiers(exchange) == {}
    assert tiers_without_keys(exchange, BTC) is careful_tiers()


def test_of_a_pair_that_was_not_there_they_are_careful():
    assert tiers_without_keys("binance", "NEW/USDT:USDT") is careful_tiers()


def test_those_of_binance_are_known():
    found = published_tiers("binance")
    assert len(found) > 500
    assert all(pair.count(":") == 1 and tiers for pair, tiers in found.items())
    first, second = found[BTC][:2]
    assert (first.least, first.most, first.maintenance_amount) == (0.0, second.least, 0.0)
    assert first.largest_leverage > 100
    assert tiers_without_keys("binance", BTC) is found[BTC]


def test_a_derived_exchange_has_those_of_its_family():
    assert published_tiers("binanceusdm") == {}
    assert tiers_without_keys("binanceusdm", BTC) is published_tiers("binance")[BTC]


@pytest.mark.parametrize("schedule", [*published_tiers("binance").values()][::40])
def test_tiers_follow_one_another_and_get_stricter(schedule):
    for lower, higher in pairwise(schedule):
        assert lower.most == higher.least
        assert lower.largest_leverage > higher.largest_leverage
        assert lower.maintenance_ratio < higher.maintenance_ratio
        jump = higher.least * (higher.maintenance_ratio - lower.maintenance_ratio)
        assert higher.maintenance_amount - lower.maintenance_amount == pytest.approx(jump, rel=0.01, abs=1)


def test_careful_tiers_end_with_the_largest_position():
    found = careful_tiers()
    assert found[0].largest_leverage == 20
    assert found[-1].most is None


def test_amounts_follow_from_ratios_so_that_margins_do_not_jump():
    first, second = tiers([(1000.0, 10.0, 0.05), (None, 5.0, 0.1)])
    assert (first.least, first.maintenance_amount) == (0.0, 0.0)
    assert (second.least, second.maintenance_amount) == (1000.0, 50.0)
