"""Trades of both sides are matched one to one, in their order, as many as can be and as near as can be."""

from collections import Counter
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from appliance.research.replay.matching import TOLERANCE, Opening, matched

OPENINGS = st.lists(
    st.builds(Opening, key=st.sampled_from(["BTC", "ETH"]), candle=st.integers(0, 30)), max_size=12
)


def of(*candles: int) -> list[Opening]:
    return [Opening("BTC", candle) for candle in candles]


def apart(pairs, live, tested):
    return [abs(live[place].candle - tested[other].candle) for place, other in pairs]


def test_other_pairs_and_distant_trades_are_not_matched():
    assert matched(of(5), [Opening("ETH", 5)]) == []
    assert matched(of(5), of(5 + TOLERANCE + 1)) == []


def test_the_same_candle_wins_over_the_one_before():
    assert matched(of(5), of(4, 5)) == [(0, 1)]


def test_more_matches_win_over_nearer_ones():
    assert matched(of(5, 6), of(3, 5)) == [(0, 0), (1, 1)]


def test_a_late_trade_is_matched_where_no_other_fits():
    assert matched(of(6, 20), of(5, 20)) == [(0, 0), (1, 1)]


@given(OPENINGS, OPENINGS)
def test_no_trade_is_matched_twice_or_with_another_pair(live, tested):
    pairs = matched(live, tested)
    assert max(Counter(place for place, _ in pairs).values(), default=1) == 1
    assert max(Counter(other for _, other in pairs).values(), default=1) == 1
    assert all(live[place].key == tested[other].key for place, other in pairs)
    assert all(distance <= TOLERANCE for distance in apart(pairs, live, tested))


@given(OPENINGS)
def test_a_bot_that_did_what_the_backtest_did_is_matched_whole(live):
    assert len(matched(live, live)) == len(live)
    assert sum(apart(matched(live, live), live, live)) == 0


@given(OPENINGS, OPENINGS)
def test_sides_may_be_swapped(live, tested):
    one, other = matched(live, tested), matched(tested, live)
    assert len(one) == len(other)
    assert sum(apart(one, live, tested)) == sum(apart(other, tested, live))


@given(OPENINGS, OPENINGS, st.randoms())
def test_the_order_of_the_lists_does_not_matter(live, tested, random):
    shuffled = live[:]
    random.shuffle(shuffled)
    one, other = matched(live, tested), matched(shuffled, tested)
    assert sorted(apart(one, live, tested)) == sorted(apart(other, shuffled, tested))


@given(OPENINGS, OPENINGS)
def test_matches_do_not_cross(live, tested):
    pairs = matched(live, tested)
    for (place, other), (later, further) in combinations(pairs, 2):
        if live[place].key == live[later].key and live[place].candle < live[later].candle:
            assert tested[other].candle <= tested[further].candle


@given(st.lists(st.integers(0, 12), max_size=5), st.lists(st.integers(0, 12), max_size=5))
def test_no_other_choice_matches_more_or_nearer(ours, theirs):
    """Every choice is tried: subsets of both sides of the same size, matched in their order."""
    live, tested = of(*ours), of(*theirs)
    subsets = [
        [abs(ours - theirs) for ours, theirs in zip(some, others, strict=True)]
        for count in range(min(len(ours), len(theirs)) + 1)
        for some in combinations(sorted(ours), count)
        for others in combinations(sorted(theirs), count)
    ]
    choices = [(len(one), -sum(one)) for one in subsets if max(one, default=0) <= TOLERANCE]
    pairs = matched(live, tested)
    assert (len(pairs), -sum(apart(pairs, live, tested))) == max(choices)


def test_a_long_past_is_matched_quickly():
    live = [Opening(pair, candle) for pair in range(20) for candle in range(0, 10_000, 10)]
    assert len(matched(live, live)) == len(live)
