"""The map around the best parameters, explored by backtests."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from appliance.research.credibility.surroundings import explored
from appliance.strategy.dimensions import Categorical, Integer, Real, SKDecimal

DIMENSIONS = [
    Integer(0, 100, name="length"),
    SKDecimal(0.0, 0.2, decimals=2, name="below"),
    Categorical(["close", "open"], name="kind"),
    Real(0.0, 1.0, name="idle"),
]
BEST = {"length": 50, "below": 0.1, "kind": "open", "idle": 0.5}
TRIALS = np.array([-10.0, 0.0, 1.0, -1.0])


class Bowl:
    """A loss that grows with the distance from the best; it notes what was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def __call__(self, tried: Sequence[dict[str, Any]]) -> list[float]:
        self.asked += tried
        return [self.loss(one) for one in tried]

    @staticmethod
    def loss(one: dict[str, Any]) -> float:
        far = abs(one["length"] - 50) / 100 + 50 * abs(one["below"] - 0.1)
        return -10 + far + (0 if one["kind"] == "open" else 4)


def test_values_at_which_the_strategy_fails_have_no_plane() -> None:
    def losses(tried: Sequence[dict[str, Any]]) -> list[float]:
        return [math.inf if one["length"] > 50 else Bowl.loss(one) for one in tried]

    found = explored(losses, DIMENSIONS, BEST, -10.0, TRIALS)
    assert [(plane.vertical.name, plane.horizontal.name) for plane in found.planes] == [("below", "kind")]


def test_parameters_that_were_not_searched_are_left_alone() -> None:
    bowl = Bowl()
    explored(bowl, DIMENSIONS[:1], BEST, -10.0, TRIALS)
    assert {(one["below"], one["kind"], one["idle"]) for one in bowl.asked} == {(0.1, "open", 0.5)}


def test_every_value_is_asked_for_once_and_the_best_never() -> None:
    bowl = Bowl()
    found = explored(bowl, DIMENSIONS, BEST, -10.0, TRIALS)
    keys = [repr(sorted(one.items())) for one in bowl.asked]
    assert len(keys) == len(set(keys))
    assert BEST not in bowl.asked
    assert [line.axis.name for line in found.lines] == ["length", "below", "kind", "idle"]
    assert [(plane.vertical.name, plane.horizontal.name) for plane in found.planes] == [
        ("length", "below"), ("length", "kind"), ("below", "kind"),
    ]  # fmt: skip


def test_planes_hold_the_loss_of_each_pair_of_values() -> None:
    found = explored(Bowl(), DIMENSIONS, BEST, -10.0, TRIALS)
    plane = found.planes[0]
    for row, length in enumerate(plane.vertical.values):
        for column, below in enumerate(plane.horizontal.values):
            tried = {**BEST, "length": length, "below": below}
            assert plane.losses[row, column] == pytest.approx(Bowl.loss(tried))
