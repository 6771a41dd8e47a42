"""The terms of a backtest, in words."""

import math

import pytest

from appliance.config.settings import Settings
from appliance.domain.enums import MarginMode, TradingMode
from appliance.research.report.terms import facts_of, terms_of


def facts(**settings: object) -> dict[str, str]:
    given = {"timeframe": "5m", "stake_currency": "USDT", "stake_amount": 100.0, "max_open_trades": 5.0}
    return dict(terms_of(Settings(**(given | settings)), fee=0.001).facts)


def test_the_settings_of_a_test_are_stated():
    found = facts(stoploss=-0.1, minimal_roi={"60": 0.01, "0": 0.04})
    assert found == {
        "Market": "spot",
        "Time frame": "5m",
        "Stake": "100 USDT",
        "Open trades": "at most 5",
        "Fee": "0.1 %",
        "Stop loss": "−10 %",
        "Minimal ROI": "4 % from 0 min, 1 % from 60 min",
    }


@pytest.mark.parametrize(
    ("settings", "label", "text"),
    [
        ({"stake_amount": "unlimited"}, "Stake", "unlimited"),
        ({"max_open_trades": math.inf}, "Open trades", "no limit"),
        ({"max_open_trades": -1}, "Open trades", "no limit"),
        ({"trailing_stop": True}, "Trailing stop", "at the distance of the stop loss"),
        ({"trailing_stop": True, "trailing_stop_positive": 0.01}, "Trailing stop", "1 % behind"),
        (
            {"trailing_stop": True, "trailing_stop_positive": 0.01, "trailing_stop_positive_offset": 0.02},
            "Trailing stop",
            "1 % behind from 2 % on",
        ),
        (
            {"trading_mode": TradingMode.FUTURES, "margin_mode": MarginMode.ISOLATED},
            "Market",
            "futures isolated",
        ),
    ],
)
def test_each_fact(settings: dict[str, object], label: str, text: str):
    assert facts(**settings)[label] == text


def test_details_are_named_and_what_is_unknown_is_left_out():
    assert facts_of(timeframe="1h", detail_timeframe="5m") == (
        ("Time frame", "1h, details 5m"),
        ("Open trades", "no limit"),
    )


def test_odd_roi_tables_are_shown():
    assert dict(facts_of(timeframe="5m", roi={"0.5": 0.1, "0": 0.2}))["Minimal ROI"] == (
        "20 % from 0 min, 10 % from 0.5 min"
    )
