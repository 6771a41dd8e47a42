"""Settings are given back as they were written: clients compare them as text."""

import json

import pytest
from aiohttp import encode_basic_auth

from appliance.server.bot_slot import BOT_SLOT
from tests.support.scripted import QUIET, scene
from tests.support.serving import LOGIN, PASSWORD, USER, served


async def answered(folder, path="show_config", **changes):
    """Return an answer with its numbers as they stand in the text."""
    async with scene(folder, **LOGIN | changes) as stage, served() as api:
        api.app[BOT_SLOT].bot = stage.bot
        login = {"Authorization": encode_basic_auth(USER, PASSWORD)}
        async with api.session.get(f"{api.url}/api/v1/{path}", headers=login) as answer:
            return json.loads(await answer.text(), parse_int=lambda n: f"int {n}", parse_float=lambda n: n)


@pytest.mark.parametrize("section", ["entry_pricing", "exit_pricing"])
@pytest.mark.parametrize(("written", "shown"), [(1, "int 1"), (1.0, "1.0"), (0, "int 0"), (0.5, "0.5")])
async def test_the_weight_of_the_last_price_is_as_written(tmp_path, section, written, shown):
    told = await answered(tmp_path, **{f"{section}.price_last_balance": written})
    assert told[section]["price_last_balance"] == shown


@pytest.mark.parametrize(("written", "shown"), [(1, "int 1"), (1.0, "1.0"), (2, "int 2"), (1.25, "1.25")])
async def test_the_depth_of_the_market_is_as_written(tmp_path, written, shown):
    told = await answered(tmp_path, **{"entry_pricing.check_depth_of_market.bids_to_ask_delta": written})
    assert told["entry_pricing"]["check_depth_of_market"]["bids_to_ask_delta"] == shown
    assert told["entry_pricing"]["check_depth_of_market"]["enabled"] is False


@pytest.mark.parametrize(
    ("written", "shown"), [(100, "100"), (100.0, "100.0"), (50.5, "50.5"), ("unlimited", "unlimited")]
)
async def test_the_stake_is_as_written(tmp_path, written, shown):
    assert (await answered(tmp_path, stake_amount=written))["stake_amount"] == shown


@pytest.mark.parametrize("from_strategy", [True, False])
async def test_profits_to_be_taken_are_as_written(tmp_path, from_strategy):
    roi = {"0": 1, "40": 0.04, "60": 2.0}
    changes = {"code": QUIET.replace('{"0": 10}', str(roi))} if from_strategy else {"minimal_roi": roi}
    told = await answered(tmp_path, **changes)
    assert told["minimal_roi"] == {"0": "int 1", "40": "0.04", "60": "2.0"}


@pytest.mark.parametrize(("written", "shown"), [(3, "3.0"), (-1, "-1.0"), (0, "0.0")])
async def test_the_number_of_trades_is_as_in_freqtrade(tmp_path, written, shown):
    assert (await answered(tmp_path, max_open_trades=written))["max_open_trades"] == shown


async def test_the_note_of_simulated_balances_is_freqtrades(tmp_path):
    assert (await answered(tmp_path, "balance"))["note"] == "Simulated balances"
