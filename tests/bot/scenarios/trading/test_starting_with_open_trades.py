"""What ends a start without open trades keeps entries out with them: their stops are watched in any case."""

import json
from datetime import UTC, datetime

import pytest

from appliance.bot.degraded_start import START
from appliance.domain.errors import ApplianceError, PairNotFound, Refused, TemporaryExchangeError
from appliance.rules.trade_requests import EntryRequest, ExitRequest
from tests.bot.live_scene import GUARDED, live_scene
from tests.bot.scenarios.trading.test_delisted_pairs import delist
from tests.bot.written import ALWAYS, strategy
from tests.exchange_server.fixture import binance_server as binance_server
from tests.support.scripted import QUIET, ScriptedMarket, scene

STATIC = {"method": "StaticPairList"}
BEGINS = strategy(methods="def bot_start(self, **kwargs):\n    raise OSError('no model')\n", entry=ALWAYS)
LACKS = {
    "a strategy that is no Python": ({"code": "class Quiet(:"}, "quiet.py:1"),
    "a strategy that is not there": ({"strategy": "Elsewhere"}, "no strategy 'Elsewhere'"),
    "a package that is missing": ({"code": f"import no_such_package\n{QUIET}"}, "no_such_package"),
    "a strategy whose beginning fails": ({"code": BEGINS}, "no model"),
    "settings of a strategy": ({"code": QUIET.replace("stoploss = -0.1", "stoploss = 'low'")}, "stoploss"),
    "protections": ({"code": strategy('protections = [{"method": "Nope"}]', entry=ALWAYS)}, "Nope"),
    "a pair list that is not there": ({"pairlists": [{"method": "VolumePairLists"}]}, "VolumePairLists"),
    "a pair list that is wrong": (
        {"pairlists": [STATIC, {"method": "AgeFilter", "min_days_listed": 0}]},
        "min_days",
    ),
    "a file of pairs that is gone": (
        {"pairlists": [{"method": "RemotePairList", "pairlist_url": "file:///none"}]},
        "No such file",
    ),
    "a blacklist that is no pattern": ({"exchange.pair_blacklist": ["*/BTC"]}, "*/BTC"),
    "candles that the exchange does not have": ({"timeframe": "15m"}, "15m"),
    "a stake currency that nothing is traded for": ({"stake_currency": "EUR"}, "EUR"),
}


@pytest.fixture
async def left_open(tmp_path):
    """A database with an open trade, whose stop is at 90."""
    async with scene(tmp_path) as stage:
        await stage.enter()
    return tmp_path


@pytest.mark.parametrize("what", LACKS)
async def test_without_open_trades_it_does_not_start(tmp_path, what):
    changes, words = LACKS[what]
    with pytest.raises(ApplianceError) as told:
        async with scene(tmp_path, **changes):
            pass
    assert words in str(told.value)


@pytest.mark.parametrize("what", LACKS)
async def test_with_open_trades_it_protects_them_and_makes_no_entries(left_open, what):
    changes, words = LACKS[what]
    async with scene(left_open, **changes) as stage:
        (bar,) = stage.bot.bars
        assert bar.startswith(
            "Degraded start: 1 open trade is protected, no new entries. Reason: started without "
        )
        assert words in bar
        assert stage.bot.troubles() == [bar]
        assert [m.fields.get("status") for m in stage.bot.events._early].count(bar) == 1
        await stage.cycle()
        assert [(trade.pair, trade.stop_loss) for trade in stage.bot.book.open.values()] == [
            ("ETH/USDT", 90.0)
        ]
        with pytest.raises(Refused, match=r"no entries|does not|not quoted"):
            await stage.enter("BTC/USDT")
        await stage.cycle(ETH=89.0)
        assert not stage.bot.book.open


async def test_a_forced_exit_needs_no_strategy(left_open):
    async with scene(left_open, code="class Quiet(:") as stage:
        await stage.bot.force_exit(ExitRequest(trade_id="1", order_type="market"))
        assert not stage.bot.book.open


async def test_a_reload_that_succeeds_ends_it(left_open):
    file = left_open / "config.json"
    file.write_text(json.dumps({"pairlists": [STATIC]}))
    async with scene(left_open, code="class Quiet(:", files=(str(file),)) as stage:
        stage.bot.request_reload()
        await stage.cycle()
        assert stage.bot.bars != []
        (left_open / "strategies" / "quiet.py").write_text(QUIET)
        stage.bot.request_reload()
        await stage.cycle()
        assert (stage.bot.bars, stage.bot.strategy_name) == ([], "Quiet")
        await stage.enter("BTC/USDT")


async def test_what_is_barred_is_reported_under_one_topic_and_ends_with_it(left_open):
    async with scene(left_open, **{"exchange.pair_blacklist": ["*/BTC"]}) as stage:
        assert len(stage.bot.notices) == 1
        stage.bot.end_notice(START)
        assert (stage.bot.notices, stage.bot.bars) == ([], [])


