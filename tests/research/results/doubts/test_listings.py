"""Pairs that were listed while the test ran."""

from datetime import timedelta

from appliance.domain.timeframe import to_date
from appliance.research.results.doubts.listings import late_listings
from tests.support.doubtful import STEP, rows, series


def late(outcome, **firsts):
    known = {}
    for pair, first in firsts.items():
        of_pair = series([1, 2, 3])
        object.__setattr__(of_pair, "rows", rows([1, 2, 3], first=first))
        known[pair] = of_pair
    return late_listings(outcome, known)


def test_pairs_that_begin_with_the_test_are_not_late(spot):
    outcome = spot.runs[0].outcome
    outcome.first = to_date(0)
    assert late(outcome, A=STEP) == []
    assert late(outcome, B=3 * STEP, A=STEP, C=2 * STEP) == [
        ("C", to_date(0) + timedelta(minutes=10)),
        ("B", to_date(0) + timedelta(minutes=15)),
    ]


def test_a_pair_of_one_candle_tells_nothing(spot):
    outcome = spot.runs[0].outcome
    assert late_listings(outcome, {"A": series([1])}) == []
