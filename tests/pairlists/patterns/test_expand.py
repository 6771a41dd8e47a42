import pytest

from appliance.domain.errors import ConfigurationError
from appliance.pairlists.blacklist import Blacklist
from appliance.pairlists.patterns.expand import expand
from tests.pairlists.scenery import market

PAIRS = ("BTC/USDT", "ETH/USDT", "ETH/BTC", "BNB/USDT")


def test_a_broken_pattern_is_named():
    with pytest.raises(ConfigurationError, match=r"'\*/USDT' is neither a pair nor a valid wildcard"):
        expand(["*/USDT"], PAIRS)


def test_a_pattern_matches_the_whole_name_in_any_case():
    assert expand(["eth/.*"], PAIRS) == ["ETH/USDT", "ETH/BTC"]
    assert expand(["TH/.*"], PAIRS) == []


def test_each_pair_comes_once_in_the_order_of_the_patterns():
    assert expand(["ETH/USDT", ".*/USDT"], PAIRS) == ["ETH/USDT", "BTC/USDT", "BNB/USDT"]


def test_unknown_pairs_stay_where_wanted_and_unmatched_patterns_do_not():
    assert expand(["XYZ/USDT", "XYZ/.*"], PAIRS) == []
    assert expand(["XYZ/USDT", "XYZ/.*"], PAIRS, keep_unknown=True) == ["XYZ/USDT"]


def test_a_blacklist_reports_what_cannot_be_added_and_adds_the_rest():
    blacklisted = Blacklist(["BNB/.*"])
    errors = blacklisted.add(["*/USDT", "BNB/.*", "ETH/USDT", "ETH/USDT"])
    assert blacklisted.patterns == ["BNB/.*", "ETH/USDT"]
    assert errors.keys() == {"*/USDT", "BNB/.*", "ETH/USDT"}
    assert "valid wildcard" in errors["*/USDT"]
    assert errors["BNB/.*"] == "BNB/.* is already on the blacklist."


def test_a_blacklist_reports_what_was_not_on_it():
    blacklisted = Blacklist(["BNB/.*", "ETH/USDT"])
    assert blacklisted.remove(["BNB/USDT", "ETH/USDT"]) == {"BNB/USDT": "BNB/USDT is not on the blacklist."}
    assert blacklisted.patterns == ["BNB/.*"]


def test_a_blacklist_means_other_pairs_as_soon_as_it_or_the_markets_change():
    blacklisted, markets = Blacklist(["BNB/.*"]), {pair: market(pair) for pair in PAIRS}
    assert blacklisted.expanded(markets) == ["BNB/USDT"]
    blacklisted.add(["eth/btc"])
    assert blacklisted.expanded(markets) == ["BNB/USDT", "ETH/BTC"]
    assert blacklisted.expanded({"BNB/BTC": market("BNB/BTC")}) == ["BNB/BTC"]
