from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.enums import ExitType
from appliance.domain.trade import Trade
from appliance.rules.stop import StopPolicy, move_stop, stop_hit


def trade_at(rate: float = 100.0, **changes) -> Trade:
    values = {
        "exchange": "simulated",
        "pair": "ETH/USDT",
        "base_currency": "ETH",
        "stake_currency": "USDT",
        "fee_open": 0.0,
        "fee_close": 0.0,
        "open_rate": rate,
        "open_trade_value": rate,
        "stake_amount": rate,
        "amount": 1.0,
        "open_date": datetime(2026, 1, 1, tzinfo=UTC),
        "price_precision": 0.01,
    }
    return Trade(**values | changes)


FIXED = StopPolicy(stoploss=-0.1)
TRAILING = StopPolicy(stoploss=-0.1, trailing=True)


def test_the_first_stop_is_below_the_open_rate():
    trade = trade_at()
    move_stop(trade, FIXED, 100.0)
    assert (trade.stop_loss, trade.initial_stop_loss, trade.stop_loss_pct) == (90.0, 90.0, -0.1)
    assert not trade.is_stop_loss_trailing


def test_a_short_has_its_stop_above():
    trade = trade_at(is_short=True)
    move_stop(trade, FIXED, 100.0)
    assert trade.stop_loss == 110.0
    assert stop_hit(trade, 110.0) is ExitType.STOP_LOSS
    assert stop_hit(trade, 109.99) is None


def test_a_fixed_stop_does_not_follow_the_price():
    trade = trade_at()
    for rate in (120.0, 200.0):
        move_stop(trade, FIXED, rate)
    assert trade.stop_loss == 90.0
    assert stop_hit(trade, 90.0) is ExitType.STOP_LOSS
    assert stop_hit(trade, 90.01) is None


def test_a_trailing_stop_follows_up_and_never_down():
    trade = trade_at()
    for rate in (110.0, 100.0, 120.0, 109.0):
        move_stop(trade, TRAILING, rate)
    assert trade.stop_loss == 108.0
    assert stop_hit(trade, 107.0) is ExitType.TRAILING_STOP_LOSS


def test_the_positive_distance_takes_over_above_the_offset():
    policy = StopPolicy(stoploss=-0.1, trailing=True, positive=0.02, offset=0.05)
    trade = trade_at()
    move_stop(trade, policy, 105.0)
    assert trade.stop_loss == 94.5
    move_stop(trade, policy, 106.0)
    assert trade.stop_loss == 103.88


def test_only_from_the_offset_on_nothing_trails_before():
    policy = StopPolicy(stoploss=-0.1, trailing=True, positive=0.02, offset=0.05, only_from_offset=True)
    trade = trade_at()
    move_stop(trade, policy, 104.0)
    assert trade.stop_loss == 90.0


@pytest.mark.parametrize("answer", [None, 0.0, float("nan"), float("inf")])
def test_a_custom_stop_that_says_nothing_leaves_the_stop(answer):
    trade = trade_at()
    move_stop(trade, FIXED, 110.0, custom=lambda rate, profit: answer)
    assert trade.stop_loss == 90.0


def test_a_custom_stop_counts_from_the_present_rate_and_its_sign_does_not_matter():
    for sign in (1, -1):
        trade = trade_at()
        move_stop(trade, FIXED, 110.0, custom=lambda rate, profit, sign=sign: sign * 0.05)
        assert trade.stop_loss == 104.5


def test_trailing_keeps_the_distance_that_a_custom_stop_wants():
    trade = trade_at()
    move_stop(trade, TRAILING, 110.0, custom=lambda rate, profit: -0.2)
    assert trade.stop_loss == 90.0  # 88 would loosen it, and the strategy's own 10 % no longer count
    move_stop(trade, TRAILING, 120.0, custom=lambda rate, profit: None)
    assert trade.stop_loss == 108.0


def test_a_custom_stop_may_loosen_only_after_a_fill():
    trade = trade_at()
    move_stop(trade, FIXED, 110.0, custom=lambda rate, profit: 0.05)
    move_stop(trade, FIXED, 110.0, custom=lambda rate, profit: 0.2)
    assert trade.stop_loss == 104.5
    move_stop(trade, FIXED, 110.0, custom=lambda rate, profit: 0.2, after_fill=True)
    assert trade.stop_loss == 88.0


def test_a_stop_that_is_hit_does_not_move_any_more():
    trade = trade_at()
    move_stop(trade, TRAILING, 100.0)
    move_stop(trade, TRAILING, 120.0, worst=89.0)
    assert trade.stop_loss == 90.0


def test_liquidation_ends_a_trade_whose_stop_lies_further_away():
    trade = trade_at(liquidation_price=95.0)
    move_stop(trade, FIXED, 100.0)
    assert stop_hit(trade, 94.0) is ExitType.LIQUIDATION


@given(
    st.lists(st.floats(1, 1000), min_size=1, max_size=30),
    st.floats(-0.9, -0.01),
    st.booleans(),
    st.booleans(),
)
def test_whatever_the_price_does_the_stop_only_tightens(rates, stoploss, trailing, short):
    trade = trade_at(is_short=short)
    policy = StopPolicy(stoploss=stoploss, trailing=trailing)
    move_stop(trade, policy, 100.0)
    before = trade.stop_loss
    for rate in rates:
        move_stop(trade, policy, rate)
        assert trade.stop_loss <= before if short else trade.stop_loss >= before
        before = trade.stop_loss
