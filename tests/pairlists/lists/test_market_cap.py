"""MarketCapPairList against a CoinGecko on loopback."""

import pytest

from appliance.domain.enums import TradingMode
from appliance.domain.errors import ConfigurationError, PairListError
from appliance.pairlists.lists.market_cap import chosen, pair_name
from appliance.pairlists.sources.coingecko import CoinGecko, CoinGeckoAccess
from tests.pairlists.scenery import DescribedMarket, bases, chain
from tests.support.web.web_source import Source, source

RANKED = [("btc", 9e11), ("eth", 5e11), ("usdt", 3e11), ("pepe", 9e10), ("ada", 8e10), ("dead", None)]


@pytest.fixture
def exchange() -> DescribedMarket:
    return DescribedMarket("ADA/USDT", "1000PEPE/USDT", "ETH/USDT", "BTC/USDT", "NEW/USDT", "BTC/EUR")


@pytest.fixture
async def web():
    async with source() as found:
        rows = [{"symbol": symbol, "market_cap": worth} for symbol, worth in RANKED]
        found.by_path = {
            "/coins/markets": rows[::-1],
            "/coins/categories/list": [
                {"category_id": "layer-1", "name": "Layer 1"},
                {"category_id": "meme"},
            ],
        }
        yield found


def by_worth(exchange: DescribedMarket, web: Source, *before: dict, **parameters):
    entry = {"method": "MarketCapPairList", "number_assets": 3, **parameters}
    made = chain(exchange, *before, entry, coingecko=CoinGeckoAccess(api_url=web.root))
    made.links[-1].coingecko = CoinGecko(CoinGeckoAccess(api_url=web.root), pauses=(0.0,))
    return made


async def test_refused_answers_are_retried_and_then_reported(exchange, web):
    web.status = 429
    with pytest.raises(PairListError, match="coins/markets returned 429 Too Many Requests"):
        await by_worth(exchange, web).whitelist()
    assert len(web.requests) == 2


@pytest.mark.parametrize("answer", [{"error": "limit"}, ["btc"], "no"])
async def test_an_answer_that_is_no_ranking_is_reported(exchange, web, answer):
    web.by_path = {"/coins/markets": answer}
    with pytest.raises(PairListError, match="returned no list of coins"):
        await by_worth(exchange, web).whitelist()


async def test_an_unknown_category_is_named_with_its_neighbour(exchange, web):
    with pytest.raises(ConfigurationError) as error:
        await by_worth(exchange, web, categories=["meme", "layer1"]).whitelist()
    assert str(error.value) == (
        "pairlists[0].categories[1]: expected a category of CoinGecko, "
        'found "layer1"; did you mean "layer-1"?'
    )


async def test_rows_without_a_symbol_are_passed_over(exchange, web):
    web.by_path["/coins/markets"].insert(0, {"symbol": None, "market_cap": 1e13})
    assert bases(await by_worth(exchange, web).whitelist()) == ["BTC", "ETH", "1000PEPE"]


async def test_the_most_valuable_coins_that_can_be_traded_come_first(exchange, web):
    assert bases(await by_worth(exchange, web).whitelist()) == ["BTC", "ETH", "1000PEPE"]
    assert bases(await by_worth(exchange, web, max_rank=3).whitelist()) == ["BTC", "ETH"]
    (first, _) = web.requests
    assert dict(first.query) == {
        "vs_currency": "usd", "order": "market_cap_desc", "per_page": "250", "page": "1",
        "sparkline": "false", "locale": "en",
    }  # fmt: skip


async def test_further_down_it_filters_or_leaves_the_valuable_out(exchange, web):
    static = {"method": "StaticPairList"}
    assert bases(await by_worth(exchange, web, static, max_rank=5).whitelist()) == ["BTC", "ETH", "1000PEPE"]
    blacklisted = by_worth(exchange, web, static, mode="blacklist", max_rank=2)
    assert bases(await blacklisted.whitelist()) == ["ADA", "1000PEPE", "NEW"]


async def test_each_category_is_requested(exchange, web):
    worth = {"layer-1": [{"symbol": "ETH", "market_cap": 5}], "meme": [{"symbol": "ada", "market_cap": 9}]}
    web.by_path["/coins/markets"] = lambda request: worth[request.query["category"]]
    made = by_worth(exchange, web, categories=["layer-1", "meme"])
    assert bases(await made.whitelist()) == ["ADA", "ETH"]


async def test_many_ranks_take_several_pages(exchange, web):
    await by_worth(exchange, web, max_rank=501).whitelist()
    assert [request.query["page"] for request in web.requests] == ["1", "2", "3"]


async def test_the_ranking_is_kept_for_a_day(exchange, web):
    made = by_worth(exchange, web)
    for _ in range(3):
        await made.whitelist()
        exchange.wait(hours=11)
    assert len(web.requests) == 1
    exchange.wait(hours=11)
    await made.whitelist()
    assert len(web.requests) == 2


@pytest.mark.parametrize(
    ("access", "sent"),
    [
        ({}, (None, None)),
        ({"api_key": "CG-key"}, ("CG-key", None)),
        ({"api_key": "CG-key", "is_demo": False}, (None, "CG-key")),
    ],
)
async def test_the_key_goes_into_a_header_and_never_into_an_error(web, access, sent):
    asked = CoinGecko(CoinGeckoAccess(api_url=web.root, **access), pauses=())
    await asked.largest(10)
    headers = web.requests[0].headers
    assert (headers.get("x-cg-demo-api-key"), headers.get("x-cg-pro-api-key")) == sent
    web.status = 401
    with pytest.raises(PairListError) as error:
        await asked.largest(10)
    assert "CG-key" not in str(error.value)


def test_coins_counted_in_thousands_replace_only_a_coin_without_a_market():
    pairs = ["1000PEPE/USDT", "KAVA/USDT", "1000BTC/USDT"]
    markets = [*pairs, "BTC/USDT"]
    assert chosen(["BTC/USDT", "PEPE/USDT", "PEPE/USDT", "X/USDT"], pairs, markets) == ["1000PEPE/USDT"]
    assert pair_name("pepe", "USDT", TradingMode.FUTURES) == "PEPE/USDT:USDT"
