"""At which rows values are compared."""

from appliance.research.recursive.needs import rows_of


def test_rows_have_twice_as_many_candles_before_as_are_tried():
    assert list(rows_of(300, 100)) == [299, 266, 233, 200]


def test_a_shorter_pair_is_left_out():
    assert list(rows_of(150, 100)) == []