async def test_a_source_of_pairs_that_is_down_ends_no_start(tmp_path):
    """Neither with open trades nor without: it is asked again with every cycle."""

    class NoTickers(ScriptedMarket):
        async def fetch_tickers(self, pairs=None):
            raise TemporaryExchangeError("no tickers")

        async def load_markets(self, *, reload=False):
            raise TemporaryExchangeError("no markets")

    market = NoTickers(datetime(2026, 1, 5, 12, 0, 30, tzinfo=UTC))
    async with scene(tmp_path, market=market, pairlists=[STATIC, {"method": "SpreadFilter"}]) as stage:
        assert stage.bot.whitelist == []


# -- the pair of an open trade is gone -------------------------------------------------------------------


def without_eth(now: datetime, *, prices: bool = True) -> ScriptedMarket:
    market = ScriptedMarket(now)
    market.markets = {pair: each for pair, each in market.markets.items() if pair != "ETH/USDT"}
    if not prices:
        del market.prices["ETH/USDT"]
    return market


@pytest.mark.parametrize("prices", [True, False], ids=["prices are told", "nothing is told"])
async def test_the_pair_of_an_open_trade_is_gone_at_the_start(left_open, prices):
    market = without_eth(datetime(2026, 1, 5, 12, 10, tzinfo=UTC), prices=prices)
    async with scene(left_open, market=market) as stage:
        assert [trade.pair for trade in stage.bot.book.open.values()] == ["ETH/USDT"]
        assert stage.bot.bars == []
        assert "ETH/USDT (the exchange does not have it" in stage.bot.notices[0]
        other = await stage.enter("BTC/USDT")
        await stage.cycle(BTC=60.0)
        assert not other.is_open
        assert stage.bot.last_cycle_at is not None
        with pytest.raises(PairNotFound, match="ETH/USDT"):
            await stage.bot.force_exit(ExitRequest(trade_id="1"))


async def test_an_open_order_in_a_delisted_pair_does_not_end_the_start(tmp_path):
    async with scene(tmp_path, partial_fills=True) as stage:
        stage.market.depth = 0.0
        await stage.enter(price=90.0)
    market = without_eth(datetime(2026, 1, 5, 12, 20, tzinfo=UTC), prices=False)
    async with scene(tmp_path, market=market) as stage:
        for _ in range(3):
            await stage.cycle()
        assert stage.bot.last_cycle_at is not None
        await stage.enter("BTC/USDT")


async def test_a_pair_that_goes_while_it_is_traded_is_out_of_the_whitelist(tmp_path):
    async with scene(tmp_path) as stage:
        await stage.enter()
        delist(stage)
        await stage.cycle()
        assert stage.bot.whitelist == ["BTC/USDT", "SOL/USDT"]
        assert "ETH/USDT (the exchange does not have it" in stage.bot.notices[0]


# -- live ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("halted", [False, True], ids=["delisted", "not traded now"])
@pytest.mark.parametrize("code", ["Guarded", "Quiet"])
async def test_live_the_pair_of_an_open_trade_is_gone_and_the_others_are_protected(
    tmp_path, binance_server, halted, code
):
    """With its orders compared, its stop order on the exchange, and an entry that stands."""
    pairs = {"exchange.pair_whitelist": ["ETH/USDT", "BTC/USDT", "SOL/USDT"], "max_open_trades": 3}
    kind = {"strategy": code, "code": GUARDED if code == "Guarded" else QUIET}
    async with live_scene(tmp_path, binance_server, **pairs, **kind) as live:
        await live.enter()
        await live.bot.force_enter(EntryRequest(pair="BTC/USDT", order_type="market"))
        far = round(
            float(binance_server.exchange.prices.last("SOL/USDT", binance_server.market.now_ms())) * 0.8, 2
        )
        await live.bot.force_enter(EntryRequest(pair="SOL/USDT", order_type="limit", price=far))
        await live.cycle(2)
    for symbol in ("ETHUSDT", "SOLUSDT"):
        if halted:
            binance_server.exchange.halted.add(binance_server.exchange.pairs[symbol])
        else:
            binance_server.exchange.delist(symbol)
    async with live_scene(tmp_path, binance_server, **pairs, **kind) as live:
        assert len(live.bot.book.open) == 3
        assert live.bot.whitelist == ["BTC/USDT"]
        await live.cycle(2)
        assert live.bot.last_cycle_at is not None
        assert live.bot.bars == []
        binance_server.exchange.prices.shock("BTC/USDT", 0.8)
        await live.cycle(3)
        assert "BTC/USDT" not in {trade.pair for trade in live.bot.book.open.values()}


async def test_live_a_pair_that_goes_between_two_cycles_stops_none(tmp_path, binance_server):
    """Markets are as they were an hour ago; what names the pair is refused."""
    pairs = {"exchange.pair_whitelist": ["ETH/USDT", "BTC/USDT"]}
    async with live_scene(tmp_path, binance_server, **pairs) as live:
        await live.enter()
        await live.bot.force_enter(EntryRequest(pair="BTC/USDT", order_type="market"))
        binance_server.exchange.delist("ETHUSDT")
        binance_server.exchange.prices.shock("BTC/USDT", 0.8)
        await live.cycle(3)
        assert [trade.pair for trade in live.bot.book.open.values()] == ["ETH/USDT"]
        assert live.bot.last_cycle_at is not None
