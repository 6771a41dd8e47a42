"""Requests for candles that cannot be answered: each says why, whatever it names."""

import json

import pytest

from appliance.domain.errors import ApplianceError
from appliance.research.tasks.charts import pair_candles
from appliance.research.tasks.exchanges import listed
from tests.support.research.backtests import Workspace, walk
from tests.support.schema import answer_schema, differences


@pytest.fixture
def workspace(tmp_path):
    workspace = Workspace(tmp_path)
    workspace.strategy(startup=100)
    workspace.store("BTC/USDT", walk(60))
    return workspace


def arguments(workspace, **changes):
    sources = {"config": [str(workspace.write_config())], "overrides": {}, "stdin": None}
    sources["overrides"]["user_data_dir"] = str(workspace.folder)
    asked = {"pair": "BTC/USDT", "timeframe": "5m", "timerange": "20250701-20250702", "strategy": "Mine"}
    return {"sources": sources, "asked": asked | changes}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"pair": "../../../etc/passwd"}, "has no candles of ../../../etc/passwd"),
        ({"pair": "A\0B"}, "has no candles"),
        ({"timeframe": "../5m"}, "timeframe: '../5m' is not a time frame"),
        ({"timerange": "2025x"}, "--timerange: expected"),
        ({"timerange": "20990101-"}, "has no candles of BTC/USDT"),
        ({"exchange": "../../other"}, "exchange.name: expected an exchange"),
        ({"strategy": "../mine.py"}, "no strategy of that name"),
        ({"strategy": "Nothing"}, "no strategy 'Nothing'"),
        ({"trading_mode": "futures"}, "has no candles"),
        ({}, "No candle of BTC/USDT is left after the first 100"),
    ],
)
def test_what_cannot_be_shown_says_why(workspace, changes, why):
    with pytest.raises(ApplianceError) as wrong:
        pair_candles(arguments(workspace, **changes), None)
    assert why in str(wrong.value)


def test_the_exchanges_newest_candles_are_shown_and_not_stored(workspace):
    asked = {"live_mode": True, "timerange": "", "strategy": None, "pair": "ETH/USDT", "timeframe": "1h"}
    shown = json.loads(pair_candles(arguments(workspace, **asked), None))
    assert differences(shown, answer_schema("POST", "/pair_history")) == []
    assert shown["length"] > 24 * 25
    assert not (workspace.folder / "data" / "simulated" / "ETH_USDT-1h.feather").exists()


def test_exchanges_are_listed_as_clients_expect():
    exchanges = json.loads(listed({}, None))
    assert differences(exchanges, answer_schema("GET", "/exchanges")) == []
    assert {"binance", "simulated"} <= {one["classname"] for one in exchanges["exchanges"]}
