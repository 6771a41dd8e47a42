"""How many candles are needed is found by few tries."""

import math

from hypothesis import given
from hypothesis import strategies as st

from appliance.research.recursive.search import Search


def searched(most, **deviation):
    search, tries = Search(most), 0
    while counts := search.next():
        for count in counts:
            search.add(count, {column: of(count) for column, of in deviation.items()})
            tries += 1
    assert tries < 100
    return search


@given(st.integers(2, 4000), st.integers(1, 5000), st.integers(1, 5000))
def test_windows_are_found_exactly_where_they_are_short(most, one, other):
    search = searched(
        most,
        one=lambda count: 0.0 if count >= one else math.inf,
        other=lambda count: 0.0 if count >= other else 0.5,
    )
    for column, needed in (("one", one), ("other", other)):
        found = search.needed()[column]
        if needed > most:
            assert found is None
        else:
            assert needed <= found <= max(needed + 1, needed * 1.01)
            assert found == needed or needed > 500 or needed == 1


def test_what_fades_is_enough_once_it_is_small():
    search = searched(1000, ema=lambda count: math.exp(-count / 30))
    assert search.needed() == {"ema": 208}  # 30 × ln 1000 = 207.2
    assert search.verdict("ema") == "settles"


def test_a_sum_over_all_candles_never_settles():
    search = searched(1000, sum=lambda count: 1 - count / 10_000)
    assert search.needed() == {"sum": None}
    assert search.verdict("sum") == "never settles"


def test_a_longer_window_needs_more():
    assert searched(100, sma=lambda count: 0.0 if count >= 200 else math.inf).verdict("sma") == "needs more"
    assert searched(100, ema=lambda count: math.exp(-count / 30)).verdict("ema") == "needs more"
