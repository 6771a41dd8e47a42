"""What a chain remembers of its last run: each list with the pairs that it removed, and why."""

from hypothesis import given
from hypothesis import strategies as st

from appliance.pairlists.blacklist import Blacklist
from appliance.pairlists.evaluation import MOST_REMOVED, step_of
from tests.pairlists.scenery import DescribedMarket, chain

PAIRS = ("BTC/USDT", "ETH/USDT", "SOL/USDT", "ADA/USDT")


async def test_each_list_says_what_it_got_gave_and_removed():
    exchange = DescribedMarket(*PAIRS)
    lists = chain(
        exchange,
        {"method": "StaticPairList"},
        {"method": "OffsetFilter", "number_assets": 3},
        {"method": "ShuffleFilter", "seed": 1},
        whitelist=[*PAIRS, "NOPE/USDT"],
        blacklist=Blacklist(["ETH/.*"]),
    )
    assert lists.last is None
    await lists.whitelist()
    assert lists.last is not None
    first, offset, shuffle, blacklist = lists.last.steps
    assert (first.before, first.after, list(first.removed)) == (None, 4, ["NOPE/USDT"])
    assert (offset.before, offset.after) == (4, 3)
    assert offset.removed == {"ADA/USDT": "takes 3 pairs after the first 0"}
    assert (shuffle.removed_count, shuffle.before, shuffle.after) == (0, 3, 3)
    assert (blacklist.name, blacklist.removed) == ("Blacklist", {"ETH/USDT": "it is blacklisted"})


async def test_what_the_blacklist_stands_for_is_told_item_by_item():
    exchange = DescribedMarket(*PAIRS)
    never = Blacklist(["ETH/.*", "BTC/USDT", "DOGE/.*"])
    markets = await exchange.load_markets()
    found = await never.matches_in_thread(markets)
    assert found == {"ETH/.*": ["ETH/USDT"], "BTC/USDT": ["BTC/USDT"], "DOGE/.*": []}
    assert await never.matches_in_thread(markets) is found, "matched once"
    never.add(["SOL/USDT"])
    assert "SOL/USDT" in await never.matches_in_thread(markets)


def test_its_memory_is_bounded():
    pairs = [f"N{number}/USDT" for number in range(MOST_REMOVED * 2)]
    step = step_of("Filter", "removes all", pairs, [], dict.fromkeys(pairs, "why"))
    assert (len(step.removed), step.removed_count) == (MOST_REMOVED, MOST_REMOVED * 2)


@given(st.lists(st.integers(0, 20), unique=True), st.lists(st.integers(0, 30), unique=True))
def test_numbers_add_up(had: list[int], gave: list[int]):
    before, after = [str(one) for one in had], [str(one) for one in gave]
    step = step_of("Filter", "does", before, after, dict.fromkeys(before, "why"))
    assert len(before) - step.removed_count + step.added_count == step.after
    assert step.sorts == ([one for one in after if one in before] != [one for one in before if one in after])
