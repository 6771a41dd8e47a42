"""What each protection decides about trades that have closed, at noon, on five-minute candles."""

from datetime import UTC, datetime, timedelta
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.closed_trades.summary import ClosedTrade
from appliance.rules.protections.max_drawdown import max_fall, relative_drawdown
from appliance.rules.protections.reading import read_protections
from appliance.rules.protections.window import Moment

NOON = datetime(2026, 1, 5, 12, 0, 30, tzinfo=UTC)


def protection(method: str, **settings):
    (found,), reading = read_protections([{"method": method, **settings}])
    assert reading.oddities == []
    return found


def moment(**changes) -> Moment:
    values = {"now": NOON, "pair": "ETH/USDT", "side": "long", "candle_minutes": 5}
    return Moment(**{**values, "starting_balance": 1000.0, **changes})


def closed(
    minutes_ago: float = 0, profit: float = -0.02, reason: str = "stop_loss", **changes
) -> ClosedTrade:
    at = NOON - timedelta(minutes=minutes_ago)
    values = {
        "id": 1,
        "pair": "ETH/USDT",
        "is_short": False,
        "open_date": at - timedelta(hours=1),
        "close_date": at,
        "close_profit": profit,
        "close_profit_abs": profit * 100,
        "realized_profit": profit * 100,
        "stake_amount": 100.0,
        "max_stake_amount": 100.0,
        "volume": 200.0,
        "enter_tag": None,
        "exit_reason": reason,
        "strategy": None,
        "leverage": 1.0,
    }
    return ClosedTrade(**values | changes)


# -- settings that are wrong ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "key", "words"),
    [
        ({"method": "CooldownPeriode"}, "method", 'found "CooldownPeriode"; did you mean "CooldownPeriod"?'),
        ({}, "method", "missing; expected one of"),
        ({"method": 5}, "method", "found 5"),
        (
            {"method": "CooldownPeriod", "stop_duration": "60"},
            "stop_duration",
            'a number of 0 or more, found "60"',
        ),
        ({"method": "CooldownPeriod", "unlock_at": "25:00"}, "unlock_at", 'such as "16:30", found "25:00"'),
        ({"method": "CooldownPeriod", "unlock_at": 16}, "unlock_at", "found 16"),
        (
            {"method": "StoplossGuard", "trade_limit": 2.5},
            "trade_limit",
            "a whole number of 0 or more, found 2.5",
        ),
        ({"method": "StoplossGuard", "only_per_pair": "yes"}, "only_per_pair", "expected true or false"),
        (
            {"method": "MaxDrawdown", "calculation_mode": "equitie"},
            "calculation_mode",
            'expected one of "ratios", "equity", found "equitie"; did you mean "equity"?',
        ),
        (
            {"method": "MaxDrawdown", "max_allowed_drawdown": float("nan")},
            "max_allowed_drawdown",
            "found nan",
        ),
        (
            {"method": "LowProfitPairs", "stop_duration": 5, "stop_duration_candles": 1},
            "stop_duration_candles",
            "expected either stop_duration or stop_duration_candles, found both",
        ),
        (
            {"method": "LowProfitPairs", "lookback_period": 5, "lookback_period_candles": 1},
            "lookback_period_candles",
            "found both",
        ),
        ({"method": "CooldownPeriod", "unlock_at": "16:30", "stop_duration": 5}, "unlock_at", "found both"),
    ],
)
def test_a_wrong_setting_is_reported_with_its_place(entry, key, words):
    found, reading = read_protections([{"method": "CooldownPeriod"}, entry])
    assert len(found) == 1
    (fault,) = reading.faults
    assert fault.path == ("protections", 1, key)
    assert words in fault.text


def test_a_value_that_is_not_an_object_is_reported():
    _, reading = read_protections(["CooldownPeriod"])
    assert reading.faults == [(("protections", 0), 'expected an object, found "CooldownPeriod"')]


