import math
from typing import Any

import msgspec
import pytest

from appliance.config.settings import Settings
from appliance.config.validation.consistency import (
    inconsistencies,
    inconsistencies_with_strategy,
    missing_for_start,
    missing_for_trading,
)

ORDER_TYPES = {"entry": "market", "exit": "market", "stoploss": "market", "stoploss_on_exchange": False}


def settings(**values: Any) -> Settings:
    return msgspec.convert(values, Settings)


def keys(faults: Any) -> list[str]:
    return [path for path, _ in faults]


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"fiat_display_currency": "usd"}, "fiat_display_currency"),
        ({"exchange": {"demo_trading": True}}, "exchange.demo_trading"),
        ({"exchange": {"use_public_trades": True}}, "orderflow"),
        ({"exchange": {"name": "simulated"}, "dry_run": False}, "dry_run"),
        ({"trading_mode": "futures"}, "margin_mode"),
        ({"pairlists": []}, "pairlists"),
        ({"pairlists": [{"number_assets": 5}]}, "pairlists[0].method"),
        ({"exchange": {"pair_whitelist": ["A/B", "C/D", "A/B"]}}, "exchange.pair_whitelist"),
        ({"edge": {"enabled": True}}, "edge.enabled"),
        (
            {"api_server": {"CORS_origins": ["http://localhost:3000", "https://ui.example.com/"]}},
            "api_server.CORS_origins[1]",
        ),
        ({"order_types": ORDER_TYPES, "exit_pricing": {"price_side": "other"}}, "entry_pricing.price_side"),
        ({"order_types": ORDER_TYPES, "entry_pricing": {"price_side": "ask"}}, "exit_pricing.price_side"),
        ({"trailing_stop": True, "trailing_stop_positive": 0}, "trailing_stop_positive"),
        (
            {"trailing_stop": True, "trailing_stop_positive": 0.02, "trailing_stop_positive_offset": 0.02},
            "trailing_stop_positive_offset",
        ),
    ],
)
def test_settings_that_do_not_fit_together(values: dict[str, Any], path: str) -> None:
    assert keys(inconsistencies(settings(**values))) == [path]


def test_what_the_strategy_may_still_say_is_no_fault_before_it_spoke() -> None:
    early = settings(trailing_stop=True, trailing_only_offset_is_reached=True)
    assert early.max_open_trades == math.inf
    assert keys(inconsistencies(early)) == []
    assert keys(inconsistencies_with_strategy(early)) == ["stake_amount", "trailing_stop_positive"]


def test_trailing_settings_do_not_matter_without_trailing() -> None:
    assert keys(inconsistencies(settings(trailing_stop=False, trailing_stop_positive=0))) == []


def test_exchange_pairs_and_strategy_are_required() -> None:
    assert keys(missing_for_start(Settings())) == ["exchange.name", "exchange.pair_whitelist", "strategy"]
    assert keys(missing_for_trading({})) == ["stake_currency", "stake_amount"]


def test_only_a_static_pair_list_needs_a_whitelist() -> None:
    dynamic = settings(exchange={"name": "binance"}, strategy="S", pairlists=[{"method": "VolumePairList"}])
    assert keys(missing_for_start(dynamic)) == []
