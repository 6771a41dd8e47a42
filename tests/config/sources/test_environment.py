from typing import Any

import pytest

from appliance.config.sources.environment import gather_environment


def values(**variables: str) -> dict[str, Any]:
    return gather_environment(variables).values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("0.5", 0.5),
        ("1e-3", 0.001),
        ("true", True),
        ("T", True),
        ("False", False),
        ("unlimited", "unlimited"),
        ('["a", "b"]', ["a", "b"]),
        ('{"BTC": 1}', {"BTC": 1}),
        ("[broken", "[broken"),
        ("nan", "nan"),
        ("inf", "inf"),
        ("", ""),
    ],
)
def test_values_take_the_type_that_they_look_like(text: str, value: object) -> None:
    assert values(FREQTRADE__DRY_RUN_WALLET=text) == {"dry_run_wallet": value}


@pytest.mark.parametrize(
    "name", ["API_SERVER__PASSWORD", "EXCHANGE__KEY", "EXCHANGE__API_KEY", "TELEGRAM__CHAT_ID"]
)
def test_what_is_a_text_stays_one(name: str) -> None:
    section, key = name.lower().split("__")
    assert gather_environment({f"FREQTRADE__{name}": "123456"}).values == {section: {key: "123456"}}


def test_a_token_is_a_text_or_a_list() -> None:
    assert values(FREQTRADE__API_SERVER__WS_TOKEN="12") == {"api_server": {"ws_token": "12"}}
    assert values(FREQTRADE__API_SERVER__WS_TOKEN='["12"]') == {"api_server": {"ws_token": ["12"]}}


def test_known_keys_get_their_capitals_back() -> None:
    assert values(FREQTRADE__API_SERVER__CORS_ORIGINS='["x"]') == {"api_server": {"CORS_origins": ["x"]}}


def test_the_last_key_for_ccxt_keeps_its_letters() -> None:
    assert values(FREQTRADE__EXCHANGE__CCXT_CONFIG__httpsProxy="http://p") == {
        "exchange": {"ccxt_config": {"httpsProxy": "http://p"}}
    }


def test_our_own_prefix_is_stronger_and_named_in_errors() -> None:
    gathered = gather_environment({"APPLIANCE__FEE": "0.2", "FREQTRADE__FEE": "0.1", "OTHER__FEE": "0.3"})
    assert gathered.values == {"fee": 0.2}
    assert gathered.place(("fee",)) == "environment APPLIANCE__FEE"


def test_a_name_without_a_key_is_no_setting() -> None:
    assert values(FREQTRADE__="1", FREQTRADE__EXCHANGE__="1") == {}
