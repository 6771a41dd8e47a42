"""Which candles are checked, and in which order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from appliance.research.lookahead.choice import Candidates, Choice, spread


def candidates(pair="BTC/USDT", first=10, last=99, **signals):
    return Candidates(
        pair, first, last, {kind: np.array(rows, dtype=np.int64) for kind, rows in signals.items()}
    )


def places(choice, number):
    return {(pair, row) for pair, rows in choice.next(number).items() for row in rows}


def test_each_candle_with_a_signal_comes_with_one_beside_it_and_one_without():
    found = places(Choice([candidates(enter=[50])]), 3)
    assert ("BTC/USDT", 50) in found
    assert ("BTC/USDT", 51) in found
    assert len(found) == 3


def test_pairs_and_kinds_take_turns():
    many = candidates("BTC/USDT", enter=list(range(20, 60, 2)))
    few = candidates("ETH/USDT", exit=[30], other=[40])
    found = places(Choice([many, few]), 9)
    assert {("ETH/USDT", 30), ("ETH/USDT", 40)} < found


def test_nothing_is_chosen_where_nothing_can_be_checked():
    assert Choice([candidates(first=10, last=9)]).next(5) == {}


def test_candles_of_several_kinds_count_once():
    assert Choice([candidates(enter=[20, 30], exit=[30])]).with_signal == 2


@given(
    st.lists(st.integers(10, 99), max_size=30, unique=True),
    st.lists(st.integers(10, 99), max_size=30, unique=True),
    st.integers(1, 40),
)
def test_every_candle_is_handed_out_once(entries, exits, step):
    choice = Choice([candidates(enter=entries, exit=exits), candidates("ETH/USDT", 5, 20)])
    found = []
    while further := choice.next(step):
        assert all(rows == sorted(rows) for rows in further.values())
        found += [(pair, row) for pair, rows in further.items() for row in rows]
    assert len(found) == len(set(found)) == choice.taken
    assert set(found) == {("BTC/USDT", row) for row in range(10, 100)} | {
        ("ETH/USDT", row) for row in range(5, 21)
    }


@given(st.integers(0, 200))
def test_rows_are_spread_over_all(count):
    found = list(spread(np.arange(count)))
    assert sorted(found) == list(range(count))
    if count > 8:
        assert max(np.diff(sorted(found[:4]))) <= count // 2 + 1
