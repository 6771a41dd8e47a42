"""The whitelist of a running bot: no trade waits for pair lists, and no wrong list replaces a good one."""

import asyncio
import json

import pytest

from appliance.bot import whitelist as pairs_module
from appliance.domain.errors import ConfigurationError, TemporaryExchangeError
from tests.support.scripted import scene
from tests.support.web.web_source import source

STATIC = {"method": "StaticPairList"}


@pytest.fixture
async def web():
    async with source() as found:
        found.body = {"pairs": ["SOL/USDT", "BTC/USDT"]}
        yield found


def remote(web, **parameters) -> dict:
    return {"method": "RemotePairList", "pairlist_url": f"{web.root}/pairs", **parameters}


async def settle(stage) -> None:
    """Let what runs in the background finish."""
    for _ in range(50):
        await asyncio.sleep(0.01)
        if stage.bot.pairs._chain_run is None or stage.bot.pairs._chain_run.done():
            return


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"pairlists": [{"method": "VolumePairLists"}]},
            ("pairlists[0].method", 'did you mean "VolumePairList"'),
        ),
        (
            {"pairlists": [STATIC, {"method": "AgeFilter", "min_days_listed": 0}]},
            ("pairlists[1].min_days_listed", "of 1 or more"),
        ),
        (
            {"pairlists": [STATIC], "exchange.pair_blacklist": ["*/BTC"]},
            ("exchange.pair_blacklist[0]", "*/BTC"),
        ),
        ({"pairlists": [STATIC], "coingecko": {"is_demo": "yes"}}, ("coingecko.is_demo", "true or false")),
        ({"pairlists": [{"method": "RemotePairList", "pairlist_url": "file:///none"}]}, ("No such file",)),
    ],
)
async def test_a_wrong_chain_does_not_start(tmp_path, changes, words):
    with pytest.raises(ConfigurationError) as told:
        async with scene(tmp_path, **changes):
            pass
    for word in words:
        assert word in str(told.value)


async def test_a_source_that_cannot_be_asked_at_the_start_leaves_no_pairs_for_a_minute(tmp_path, web):
    web.status = 503
    async with scene(tmp_path, pairlists=[remote(web)]) as stage:
        assert stage.bot.whitelist == []
        trade = await stage.enter()
        await stage.cycle(ETH=80.0)
        assert not trade.is_open
        web.status = 200
        await stage.cycle()
        assert (stage.bot.whitelist, len(web.requests)) == ([], 1)
        stage.market.wait(minutes=1)
        await stage.cycle()
        assert stage.bot.whitelist == ["SOL/USDT", "BTC/USDT"]


async def test_the_last_whitelist_stays_while_tickers_cannot_be_had(tmp_path):
    spread = {"method": "SpreadFilter"}
    async with scene(tmp_path, pairlists=[STATIC, spread]) as stage:
        before = stage.bot.whitelist
        assert len(before) == 3
        stage.market.wait(minutes=31)

        async def refused(pairs=None):
            raise TemporaryExchangeError("no tickers")

        stage.market.fetch_tickers = refused
        for _ in range(3):
            await stage.cycle()
        assert stage.bot.whitelist == before
        (message,) = stage.told("warning")
        assert message["status"].startswith("The whitelist stays at 3 pairs for now: the pair lists need")


async def test_a_slow_list_does_not_block_others(tmp_path, web, monkeypatch):
    monkeypatch.setattr(pairs_module, "PATIENCE_SECONDS", 0.02)
    web.delay = 0.15
    async with scene(tmp_path, pairlists=[remote(web)]) as stage:
        assert stage.bot.whitelist == []
        trade = await stage.enter()
        await stage.cycle(ETH=80.0)
        assert not trade.is_open
        await settle(stage)
        await stage.cycle()
        assert stage.bot.whitelist == ["SOL/USDT", "BTC/USDT"]
        assert stage.told("whitelist")[-1]["data"] == ["SOL/USDT", "BTC/USDT"]


async def test_a_bot_that_ends_waits_for_no_list(tmp_path, web, monkeypatch):
    monkeypatch.setattr(pairs_module, "PATIENCE_SECONDS", 0.02)
    web.delay = 30.0
    async with asyncio.timeout(10):
        async with scene(tmp_path, pairlists=[remote(web)]) as stage:
            walk = stage.bot.pairs._chain_run
        assert walk.cancelled()


async def test_names_and_blacklist_are_reported_and_the_blacklist_can_be_changed(tmp_path):
    chain = [STATIC, {"method": "ShuffleFilter"}, {"method": "OffsetFilter"}]
    async with scene(tmp_path, pairlists=chain, **{"exchange.pair_blacklist": ["SOL/.*"]}) as stage:
        assert stage.bot.pairlist_names == ["StaticPairList", "ShuffleFilter", "OffsetFilter"]
        assert stage.bot.blacklist == ["SOL/.*"]
        assert sorted(stage.bot.whitelist) == ["BTC/USDT", "ETH/USDT"]
        assert stage.bot.pairs.blacklist.add(["BTC/USDT"]) == {}
        await stage.cycle()
        assert stage.bot.whitelist == ["ETH/USDT"]


async def test_full_slots_are_those_of_this_bot(tmp_path):
    async with scene(tmp_path, pairlists=[STATIC, {"method": "FullTradesFilter"}]) as stage:
        for pair in ("ETH/USDT", "BTC/USDT"):
            await stage.enter(pair)
        await stage.cycle()
        assert stage.bot.whitelist == []
        await stage.cycle(ETH=80.0)
        await stage.cycle()
        assert len(stage.bot.whitelist) == 3


@pytest.fixture
def config(tmp_path):
    """A configuration file, since only files can change while a bot runs."""
    file = tmp_path / "config.json"

    def write(*chain, **exchange):
        file.write_text(json.dumps({"pairlists": chain, "exchange": exchange}))
        return file

    return write


async def reloaded(stage) -> str:
    """What the bot says of a reload."""
    stage.messages.clear()
    stage.bot.request_reload()
    await stage.cycle()
    return " ".join(message["status"] for message in stage.told("warning") + stage.told("status"))


@pytest.mark.parametrize(
    ("chain", "words"),
    [
        ([{"method": "OffsetFilter"}], "config.json:1:17: pairlists[0].method: OffsetFilter only filters"),
        ([STATIC, {"method": "OffsetFilter", "offset": "x"}], "pairlists[1].offset: expected a whole number"),
        ([{"method": "RemotePairList", "pairlist_url": "http://127.0.0.1:9/"}], "cannot be reached"),
    ],
)
async def test_a_wrong_chain_does_not_replace_the_running_one(tmp_path, config, chain, words):
    file = config(STATIC)
    async with scene(tmp_path, files=(str(file),)) as stage:
        before = stage.bot.whitelist
        config(*chain)
        said = await reloaded(stage)
        assert "Not reloaded" in said
        assert words in said
        assert (stage.bot.whitelist, stage.bot.pairlist_names) == (before, ["StaticPairList"])


async def test_a_changed_chain_takes_over(tmp_path, config):
    file = config(STATIC)
    async with scene(tmp_path, files=(str(file),)) as stage:
        assert len(stage.bot.whitelist) == 3
        config(STATIC, {"method": "OffsetFilter", "number_assets": 1}, pair_blacklist=["ETH/USDT"])
        await reloaded(stage)
        assert stage.bot.pairlist_names == ["StaticPairList", "OffsetFilter"]
        assert stage.bot.blacklist == ["ETH/USDT"]
        assert len(stage.bot.whitelist) <= 1
