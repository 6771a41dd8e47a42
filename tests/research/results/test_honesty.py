"""What makes a result too good is told in sentences."""

from datetime import timedelta

import pytest

from appliance.domain.timeframe import to_date
from appliance.research.backtest.outcome import Counters, Outcome
from appliance.research.backtest.realism import Realism
from appliance.research.results.honesty import warnings_about
from tests.support.doubtful import STEP, rows, series, trade


def outcome(*trades):
    return Outcome(
        strategy="Mine",
        trades=list(trades),
        locks=[],
        counters=Counters(),
        rejected=[],
        wallet=[],
        starting_balance=1000.0,
        final_balance=1000.0,
        first=to_date(0) - timedelta(milliseconds=STEP),
        last=to_date(10 * STEP),
    )


def warnings(*trades, of_pair=None):
    return warnings_about(outcome(*trades), {"A/USDT": of_pair or series([100] * 10)})


HONEST = {"entry": 100.0, "exit": 100.5}


def test_an_honest_result_has_none():
    assert warnings(trade(**HONEST), trade(opened=3, closed=4, **HONEST)) == []


def test_no_trades_have_none():
    assert warnings() == []


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (
            {"closed": 0, "profit": 2.5},
            "1 of 2 trades (50.0%) won within the candle in which they were entered (2.5 in all)",
        ),
        ({"stop_loss": 99.0, "exit_reason": "roi"}, "1 of 2 trades (50.0%) took their profit in a candle"),
        ({"exit": 101.0}, "1 of 4 orders (25.0%) filled at the tip of a candle's wick"),
    ],
)
def test_each_doubt_has_a_sentence(one, said):
    (found,) = warnings(trade(opened=5, closed=6, **HONEST), trade(**{**HONEST, **one}))
    assert found.startswith(said)


def test_losses_at_once_are_no_advantage():
    assert warnings(trade(closed=0, profit=-1.0, **HONEST)) == []


def test_gaps_and_late_listings_are_told():
    of_pair = series([100] * 10)
    object.__setattr__(of_pair, "rows", rows([100, 107, *[107] * 8], first=2 * STEP))
    found = warnings(trade(opened=2, closed=4, **HONEST), of_pair=of_pair)
    assert found[0] == (
        "1 of 1 trades (100.0%) were entered in the last candle before a gap in their favour, or before "
        "candles that are missing"
    )
    assert found[1].startswith("1 of 1 pairs (100.0%) have no candles at the start (A/USDT 1970-01-01)")


def test_trading_for_nothing_is_told():
    assert warnings(trade(fee=0.0, **HONEST)) == [
        "No fees were charged: state the exchange's with --fee, e.g. 0.001"
    ]


def test_pairs_without_candles_are_left_out():
    assert warnings_about(outcome(trade(**HONEST)), {}) == []


def test_exits_beyond_the_volume_cap_are_told():
    made = outcome(trade(**HONEST))
    made.realism, made.counters.exits_beyond_volume = Realism(volume_cap=0.05), 1
    assert warnings_about(made, {}) == [
        "1 of 1 exits (100.0%) took more than 5 % of their candle's volume, and were filled all the same"
    ]
