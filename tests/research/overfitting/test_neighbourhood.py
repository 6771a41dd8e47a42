"""The map around the best parameters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.research.overfitting.neighbourhood import (
    Axis,
    Dimension,
    Line,
    axis_around,
    influential,
    on_lines,
    on_plane,
    surveyed,
)

STEPS = Dimension(name="step", low=10, high=90, step=1)


def line(name: str, *losses: float, best: int) -> Line:
    return Line(Axis(name, tuple(range(len(losses))), best), np.array(losses))


def test_a_parameter_with_one_value_has_no_neighbours() -> None:
    assert axis_around(Dimension(name="one", low=3, high=3, step=0), 3).values == (3,)
    assert surveyed(-1.0, np.array([1.0, 2.0]), [line("one", -1.0, best=0)]).shape is None


def test_neighbours_of_a_whole_number_are_whole() -> None:
    assert axis_around(STEPS, 50).values == (38, 42, 46, 50, 54, 58, 62)
    assert axis_around(Dimension(name="few", low=1, high=5, step=1), 2).values == (1, 2, 3, 4, 5)


def test_neighbours_end_at_the_edge_of_the_space() -> None:
    axis = axis_around(STEPS, 12)
    assert axis.values == (12, 16, 20, 24)
    assert axis.values[axis.best] == 12


def test_neighbours_of_a_decimal_have_its_places() -> None:
    drop = Dimension(name="drop", low=0.0, high=0.02, step=0.001)
    assert axis_around(drop, 0.004, reach=2).values == (0.002, 0.003, 0.004, 0.005, 0.006)


def test_every_choice_is_a_neighbour() -> None:
    assert axis_around(Dimension(name="kind", choices=("open", "close", "high")), "close").values == (
        "close", "open", "high",
    )  # fmt: skip


@given(st.floats(-10, 10), st.floats(0.001, 10), st.floats(0, 1), st.sampled_from((0.0, 0.001, 0.01)))
def test_the_best_value_is_on_its_axis_unchanged(low: float, width: float, share: float, step: float) -> None:
    best = low + share * width
    axis = axis_around(Dimension(name="any", low=low, high=low + width, step=step), best)
    assert axis.values[axis.best] == best
    assert all(low - 0.01 <= value <= low + width + 0.01 for value in axis.values)


def test_on_a_line_one_parameter_changes() -> None:
    [(axis, tried)] = on_lines([axis_around(STEPS, 50, reach=1)], {"step": 50, "kind": "open"})
    assert axis.name == "step"
    assert tried == [{"step": value, "kind": "open"} for value in (46, 50, 54)]


def test_on_a_plane_two_do() -> None:
    tried = on_plane(Axis("a", (1, 2), 0), Axis("b", (3, 4), 0), {"a": 1, "b": 3, "c": 0})
    assert [(one["a"], one["b"], one["c"]) for one in tried] == [(1, 3, 0), (1, 4, 0), (2, 3, 0), (2, 4, 0)]


def test_the_parameters_with_the_largest_effect_are_influential() -> None:
    lines = [line("none", 1, 1, best=0), line("much", 1, 9, best=0), line("some", 1, 2, best=0)]
    assert [one.axis.name for one in influential(lines, 2)] == ["much", "some"]
    assert [one.axis.name for one in influential(lines, 1)] == ["much"]


@pytest.mark.parametrize(
    ("beside", "kept", "shape"),
    [(-9.0, 0.9, "plateau"), (-5.0, 0.5, "slope"), (0.0, 0.0, "peak"), (5.0, -0.5, "peak")],
)
def test_what_neighbours_keep_tells_a_plateau_from_a_peak(beside: float, kept: float, shape: str) -> None:
    found = surveyed(-10.0, np.array([-10.0, 0.0, 0.0, 3.0]), [line("x", 0, beside, -10.0, beside, best=2)])
    assert found.kept == pytest.approx(kept)
    assert found.shape == shape


def test_a_best_that_is_no_better_than_the_others_has_no_shape() -> None:
    assert surveyed(1.0, np.array([1.0, 1.0, np.inf]), [line("x", 1.0, 1.0, best=0)]).shape is None
