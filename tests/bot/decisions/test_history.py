"""Packed records: limits of a pair and of all, and what is dropped first."""

from hypothesis import given
from hypothesis import strategies as st

from appliance.bot.decisions.history import History
from appliance.domain.decisions.kinds import Kind
from appliance.domain.decisions.record import CandleRecord, Step


def record(number: int, text: str = "") -> CandleRecord:
    return CandleRecord(number, steps=[Step(Kind.REFUSED, number, number, 1, (text,))])


def test_a_record_comes_back_as_it_was():
    history = History()
    given = CandleRecord(5, 17, "tag", None, 2, b"\x00" * 16, [Step(Kind.NO_SLOT, 1, 2, 3, (1, 2.5, None))])
    history.add("A/B", given)
    assert list(history.newest_first("A/B")) == [given]
    assert list(history.newest_first("C/D")) == []


def test_the_oldest_of_a_pair_is_dropped_first():
    history = History(bytes_a_pair=500)
    for number in range(20):
        history.add("A/B", record(number))
    kept = [each.opened for each in history.newest_first("A/B")]
    assert kept == list(range(19, 19 - len(kept), -1))
    assert 0 < len(kept) < 20


def test_pairs_that_are_no_longer_followed_give_way():
    history = History(bytes_in_all=2_000)
    history.add("OLD/B", record(0))
    for number in range(20):
        for pair in ("A/B", "C/D"):
            history.add(pair, record(number))
    assert list(history.newest_first("OLD/B")) == []
    counts = [len(list(history.newest_first(pair))) for pair in ("A/B", "C/D")]
    assert abs(counts[0] - counts[1]) <= 1


@given(st.lists(st.tuples(st.sampled_from("ABCDE"), st.integers(0, 300)), max_size=80))
def test_no_limit_is_ever_passed(added):
    history = History(bytes_a_pair=600, bytes_in_all=1_500)
    for number, (pair, length) in enumerate(added):
        history.add(pair, record(number, "x" * length))
        assert history.size <= 1_500
        kept = [each.opened for each in history.newest_first(pair)]
        assert kept == sorted(kept, reverse=True)
