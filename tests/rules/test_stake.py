import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.errors import Refused
from appliance.domain.market import Market
from appliance.rules.stake import StakePolicy, allowed_stake, proposed_stake, stake_limits

MARKET = Market(pair="ETH/USDT", base="ETH", quote="USDT", cost_min=10.0, amount_min=0.001)


def test_a_fixed_stake_above_the_balance_is_refused():
    with pytest.raises(Refused, match="only 50 available, less than the stake of 100"):
        proposed_stake(StakePolicy(amount=100.0, max_open_trades=3), available=50.0, tied_up=0.0)


def test_an_unlimited_stake_is_an_equal_share():
    policy = StakePolicy(amount=None, max_open_trades=4)
    assert proposed_stake(policy, available=1000.0, tied_up=0.0) == 250.0
    assert proposed_stake(policy, available=500.0, tied_up=500.0) == 250.0
    assert proposed_stake(policy, available=100.0, tied_up=900.0) == 100.0


def test_unlimited_trades_share_nothing_out():
    assert proposed_stake(StakePolicy(amount=None, max_open_trades=0), available=100.0, tied_up=0.0) == 0.0


def test_the_last_trade_takes_what_is_left_if_that_is_enough():
    policy = StakePolicy(amount=100.0, max_open_trades=3, amend_last=True, last_min_ratio=0.5)
    assert proposed_stake(policy, available=60.0, tied_up=0.0) == 60.0
    assert proposed_stake(policy, available=50.0, tied_up=0.0) == 0.0


def test_the_least_stake_leaves_room_for_the_stop_loss():
    least, largest = stake_limits(MARKET, rate=2000.0, stoploss=-0.1, reserve=0.05)
    assert least == pytest.approx(10.0 * 1.05 / 0.9)
    assert largest == float("inf")
    far, _ = stake_limits(MARKET, rate=2000.0, stoploss=-0.99, reserve=0.05)
    assert far == 15.0


def test_an_exchange_without_limits_has_none():
    free = Market(pair="A/B", base="A", quote="B")
    assert stake_limits(free, rate=1.0, stoploss=-0.1, reserve=0.05) == (None, float("inf"))


def test_a_stake_below_the_minimum_is_raised_by_thirty_percent_at_most():
    assert allowed_stake(8.0, least=10.0, largest=1e9, available=100.0) == 10.0
    assert allowed_stake(7.6, least=10.0, largest=1e9, available=100.0) == 0.0


def test_what_does_not_fit_the_wallet_is_no_trade():
    assert allowed_stake(50.0, least=10.0, largest=1e9, available=9.0) == 0.0
    assert allowed_stake(50.0, least=None, largest=1e9, available=9.0) == 9.0
    assert allowed_stake(0.0, least=None, largest=1e9, available=9.0) == 0.0


@given(
    stake=st.floats(-10, 1e6),
    least=st.none() | st.floats(0, 1e5),
    largest=st.floats(0, 1e6),
    available=st.floats(0, 1e6),
)
def test_an_allowed_stake_is_none_or_within_all_limits(stake, least, largest, available):
    allowed = allowed_stake(stake, least=least, largest=largest, available=available)
    assert allowed == 0 or (allowed <= min(largest, available) and allowed >= (least or 0))