def test_a_misspelt_key_is_reported_and_ignored():
    (found,), reading = read_protections([{"method": "CooldownPeriod", "stop_duration_candle": 3}])
    assert found.stop_duration_candles is None
    (odd,) = reading.oddities
    assert 'did you mean "stop_duration_candles"?' in odd.text


# -- how far back, how long ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "until"),
    [
        ({}, "2026-01-05 13:00:30"),
        ({"stop_duration": 10}, "2026-01-05 12:10:30"),
        ({"stop_duration": 10.9}, "2026-01-05 12:10:30"),
        ({"stop_duration_candles": 3}, "2026-01-05 12:15:30"),
        ({"stop_duration_candles": 0}, "2026-01-05 12:00:30"),
        ({"unlock_at": "16:30"}, "2026-01-05 16:30:30"),
        ({"unlock_at": "9:05"}, "2026-01-06 09:05:30"),
    ],
)
def test_a_lock_is_counted_from_the_last_close(settings, until):
    wish = protection("CooldownPeriod", **settings).of_pair([closed(5), closed(0)], moment())
    assert str(wish.until) == f"{until}+00:00"


def test_missing_candles_are_reported_as_none():
    assert "for 0 candles" in protection("CooldownPeriod", stop_duration_candles=0).summary()


def test_text_values_of_strategies_are_converted():
    assert protection("StoplossGuard", only_per_pair="true").only_per_pair is True


def test_a_trade_that_closed_exactly_so_long_ago_is_out_of_the_window():
    cooldown = protection("CooldownPeriod", lookback_period_candles=2)
    assert cooldown.of_pair([closed(10)], moment()) is None
    assert cooldown.of_pair([closed(9.99)], moment()) is not None


def test_numbers_that_a_strategy_computed_with_numpy_are_numbers():
    import numpy as np

    cooldown = protection("CooldownPeriod", stop_duration_candles=np.int64(4), lookback_period=np.float64(9))
    assert cooldown.of_pair([closed()], moment()).reason == "Cooldown period for 4 candles"


# -- CooldownPeriod ------------------------------------------------------------------------------------------


def test_cooldown_concerns_the_own_pair_alone():
    cooldown = protection("CooldownPeriod", stop_duration_candles=1)
    trades = [closed(0, 0.05, "roi", pair="BTC/USDT")]
    assert cooldown.of_pair(trades, moment()) is None
    wish = cooldown.of_pair(trades, moment(pair="BTC/USDT"))
    assert (wish.side, wish.reason) == ("*", "Cooldown period for 1 candle")
    assert cooldown.of_all(trades, moment(pair="BTC/USDT")) is None


# -- StoplossGuard -------------------------------------------------------------------------------------------


def test_the_guard_counts_losses_by_stops_only():
    guard = protection("StoplossGuard", trade_limit=2)
    others = [closed(1, -0.02, "roi"), closed(2, 0.01, "trailing_stop_loss"), closed(3, 0.0)]
    assert guard.of_pair([closed(0), *others], moment()) is None
    assert guard.of_pair([closed(0), *others, closed(4, -0.01, "liquidation")], moment()) is not None


def test_the_guard_looks_at_one_pair_and_at_all():
    guard = protection("StoplossGuard", trade_limit=2, lookback_period=30, stop_duration=45)
    trades = [closed(0), closed(5, pair="BTC/USDT")]
    assert guard.of_pair(trades, moment()) is None
    wish = guard.of_all(trades, moment())
    assert wish.reason == "2 stop losses within 30 minutes, locked for 45 minutes"
    per_pair = protection("StoplossGuard", trade_limit=1, only_per_pair=True)
    assert per_pair.of_all(trades, moment()) is None
    assert per_pair.of_pair(trades, moment()) is not None


def test_the_guard_can_treat_sides_separately():
    guard = protection("StoplossGuard", trade_limit=1, only_per_side=True)
    trades = [closed(0, is_short=True)]
    assert guard.of_all(trades, moment(side="long")) is None
    assert guard.of_all(trades, moment(side="short")).side == "short"


