"""Settings that a result states."""

import pytest

from appliance.domain.enums import MarginMode, TradingMode
from appliance.research.results.statistics.settings_shown import settings_shown, stake_decimals

LEAST = {"max_open_trades": float("inf"), "timeframe": "5m", "minimal_roi": {0: 0.1}}


@pytest.mark.parametrize(("currency", "decimals"), [("BTC", 8), ("ETH", 5), ("USDT", 3)])
def test_currencies_have_decimals(currency, decimals):
    assert stake_decimals(currency) == decimals


def test_what_is_missing_has_its_default():
    shown = settings_shown(LEAST, "Mine", 7)
    assert (shown["max_open_trades"], shown["max_open_trades_setting"]) == (7, -1)
    assert shown["minimal_roi"] == {"0": 0.1}
    assert (shown["timerange"], shown["timeframe_detail"], shown["freqaimodel"]) == ("", "", None)
    assert (shown["trading_mode"], shown["margin_mode"]) == ("spot", "")


def test_modes_are_texts_in_json():
    config = {**LEAST, "trading_mode": TradingMode.FUTURES, "margin_mode": MarginMode.ISOLATED}
    shown = settings_shown(config, "Mine", 7)
    assert (shown["trading_mode"], shown["margin_mode"]) == ("futures", "isolated")


def test_more_slots_than_pairs_are_no_use():
    shown = settings_shown({**LEAST, "max_open_trades": 9}, "Mine", 7)
    assert (shown["max_open_trades"], shown["max_open_trades_setting"]) == (7, 9)
