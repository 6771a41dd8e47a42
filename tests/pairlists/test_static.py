import logging

import pytest

from appliance.domain.errors import ConfigurationError
from appliance.domain.market import Market
from appliance.pairlists.expand import expand
from appliance.pairlists.static import StaticPairs


def markets(*pairs: str, inactive: tuple[str, ...] = ()) -> dict[str, Market]:
    return {
        pair: Market(
            pair=pair, base=pair.split("/")[0], quote=pair.split("/")[1], active=pair not in inactive
        )
        for pair in pairs
    }


EXCHANGE = markets("BTC/USDT", "ETH/USDT", "ETH/BTC", "BNB/USDT", inactive=("BNB/USDT",))


def test_a_broken_pattern_is_named():
    with pytest.raises(ConfigurationError, match=r"'\*/USDT' is neither a pair nor a valid wildcard"):
        expand(["*/USDT"], list(EXCHANGE))


def test_a_pattern_stands_for_the_whole_name():
    assert expand(["ETH/.*"], list(EXCHANGE)) == ["ETH/USDT", "ETH/BTC"]
    assert expand(["TH/.*"], list(EXCHANGE)) == []


def test_each_pair_comes_once_in_the_configured_order():
    assert expand(["ETH/USDT", ".*/USDT"], list(EXCHANGE)) == ["ETH/USDT", "BTC/USDT", "BNB/USDT"]


def test_pairs_that_cannot_be_traded_are_left_out_and_told_once(caplog):
    pairs = StaticPairs(["BTC/USDT", "BNB/USDT", "ETH/BTC", "ETH/USDT"], ["ETH/USDT"], "USDT")
    with caplog.at_level(logging.WARNING):
        assert pairs.pairs(EXCHANGE) == ["BTC/USDT"]
        assert pairs.pairs(EXCHANGE) == ["BTC/USDT"]
    assert [record.getMessage() for record in caplog.records] == [
        "Leaving BNB/USDT out of the whitelist: the exchange does not trade it now",
        "Leaving ETH/BTC out of the whitelist: it is not paid for in USDT",
        "Leaving ETH/USDT out of the whitelist: it is blacklisted",
    ]


def test_inactive_pairs_may_be_allowed():
    assert StaticPairs(["BNB/USDT"], [], "USDT", allow_inactive=True).pairs(EXCHANGE) == ["BNB/USDT"]


def test_pairs_that_do_not_exist_are_found_and_patterns_are_not_blamed():
    assert StaticPairs(["XYZ/USDT", "NOPE.*", "BTC/USDT"], [], "USDT").unknown(EXCHANGE) == ["XYZ/USDT"]
