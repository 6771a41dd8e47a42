"""What holding a market would have made."""

import numpy as np
import pytest

from appliance.reports.holding import POINTS, holding


def series(first: int, closes: list[float], step: int = 60) -> tuple[np.ndarray, np.ndarray]:
    return first + np.arange(len(closes), dtype=np.int64) * step, np.array(closes)


def test_pairs_count_in_equal_parts():
    held = holding({"A": series(0, [1.0, 2.0]), "B": series(0, [50.0, 50.0])}, since=0, now=60)
    assert held is not None
    assert held.change == pytest.approx(0.5)
    assert (held.growth[0], len(held.times)) == (0.0, POINTS)
    assert held.pairs == ["A", "B"]


def test_it_begins_where_all_pairs_have_candles():
    held = holding({"A": series(0, [1.0, 2.0, 4.0]), "B": series(60, [1.0, 1.0])}, since=0, now=120)
    assert held is not None
    assert held.times[0] == 60
    assert held.change == pytest.approx(0.5)  # A from 2 to 4, B not at all


def test_pairs_with_few_candles_are_left_out_and_named():
    held = holding({"A": series(0, [1.0] * 100), "B": series(5000, [1.0, 9.0])}, since=0, now=5940)
    assert held is not None
    assert (held.pairs, held.left_out) == (["A"], ["B"])
    assert held.change == 0


def test_since_is_where_holding_begins():
    held = holding({"A": series(0, [1.0, 2.0, 4.0])}, since=60, now=120)
    assert held is not None
    assert held.change == pytest.approx(1.0)


@pytest.mark.parametrize("candles", [{}, {"A": series(0, [])}, {"A": series(200, [1.0])}])
def test_without_candles_nothing_is_known(candles):
    assert holding(candles, since=0, now=120) is None
