"""Pairs of the whitelist that cannot be traded: told, left out, and never in the way of the others."""

import json
from datetime import UTC, datetime

import msgspec
import pytest

from appliance.domain.market import Market
from tests.support.scripted import ScriptedMarket, scene

TICK = {"amount_precision": 0.0001, "price_precision": 0.01}
OTHERS = {
    "HALT/USDT": Market(pair="HALT/USDT", base="HALT", quote="USDT", active=False, **TICK),
    "ETH/BTC": Market(pair="ETH/BTC", base="ETH", quote="BTC", **TICK),
    "SWAP/USDT:USDT": Market(pair="SWAP/USDT:USDT", base="SWAP", quote="USDT", spot=False, swap=True, **TICK),
}
WHY = {
    "ETH/USTD": "the exchange does not have it; did you mean ETH/USDT?",
    "BRD/USDT": "the exchange does not have it",
    "HALT/USDT": "the exchange does not trade it now",
    "ETH/BTC": "its quote currency is not USDT",
    "SWAP/USDT:USDT": "it is not a spot market",
    "BTC/USDT:USDT": "the exchange does not have it; did you mean BTC/USDT?",
    "BTD/USDT": "the exchange does not have it)",
    "btc-usdt": None,
    "NOTHING/.*": None,
    "": None,
}
"""What is said of a pair in the whitelist; None: a pattern that matches nothing, as in freqtrade."""


def market() -> ScriptedMarket:
    made = ScriptedMarket(datetime(2026, 1, 5, 12, 0, 30, tzinfo=UTC))
    made.markets = {**made.markets, **OTHERS}
    return made


def whitelist(*pairs: str) -> dict:
    return {"exchange.pair_whitelist": list(pairs)}


@pytest.mark.parametrize("pair", WHY)
async def test_a_pair_that_cannot_be_traded_leaves_the_others(tmp_path, pair):
    async with scene(tmp_path, market=market(), **whitelist(pair, "BTC/USDT")) as stage:
        await stage.cycle()
        assert stage.bot.whitelist == ["BTC/USDT"]
        assert stage.bot.last_cycle_at is not None
        said = " ".join(stage.bot.notices)
        assert (f"{pair} ({WHY[pair]}" in said) if WHY[pair] else not said
        await stage.enter("BTC/USDT")


async def test_it_is_a_warning_to_everybody_once(tmp_path):
    async with scene(tmp_path, market=market(), **whitelist("BRD/USDT", "BTC/USDT")) as stage:
        early = [message.body() for message in stage.bot.events._early]
        for _ in range(3):
            await stage.cycle()
        told = [message["status"] for message in [*early, *stage.messages] if message["type"] == "warning"]
        assert told == [f"Left out of the whitelist: BRD/USDT ({WHY['BRD/USDT']})."]


async def test_an_empty_whitelist_is_reported_and_open_trades_are_managed(tmp_path):
    async with scene(tmp_path, market=market(), **whitelist("ETH/USDT")) as stage:
        await stage.enter()
    gone = market()
    gone.now = stage.market.now
    async with scene(tmp_path, market=gone, **whitelist("BRD/USDT", "HALT/USDT")) as stage:
        assert stage.bot.whitelist == []
        (notice,) = stage.bot.notices
        assert "The whitelist is empty: no entries, open trades are managed." in notice
        await stage.cycle(ETH=80.0)
        assert not stage.bot.book.open


async def test_a_broken_pattern_is_left_out_and_named(tmp_path):
    async with scene(tmp_path, market=market(), **whitelist("*/USDT", "(", "BTC/USDT")) as stage:
        assert stage.bot.whitelist == ["BTC/USDT"]
        told = " ".join(str(message.body()) for message in stage.bot.events._early)
        assert "exchange.pair_whitelist[0]" in told
        assert "exchange.pair_whitelist[1]" in told


async def test_skip_pair_validation_keeps_quiet_about_pairs_without_a_market(tmp_path):
    quiet = {"exchange.skip_pair_validation": True}
    async with scene(tmp_path, market=market(), **whitelist("BRD/USDT", "HALT/USDT"), **quiet) as stage:
        assert stage.bot.notices == [
            "Left out of the whitelist: HALT/USDT (the exchange does not trade it now)."
            " The whitelist is empty: no entries, open trades are managed."
        ]


async def test_it_is_reported_when_a_pair_goes_and_taken_back_when_it_comes_again(tmp_path):
    async with scene(tmp_path, market=market()) as stage:
        assert stage.bot.notices == []
        halted = dict(stage.market.markets)
        halted["SOL/USDT"] = msgspec.structs.replace(halted["SOL/USDT"], active=False)
        before, stage.market.markets = stage.market.markets, halted
        await stage.cycle()
        assert stage.bot.whitelist == ["ETH/USDT", "BTC/USDT"]
        assert stage.bot.notices == [
            "Left out of the whitelist: SOL/USDT (the exchange does not trade it now)."
        ]
        assert stage.told("warning")[-1]["status"] == stage.bot.notices[0]
        stage.market.markets = before
        await stage.cycle()
        assert (len(stage.bot.whitelist), stage.bot.notices) == (3, [])


async def test_a_reload_with_a_delisted_pair_takes_over(tmp_path):
    file = tmp_path / "config.json"

    def write(*pairs: str) -> None:
        file.write_text(json.dumps({"exchange": {"pair_whitelist": pairs}}))

    write("ETH/USDT")
    values = {"exchange.pair_whitelist": None}
    async with scene(tmp_path, market=market(), files=(str(file),), **values) as stage:
        write("BRD/USDT", "SOL/USDT")
        stage.bot.request_reload()
        await stage.cycle()
        assert stage.bot.whitelist == ["SOL/USDT"]
        assert stage.bot.notices == [f"Left out of the whitelist: BRD/USDT ({WHY['BRD/USDT']})."]
        write("SOL/USDT")
        stage.bot.request_reload()
        await stage.cycle()
        assert stage.bot.notices == []
