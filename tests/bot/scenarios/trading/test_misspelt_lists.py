"""A misspelt key in a pair list or a protection: live trading does not start with it, a dry run says so."""

import logging

import pytest

from appliance.domain.errors import ConfigurationError
from tests.bot.live_scene import live_scene
from tests.exchange_server.fixture import binance_server as binance_server
from tests.support.scripted import scene

CASES = [
    (
        {"protections": [{"method": "MaxDrawdown", "max_allowed_drawdow": 0.1, "stop_duration": 60}]},
        "protections[0].max_allowed_drawdow: unknown key, without effect; "
        'did you mean "max_allowed_drawdown"?',
    ),
    (
        {"pairlists": [{"method": "StaticPairList", "allow_inactiv": True}]},
        'pairlists[0].allow_inactiv: unknown key, without effect; did you mean "allow_inactive"?',
    ),
    (
        {"coingecko": {"api_ky": "x"}},
        'coingecko.api_ky: unknown key, without effect; did you mean "api_key"?',
    ),
]
IDS = ["protection", "pair list", "coingecko"]


@pytest.mark.parametrize(("changes", "line"), CASES, ids=IDS)
async def test_live_trading_does_not_start_with_it(tmp_path, binance_server, changes, line):
    with pytest.raises(ConfigurationError) as told:
        async with live_scene(tmp_path, binance_server, **changes):
            pass
    assert [problem.partition(": ")[2] for problem in told.value.problems] == [line]


@pytest.mark.parametrize(("changes", "line"), CASES, ids=IDS)
async def test_a_dry_run_reports_it_and_starts(tmp_path, caplog, changes, line):
    with caplog.at_level(logging.WARNING):
        async with scene(tmp_path, **changes):
            assert line in caplog.text


async def test_unknown_keys_are_only_reported(tmp_path, binance_server):
    pairlists = [{"method": "StaticPairList", "my_own_note": 1, "_allow_inactive": True}]
    async with live_scene(tmp_path, binance_server, pairlists=pairlists) as stage:
        assert stage.bot.pairs.whitelist
