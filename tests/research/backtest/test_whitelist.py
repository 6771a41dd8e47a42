"""The pair lists of a backtest: those that need the past refuse it, those that see today warn."""

import pytest

from appliance.domain.errors import ConfigurationError
from appliance.research.backtest.plan import planned
from appliance.research.backtest.setup import preparations


def pairs(workspace, *lists, **overrides):
    workspace.strategy()
    workspace.config["pairlists"] = [{"method": "StaticPairList"}, *lists]
    (found,) = preparations(planned(workspace.loaded(**overrides)))
    return found


def test_filters_shorten_and_order_the_list(workspace):
    found = pairs(workspace, {"method": "OffsetFilter", "offset": 1})
    assert list(found.series) == ["ETH/USDT"]


def test_a_seed_gives_the_same_order_each_time(workspace):
    names = [f"{base}/USDT" for base in ("BTC", "ETH", "SOL", "XRP", "ADA", "DOGE")]
    for name in names:
        workspace.store(name, workspace.files.load(next(iter(workspace.files.keys(futures=False)))))
    workspace.config["exchange"]["pair_whitelist"] = names
    shuffle = {"method": "ShuffleFilter", "seed": 42}
    found = pairs(workspace, shuffle)
    assert list(found.series) == ["XRP/USDT", "ETH/USDT", "SOL/USDT", "ADA/USDT", "BTC/USDT", "DOGE/USDT"]


@pytest.mark.parametrize("method", ["VolumePairList", "AgeFilter"])
def test_lists_that_need_the_past_are_refused(workspace, method):
    rest = {"number_assets": 5} if method == "VolumePairList" else {}
    with pytest.raises(ConfigurationError, match=rf"pairlists\[1\].method: {method} cannot be backtested"):
        pairs(workspace, {"method": method, **rest})


def test_lists_that_see_today_warn(workspace, caplog):
    pairs(workspace, {"method": "PriceFilter", "min_price": 0.0001}, {"method": "PerformanceFilter"})
    assert "PriceFilter chooses pairs by what the exchange shows today" in caplog.text
    assert "PerformanceFilter has no effect in backtests" in caplog.text


def test_pairs_that_are_not_traded_are_named(workspace, caplog):
    workspace.config["exchange"]["pair_whitelist"] += ["BTCC/USDT", "ETH/EUR"]
    assert list(pairs(workspace).series) == ["BTC/USDT", "ETH/USDT"]
    assert "Left out of the whitelist: BTCC/USDT (the exchange does not have it)" in caplog.text


def test_without_pairs_it_does_not_start(workspace):
    workspace.config["exchange"]["pair_whitelist"] = ["BTCC/USDT"]
    with pytest.raises(ConfigurationError, match="no pair to test"):
        pairs(workspace)


def test_a_dynamic_list_is_evaluated_again_among_pairs_with_candles(workspace):
    offset = {"method": "OffsetFilter", "offset": 1}
    found = pairs(workspace, offset, enable_dynamic_pairlist=True)
    assert list(found.series) == ["BTC/USDT", "ETH/USDT"]
    assert found.pairs_now() == ["ETH/USDT"]
    assert found.pairs_now() == ["ETH/USDT"]


def test_faults_of_the_lists_are_placed(workspace):
    with pytest.raises(ConfigurationError, match=r"config\.json"):
        pairs(workspace, {"method": "OffsetFilter", "offset": -1})
