"""Numbers in little space."""

import base64
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.research.report.packed import decimal_places, packed, planes, short, zigzag


def test_packed_content_is_deflated_base64():
    assert zlib.decompress(base64.b64decode(packed(b"abc" * 100))) == b"abc" * 100


def test_planes_are_bytes_by_their_place():
    columns = [np.array([1, 0x0203]), np.array([0x04050607, 8])]
    assert planes(columns) == bytes([1, 3, 7, 8, 0, 2, 6, 0, 0, 0, 5, 0, 0, 0, 4, 0])


@given(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1))
def test_signed_numbers_come_back(values):
    coded = zigzag(np.array(values, np.int64))
    assert coded.min() >= 0
    assert np.where(coded % 2, -(coded + 1) // 2, coded // 2).tolist() == values


@pytest.mark.parametrize(
    ("prices", "places"),
    [
        ([100.0, 2.0], 0), ([100.25, 2.5], 2), ([0.1 + 0.2], 1), ([0.00001234], 8), ([], 0),
        ([np.nan, 1.5], 1), ([123456.789012345], 3), ([1 / 3], 9),
    ],
)  # fmt: skip
def test_decimal_places_are_those_of_the_prices_as_far_as_they_fit(prices: list[float], places: int):
    assert decimal_places(np.array(prices)) == places


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (100.0, "100"),
        (1e22, "1e+22"),
        (None, "None"),
        (float("nan"), "None"),
        (-0.0, "0"),
    ],
)
def test_short_numbers(value: float | None, text: str):
    assert str(short(value)) == text
