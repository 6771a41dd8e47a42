from typing import Any

import pytest

from appliance.config.settings import Settings
from appliance.config.sources.files import Gathered, gather_files
from appliance.config.validation.values import validate


def fault(values: dict[str, Any]) -> str:
    """The only problem of these values, without the place."""
    result = validate(Gathered(values))
    assert result.settings is None
    (line,) = result.problems
    return line.removeprefix("configuration: ")


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"max_open_trades": "3"}, 'max_open_trades: expected a number of -1 or more, found "3"'),
        ({"dry_run": 1}, "dry_run: expected true or false, found 1"),
        ({"stoploss": 0.1}, "stoploss: expected a number below 0, found 0.1"),
        ({"fee": True}, "fee: expected a number from 0 to 0.1, found true"),
        ({"dry_run_wallet": float("inf")}, "dry_run_wallet: expected a number or an object, found Infinity"),
        ({"fee": float("nan")}, "fee: expected a number from 0 to 0.1, found NaN"),
        ({"timeframe": "5x"}, 'timeframe: expected a text such as "5m", found "5x"'),
        ({"exchange": []}, "exchange: expected an object, found a list"),
        ({"internals": None}, "internals: expected an object, found nothing"),
        ({"dry_run_wallet": {"BTC": "x"}}, 'dry_run_wallet.BTC: expected a number, found "x"'),
        (
            {"minimal_roi": {"now": 0.1}},
            'minimal_roi: expected keys that are a text such as "30", found "now"',
        ),
        (
            {"exchange": {"pair_whitelist": "A/B"}},
            'exchange.pair_whitelist: expected a list, each a text, found "A/B"',
        ),
        (
            {"exchange": {"pair_whitelist": ["A/B", 7]}},
            "exchange.pair_whitelist[1]: expected a text, found 7",
        ),
        ({"pairlists": [[]]}, "pairlists[0]: expected an object, found a list"),
        (
            {"stake_amount": "unlimted"},
            'stake_amount: expected a number above 0 or "unlimited", found "unlimted"; '
            'did you mean "unlimited"?',
        ),
        (
            {"trading_mode": "future"},
            'trading_mode: expected one of "spot", "margin", "futures", found "future"; '
            'did you mean "futures"?',
        ),
        (
            {"entry_pricing": {"check_depth_of_market": {"enabled": "yes"}}},
            'entry_pricing.check_depth_of_market.enabled: expected true or false, found "yes"',
        ),
        ({"order_time_in_force": {"entry": "GTC"}}, None),
    ],
)
def test_a_wrong_value_is_reported_with_the_expected_one(values: dict[str, Any], line: str | None) -> None:
    text = fault(values)
    assert text == line if line else "order_time_in_force.exit" in text


@pytest.mark.parametrize("value", [12345, ["hunter2"], {"a": "hunter2"}])
def test_a_secret_of_the_wrong_type_is_not_shown(value: object) -> None:
    text = fault({"api_server": {"password": value}})
    assert "hunter2" not in text
    assert "12345" not in text
    assert "not shown" in text


def test_all_wrong_values_are_reported_at_once_each_with_its_place(write: Any) -> None:
    write('{\n "fee": "x",\n "exchange": {"name": 5,\n "pair_whitelist": [1]}}', "a.json")
    assert [line.partition(" ")[0] for line in validate(gather_files(["a.json"])).problems] == [
        "a.json:2:2:",
        "a.json:3:15:",
        "a.json:4:21:",
    ]


def test_a_mapping_that_replaces_the_strategys_must_be_whole() -> None:
    result = validate(Gathered({"order_types": {"entry": "limit", "exit": "limit"}}))
    assert [line.split(": ")[1] for line in result.problems] == [
        "order_types.stoploss",
        "order_types.stoploss_on_exchange",
    ]


@pytest.mark.parametrize(
    ("values", "meant"),
    [
        ({"max_open_trade": 3}, "max_open_trades"),
        ({"exchange": {"pair_white_list": []}}, "exchange.pair_whitelist"),
        ({"listen_port": 8080}, "api_server.listen_port"),
        ({"my_own_number": 1}, None),
    ],
)
def test_an_unknown_key_is_a_warning_with_the_nearest_known_one(
    values: dict[str, Any], meant: str | None
) -> None:
    result = validate(Gathered(values))
    assert result.settings is not None
    (warning,) = result.warnings
    assert "unknown key" in warning
    assert warning.endswith(f"did you mean {meant}?") if meant else "did you mean" not in warning


def test_keys_for_other_commands_and_notes_are_no_typing_errors() -> None:
    result = validate(Gathered({"$schema": "x", "_note": "y", "timerange": "2024-", "add_config_files": []}))
    assert result.warnings == []


def test_nothing_configured_is_all_defaults() -> None:
    assert validate(Gathered()).settings == Settings()


def test_whole_numbers_do_for_numbers() -> None:
    settings = validate(
        Gathered({"stake_amount": 10, "max_open_trades": -1, "minimal_roi": {"0": 1}})
    ).settings
    assert settings is not None
    assert (settings.stake_amount, settings.max_open_trades, settings.minimal_roi) == (10.0, -1.0, {"0": 1.0})
