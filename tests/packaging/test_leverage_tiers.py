"""The file of leverage tiers: small, and read as what the exchange told."""

import json

import msgspec

from appliance.exchange.leverage_tiers import published_tiers
from tests.packaging.conftest import ROOT, script

compact = script("leverage_tiers").compact


def tier(least, most, leverage, ratio, amount):
    """As ccxt lays a tier out; `info` is the exchange's own answer, in texts."""
    return {
        "tier": 1.0,
        "minNotional": least,
        "maxNotional": most,
        "maxLeverage": leverage,
        "maintenanceMarginRate": ratio,
        "info": {"bracket": "1", "cum": amount},
    }


LOW, HIGH = tier(0.0, 5000.0, 50.0, 0.015, "0.0"), tier(5000.0, 10000.0, 25.0, 0.02, "25.5")


def test_nothing_told_is_nothing_written():
    assert json.loads(compact({})) == {"schedules": [], "pairs": {}}


def test_equal_schedules_are_written_once_whatever_their_order():
    told = {"B/USDT:USDT": [HIGH, LOW], "A/USDT:USDT": [LOW, HIGH], "C/USDT:USDT": [LOW]}
    assert json.loads(compact(told)) == {
        "schedules": [[[5000, 50, 0.015, 0], [10000, 25, 0.02, 25.5]], [[5000, 50, 0.015, 0]]],
        "pairs": {"A/USDT:USDT": 0, "B/USDT:USDT": 0, "C/USDT:USDT": 1},
    }


def test_whole_numbers_have_no_point():
    assert "[5000,50,0.015,0]" in compact({"A/USDT:USDT": [LOW]})


def test_the_file_of_the_package_comes_out_again():
    file = ROOT / "appliance" / "exchange" / "published_tiers" / "binance.json"
    told = {
        pair: [
            tier(
                one.least, one.most, one.largest_leverage, one.maintenance_ratio, str(one.maintenance_amount)
            )
            for one in found
        ]
        for pair, found in published_tiers("binance").items()
    }
    assert msgspec.json.decode(compact(told)) == msgspec.json.decode(file.read_bytes())
