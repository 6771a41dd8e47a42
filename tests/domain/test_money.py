"""Exact arithmetic, with ccxt's own as the oracle."""

import math
from decimal import Context, Decimal

import pytest
from ccxt import DECIMAL_PLACES, ROUND, SIGNIFICANT_DIGITS, TICK_SIZE, TRUNCATE, Precise, decimal_to_precision
from hypothesis import assume, given
from hypothesis import strategies as st

from appliance.domain.money import (
    Rounding,
    amount_to_contract_step,
    amount_to_step,
    compensated_sum,
    difference,
    exact,
    float_sum,
    price_to_tick,
    product,
    quotient,
    total,
)

amounts = st.floats(1e-9, 1e9, allow_subnormal=False)
signed = amounts | amounts.map(lambda value: -value) | st.just(0.0)
ticks = st.sampled_from([1e-8, 1e-5, 0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 10.0])


def precise(value: float) -> Precise:
    return Precise(repr(value))


def test_dividing_money_by_nothing_is_an_error():
    with pytest.raises(ZeroDivisionError):
        quotient(exact(1), exact(0))


def test_sums_of_floats_do_not_depend_on_the_version_of_python():
    assert float_sum([0.1] * 10) == compensated_sum([0.1] * 10) == 1.0
    assert float_sum([1e16, 1.0, -1e16]) == compensated_sum([1e16, 1.0, -1e16]) == 1.0
    assert float_sum([]) == compensated_sum([]) == 0.0


@given(st.lists(signed))
def test_sums_of_floats_are_as_exact_as_their_sum_at_once(values):
    assert compensated_sum(values) == pytest.approx(math.fsum(values), rel=1e-15, abs=1e-12)


@pytest.mark.parametrize("odd", [math.inf, -math.inf, math.nan])
def test_sums_of_floats_pass_on_what_is_no_number(odd):
    assert str(compensated_sum([1.0, odd, 2.0])) == str(float_sum([1.0, odd, 2.0])) == str(odd)


def test_floats_are_what_they_are_written_as():
    assert total([0.1, 0.2]) == exact(0.3)
    assert float(product(1.1, 1.1)) == 1.21
    assert float(difference(0.3, 0.1)) == 0.2


@given(signed, signed)
def test_sums_differences_and_products_are_ccxts(a, b):
    assert float(total([a, b])) == float(str(precise(a) + precise(b)))
    assert float(difference(a, b)) == float(str(precise(a) - precise(b)))
    assert float(product(a, b)) == float(str(precise(a) * precise(b)))


@given(amounts, amounts)
def test_quotients_are_ccxts_cut_off_after_18_places(a, b):
    assert float(quotient(exact(a), exact(b))) == float(str(precise(a) / precise(b)))


@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=30))
def test_what_is_added_and_taken_away_again_leaves_nothing(pairs):
    worth = [product(a, b) for a, b in pairs]
    left = total(worth)
    for part in worth:
        left = difference(left, part)
    assert left == 0


def test_a_difference_keeps_more_than_the_28_digits_of_a_minus_sign():
    long = product(123456789.123456789, 987654321.987654321, 1.000000001)
    assert difference(long, long) == difference(0.0, 0.0)
    assert len(difference(0.0, long).as_tuple().digits) > 28


@given(amounts, ticks)
def test_prices_are_rounded_to_the_nearest_tick_as_ccxt_does(price, tick):
    rounded = decimal_to_precision(price, ROUND, tick, TICK_SIZE)
    assert price_to_tick(price, tick) == float(rounded)


@given(amounts, st.integers(0, 8))
def test_prices_are_rounded_to_decimal_places_as_ccxt_does(price, places):
    expected = float(decimal_to_precision(price, ROUND, places, DECIMAL_PLACES))
    assert price_to_tick(price, places, DECIMAL_PLACES) == expected


@given(amounts, ticks)
def test_amounts_are_cut_off_at_the_step_as_ccxt_does(amount, step):
    cut = amount_to_step(amount, step)
    assert cut == float(decimal_to_precision(amount, TRUNCATE, step, TICK_SIZE))
    assert cut <= amount


@given(amounts, st.integers(1, 10))
def test_amounts_are_cut_off_at_significant_digits_as_ccxt_does(amount, digits):
    expected = float(decimal_to_precision(amount, TRUNCATE, digits, SIGNIFICANT_DIGITS))
    assert amount_to_step(amount, digits, SIGNIFICANT_DIGITS) == expected


@given(st.floats(0.01, 1e6), ticks)
def test_rounding_up_and_down_take_the_neighbours(price, tick):
    assume(price > tick)
    up = price_to_tick(price, tick, rounding=Rounding.UP)
    down = price_to_tick(price, tick, rounding=Rounding.DOWN)
    assert down <= price * (1 + 1e-15) + 1e-14
    assert up >= price * (1 - 1e-15) - 1e-14
    assert up == down or math.isclose(up - down, tick, abs_tol=price * 1e-15)


@given(
    st.one_of(
        amounts,
        st.builds(lambda count, tick: count * tick, st.integers(1, 10**8), ticks),
        st.builds(lambda count, tick: (count + 0.5) * tick, st.integers(0, 10**8), ticks),
    ),
    ticks | st.sampled_from([0.3, 0.015, 7e-4, 1e-10, 1e-18, 1 / 3]),
    st.sampled_from(Rounding),
)
def test_rounding_by_floats_gives_what_decimals_give(price, tick, rounding):
    exactly = Context(prec=80)
    steps = exactly.divide(exact(price), exact(tick)).quantize(Decimal(1), rounding.value, exactly)
    expected = float(exactly.multiply(steps, exact(tick)))
    if rounding is not Rounding.NEAREST:
        expected = round(expected, 14)
    assert repr(price_to_tick(price, tick, rounding=rounding)) == repr(expected)


def test_no_and_negative_no_money_are_written_as_they_are():
    assert [str(exact(value)) for value in (0.0, -0.0, 0.0)] == ["0.0", "-0.0", "0.0"]


@given(st.integers(1, 10**7), ticks, st.sampled_from(Rounding))
def test_a_price_on_a_tick_stays_there(steps, tick, rounding):
    price = float(product(float(steps), tick))
    assert price_to_tick(price, tick, rounding=rounding) == price


def test_without_a_step_nothing_is_rounded():
    assert price_to_tick(1.23456789, None) == 1.23456789
    assert amount_to_step(1.23456789, None) == 1.23456789
    assert amount_to_contract_step(1.23456789, None, TICK_SIZE, 0.001) == 1.23456789


def test_amounts_of_contracts_are_cut_off_in_contracts():
    assert amount_to_contract_step(12.7, 1.0, TICK_SIZE, 5.0) == 10.0
    assert amount_to_contract_step(0.0127, 1.0, TICK_SIZE, 0.001) == 0.012
