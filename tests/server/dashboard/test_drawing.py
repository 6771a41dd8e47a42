"""Pictures without a script."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.server.dashboard.drawing import WIDTH, Scale, area, bars, steps, time_ticks, xs_of

DAY = 86_400


def numbers(path: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", path)]


def test_a_curve_keeps_its_value_until_it_changes_and_then_jumps():
    scale = Scale(0.0, 100.0, 100)
    assert steps(xs_of([0, 10, 20, 40]), [0.0, 50.0, 50.0, 100.0], scale) == "M0 100H250V50L1000 0"


def test_the_area_of_a_curve_ends_on_its_base():
    assert area("M0 10H1000", Scale(0.0, 100.0, 100), 0.0) == "M0 10H1000V100H0Z"


def test_bars_stand_on_zero():
    assert bars([1.0, -1.0], Scale(-1.0, 1.0, 100), gap=0) == [
        "M0 50h500V0h-500Z",
        "M500 50h500V100h-500Z",
    ]
    assert bars([], Scale(0.0, 1.0, 100)) == []


@pytest.mark.parametrize("values", [[0.0, 0.0], [5.0], [1e-12, 2e-12], [-3.0, 7.0]])
def test_equal_values_have_a_scale_too(values):
    scale = Scale.of(values, 100)
    assert all(0 <= scale.y(value) <= 100 for value in values)
    tops = [tick.y for tick in scale.lines(3)]
    assert tops == [0, 50, 100]


@given(st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=50))
def test_nothing_is_drawn_outside_the_picture(values):
    scale = Scale.of(values, 200)
    path = steps(xs_of(list(range(len(values)))), values, scale)
    assert all(-0.1 <= number <= WIDTH for number in numbers(path))


@pytest.mark.parametrize(
    ("span", "labels"),
    [
        (DAY, ["00:00", "06:00", "12:00", "18:00", "00:00"]),
        (30 * DAY, ["01 Jan", "08 Jan", "16 Jan", "23 Jan", "31 Jan"]),
        (730 * DAY, ["Jan 2026", "Jul 2026", "Jan 2027", "Jul 2027", "Jan 2028"]),
        (0, ["00:00"] * 5),
    ],
)
def test_times_are_labelled_as_finely_as_the_span_needs(span, labels):
    first = 1_767_225_600
    assert [tick.label for tick in time_ticks(first, first + span)] == labels