def test_small_losses_can_be_forgiven():
    guard = protection("StoplossGuard", trade_limit=1, required_profit=-0.05)
    assert guard.of_all([closed(0, -0.05)], moment()) is None
    assert guard.of_all([closed(0, -0.051)], moment()) is not None


def test_no_stop_loss_is_never_too_many():
    assert protection("StoplossGuard", trade_limit=0).of_all([closed(0, 0.1, "roi")], moment()) is None


# -- LowProfitPairs ------------------------------------------------------------------------------------------


def test_a_pair_that_earned_too_little_is_left_alone():
    low = protection("LowProfitPairs", trade_limit=2, required_profit=0.01)
    assert low.of_pair([closed(0, -0.5)], moment()) is None
    assert low.of_pair([closed(0, 0.02), closed(1, -0.01)], moment()) is None
    wish = low.of_pair([closed(0, 0.02), closed(1, -0.015)], moment())
    assert "0.005" in wish.reason
    assert low.of_all([closed(0, -0.5), closed(0, -0.5)], moment()) is None


def test_by_side_all_trades_are_counted_but_one_side_is_summed_up():
    low = protection("LowProfitPairs", trade_limit=2, only_per_side=True)
    trades = [closed(0, 0.05), closed(1, -0.2, is_short=True)]
    assert low.of_pair(trades, moment(side="long")) is None
    assert low.of_pair(trades, moment(side="short")).side == "short"


# -- MaxDrawdown ---------------------------------------------------------------------------------------------


def test_a_drawdown_is_measured_in_the_order_of_closing():
    drawdown = protection("MaxDrawdown", max_allowed_drawdown=0.1)
    falling = [closed(0, -0.06), closed(1, -0.06), closed(2, 0.3)]
    assert drawdown.of_all(falling, moment()) is not None
    assert drawdown.of_all([closed(2, -0.06), closed(1, 0.3), closed(0, -0.06)], moment()) is None
    assert drawdown.of_pair(falling, moment()) is None


def test_too_few_trades_are_no_drawdown():
    drawdown = protection("MaxDrawdown", trade_limit=3)
    assert drawdown.of_all([closed(0, -0.9), closed(1, -0.9)], moment()) is None


def test_equity_counts_what_was_earned_before_the_window():
    equity = protection(
        "MaxDrawdown", calculation_mode="equity", max_allowed_drawdown=0.01, lookback_period=10
    )
    lost = [closed(1, -0.11), closed(60, 0.5)]  # 11 of 1050 at the end
    assert equity.of_all(lost, moment(starting_balance=1000.0)) is not None
    assert equity.of_all(lost, moment(starting_balance=1060.0)) is None
    assert equity.of_all([*lost, closed(90, 5.0)], moment(starting_balance=1000.0)) is None


GAINS = st.lists(st.floats(-1e6, 1e6), max_size=40)


@given(GAINS)
def test_the_max_fall_is_the_widest_gap_below_an_earlier_best(gains):
    sums = list(accumulate(gains, initial=0.0))
    gaps = [max(sums[: at + 1]) - value for at, value in enumerate(sums)]
    assert max_fall(gains) == max(gaps)


@given(GAINS, st.floats(1e7, 1e9))
def test_a_relative_drawdown_is_a_ratio_while_the_account_outlives_it(gains, start):
    ratio = relative_drawdown(gains, start)
    assert ratio >= 0
    if start + min(accumulate(gains, initial=0.0)) > 0:
        assert ratio <= 1
    assert (ratio > 0) <= any(gain < 0 for gain in gains)


def test_without_any_capital_the_first_loss_is_beyond_measure():
    assert relative_drawdown([-1.0], 0.0) == float("inf")
    assert relative_drawdown([2.0, -1.0], 0.0) == 0.5
