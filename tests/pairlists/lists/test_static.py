import logging

from tests.pairlists.scenery import DescribedMarket, chain, filtered

PAIRS = ("BTC/USDT", "ETH/USDT", "ETH/BTC", "BNB/USDT")


async def test_pairs_that_cannot_be_traded_are_left_out_and_logged_once(caplog):
    exchange = DescribedMarket(*PAIRS)
    exchange.change("BNB/USDT", active=False)
    exchange.change("FINE/USDT", price_precision=1e-12)
    wanted = ["BTC/USDT", "BNB/USDT", "ETH/BTC", "FINE/USDT", "XYZ/USDT"]
    made = chain(exchange, {"method": "StaticPairList"}, whitelist=wanted)
    with caplog.at_level(logging.WARNING):
        assert await made.whitelist() == ["BTC/USDT"]
        assert await made.whitelist() == ["BTC/USDT"]
    assert [record.getMessage() for record in caplog.records] == [
        "Leaving BNB/USDT out of the whitelist: the exchange does not trade it now",
        "Leaving ETH/BTC out of the whitelist: its quote currency is not USDT",
        "Leaving FINE/USDT out of the whitelist: its price step of 1e-12 is too small",
        "Leaving XYZ/USDT out of the whitelist: the exchange does not have it",
    ]
    exchange.wait(hours=1)
    await made.whitelist()
    assert len(caplog.records) == 8


async def test_inactive_pairs_may_be_allowed():
    exchange = DescribedMarket(*PAIRS)
    exchange.change("BNB/USDT", active=False)
    assert "BNB" not in await filtered(exchange, "StaticPairList")
    assert "BNB" in await filtered(exchange, "StaticPairList", allow_inactive=True)


async def test_patterns_are_expanded_and_each_pair_comes_once():
    made = chain(
        DescribedMarket(*PAIRS),
        {"method": "StaticPairList"},
        whitelist=["ETH/USDT", "(ETH|BNB)/.*", "btc/.*"],
    )
    assert await made.whitelist() == ["ETH/USDT", "BNB/USDT", "BTC/USDT"]


async def test_further_down_the_chain_its_pairs_are_added():
    volume = {"method": "VolumePairList", "number_assets": 1}
    made = chain(DescribedMarket(*PAIRS), volume, {"method": "StaticPairList"}, whitelist=["BNB/USDT"])
    assert await made.whitelist() == ["BTC/USDT", "BNB/USDT"]


async def test_it_knows_why_each_pair_is_left_out_as_of_the_last_walk():
    exchange = DescribedMarket(*PAIRS)
    exchange.change("BNB/USDT", active=False)
    wanted = ["XYZ/USDT", "NOPE.*", "BTC/USDT", "BNB/USDT", "ETH/BTC"]
    made = chain(exchange, {"method": "StaticPairList"}, whitelist=wanted)
    await made.whitelist()
    assert made.left_out == {
        "XYZ/USDT": "the exchange does not have it",
        "BNB/USDT": "the exchange does not trade it now",
        "ETH/BTC": "its quote currency is not USDT",
    }
    exchange.change("BNB/USDT", active=True)
    await made.whitelist()
    assert "BNB/USDT" not in made.left_out
    volume = {"method": "VolumePairList", "number_assets": 1}
    assert chain(exchange, volume, whitelist=wanted).left_out == {}
