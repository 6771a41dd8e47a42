"""Why an order filled at another rate."""

import pytest

from appliance.research.replay.fills import price_reason
from tests.research.replay.made import Told, at, scene, trade


def of_entry(live, rate=100.0, **changes):
    return price_reason(live, rate, scene([live], [], **changes), about="entry")


def test_the_same_rate_needs_no_reason():
    assert of_entry(trade(10)) is None
    assert of_entry(trade(10, rate=100.0 * (1 + 1e-12))) is None


@pytest.mark.parametrize(
    ("rate", "kind", "cause"),
    [
        (100.5, "limit", "price"),
        (99.5, "limit", "price"),
        (100.5, "market", "slippage"),
        (99.5, "market", "price"),
        (110.0, "limit", "candles"),
        (90.0, "limit", "candles"),
        (110.0, "market", "slippage"),
    ],
)
def test_the_cause_follows_from_the_order_and_its_candle(rate, kind, cause):
    reason = of_entry(trade(10, rate=rate, order={"order_type": kind}))
    assert reason.cause == cause
    assert f"bought at {rate:.8g} instead of 100" in reason.text
    assert "its candle: 97 to 103" in reason.evidence


def test_an_order_that_waited_says_so():
    live = trade(10, rate=99.0, order={"order_filled_date": at(14)})
    assert "filled 2026-01-05 12:14:00, after 0:04:00" in of_entry(live).evidence


def test_for_a_short_a_lower_entry_is_the_worse_one():
    live = trade(10, rate=99.0, is_short=True, order={"order_type": "market"})
    reason = of_entry(live)
    assert (reason.cause, reason.text.partition(" (")[0]) == ("slippage", "sold at 99 instead of 100")


def test_an_exit_by_minimal_roi_says_how_a_backtest_sells():
    live = trade(10, 30, exit_rate=101.5, reason="roi")
    reason = price_reason(live, 101.0, scene([live], [], evidence=Told()), about="exit")
    assert (reason.cause, reason.about) == ("price", "exit")
    assert "at the very rate of the minimal ROI" in reason.text
