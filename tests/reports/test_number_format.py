"""Numbers and moments as people read them."""

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.reports import number_format


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        (1234567.891, "USDT", "1,234,567.89"),
        (-0.5, "EUR", "−0.50"),
        (0.00123456, "BTC", "0.001235"),
        (-0.001, "USDT", "0.00"),
        (None, "USDT", "–"),
        (math.nan, "USDT", "–"),
    ],
)
def test_money(value: float | None, currency: str, text: str) -> None:
    assert number_format.money(value, currency) == text


@pytest.mark.parametrize(("value", "text"), [(1.5, "+1.50"), (-1.5, "−1.50"), (0.0, "0.00"), (0.001, "0.00")])
def test_a_gain_shows_its_sign(value: float, text: str) -> None:
    assert number_format.gain(value, "USDT") == text


@pytest.mark.parametrize(
    ("ratio", "text"), [(0.0123, "+1.23 %"), (-1.0, "−100.00 %"), (0, "0.00 %"), (None, "–")]
)
def test_percent(ratio: float | None, text: str) -> None:
    assert number_format.percent(ratio) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (97123.4, "97,123.40"),
        (151.2, "151.200"),
        (0.0812345, "0.0812345"),
        (0.0000123, "0.0000123000"),
        (0, "0.00000"),
    ],
)
def test_a_price_has_the_digits_that_matter(value: float, text: str) -> None:
    assert number_format.price(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.5, "0.5"), (1200.0, "1,200"), (0, "0"), (None, "–")])
def test_an_amount_has_no_idle_zeros(value: float | None, text: str) -> None:
    assert number_format.amount(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3600, "1 h"),
        (3900, "1 h 5 min"),
        (86400, "1 d"),
        (183600, "2 d 3 h"),
    ],
)
def test_a_duration_has_two_units_at_most(seconds: float, text: str) -> None:
    assert number_format.duration(seconds) == text


def test_an_age_does_not_change_every_second() -> None:
    assert number_format.age(3) == number_format.age(59) == "< 1 min"
    assert number_format.age(61) == "1 min"


@pytest.mark.parametrize(
    ("value", "name"), [(1, "up"), (-1, "down"), (0, "flat"), (None, "flat"), (math.nan, "flat")]
)
def test_tone(value: float | None, name: str) -> None:
    assert number_format.tone(value) == name


def test_a_value_shown_as_zero_has_no_colour() -> None:
    assert number_format.tone(-0.00004) == "flat"
    assert number_format.tone(-0.00004, "USDT") == "flat"
    assert number_format.tone(-0.00004, "BTC") == "down"


def test_moments_are_utc() -> None:
    when = datetime(2026, 11, 22, 9, 38, 17, tzinfo=UTC)
    assert number_format.moment(when, when) == "22 Nov 09:38"
    assert number_format.moment(when, datetime(2027, 1, 1, tzinfo=UTC)) == "22 Nov 2026 09:38"
    assert number_format.exact(when) == "2026-11-22 09:38:17 UTC"
    assert number_format.iso(when) == "2026-11-22T09:38:17Z"


@given(st.floats())
def test_every_number_can_be_written(value: float) -> None:
    for written in (
        number_format.money(value, "USDT"),
        number_format.gain(value, "BTC"),
        number_format.percent(value),
        number_format.price(value),
        number_format.amount(value),
    ):
        assert written
        assert "e" not in written
        assert "nan" not in written
