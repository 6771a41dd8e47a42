from typing import Any

import pytest

from appliance.config.sources.deprecated_keys import _REFUSED, _RENAMED, _RENAMED_IN_SPOT, modernise
from appliance.config.sources.files import Gathered, merged


def moved(values: dict[str, Any]) -> tuple[dict[str, Any], list[str], list[str]]:
    gathered = Gathered(values)
    problems = modernise(gathered)
    return gathered.values, problems, gathered.warnings


@pytest.mark.parametrize(
    "old", ["ticker_interval", "experimental.use_sell_signal", "ask_strategy.sell_profit_only"]
)
def test_some_old_names_are_refused_with_their_successor(old: str) -> None:
    section, _, key = old.rpartition(".")
    _, problems, _ = moved({section: {key: True}} if section else {key: "5m"})
    assert len(problems) == 1
    assert f"{old}: no longer a setting; expected " in problems[0]


def _nested(name: str, value: Any) -> dict[str, Any]:
    for key in reversed(name.split(".")):
        value = {key: value}
    return value


@pytest.mark.parametrize("trading_mode", ["spot", "futures"])
@pytest.mark.parametrize(("old", "new"), sorted({**_RENAMED, **_RENAMED_IN_SPOT, **_REFUSED}.items()))
def test_if_both_names_are_set_the_new_one_is_used(old: str, new: str, trading_mode: str) -> None:
    both = merged(_nested(old, "old"), _nested(new, "new"))
    values, problems, warnings = moved({**both, "trading_mode": trading_mode})
    assert problems == []
    assert [new.split(".")[0] in warning and "is used" in warning for warning in warnings] == [True]
    assert "old" not in str(values)
    assert _nested(new, "new").items() <= values.items()


def test_an_old_section_beside_the_new_one_is_left_whole() -> None:
    values, problems, warnings = moved(
        {
            "bid_strategy": {"price_side": "bid", "use_order_book": False},
            "entry_pricing": {"price_side": "other"},
            "ask_strategy": {"price_side": "ask", "ignore_buying_expired_candle_after": 5},
            "exit_pricing": {"price_side": "same"},
        }
    )
    assert problems == []
    assert values == {
        "entry_pricing": {"price_side": "other"},
        "exit_pricing": {"price_side": "same"},
        "ignore_buying_expired_candle_after": 5,
    }
    assert sum("is used" in warning for warning in warnings) == 2


def test_two_spellings_with_different_secrets_are_reported_without_them() -> None:
    values, problems, warnings = moved({"exchange": {"key": "hunter1", "api_key": "hunter2"}})
    assert (values, problems) == ({"exchange": {"key": "hunter2"}}, [])
    (warning,) = warnings
    assert "exchange.api_key is used" in warning
    assert "hunter" not in warning
    same = moved({"exchange": {"key": "", "apiKey": "hunter2", "api_key": "hunter2"}})
    assert same == ({"exchange": {"key": "hunter2"}}, [], [])


def test_old_words_for_entries_are_refused_where_there_are_shorts() -> None:
    _, problems, _ = moved(
        {"trading_mode": "futures", "order_types": {"buy": "limit"}, "bid_strategy": {"price_side": "bid"}}
    )
    assert len(problems) == 2


def test_other_old_names_are_moved_and_reported() -> None:
    values, problems, warnings = moved(
        {
            "forcebuy_enable": True,
            "order_types": {"buy": "limit", "emergencysell": "market"},
            "bid_strategy": {"ask_last_balance": 0.5, "price_side": "bid"},
            "ask_strategy": {"ignore_buying_expired_candle_after": 5},
            "webhook": {"webhookbuyfill": {}},
        }
    )
    assert problems == []
    assert values == {
        "force_entry_enable": True,
        "order_types": {"entry": "limit", "emergency_exit": "market"},
        "entry_pricing": {"price_last_balance": 0.5, "price_side": "bid"},
        "ignore_buying_expired_candle_after": 5,
        "webhook": {"webhookentryfill": {}},
    }
    assert len(warnings) == 7


def test_two_spellings_of_a_key_are_one() -> None:
    values, problems, warnings = moved({"exchange": {"api_key": "k", "key": None, "wallet_address": "w"}})
    assert (values, problems, warnings) == ({"exchange": {"key": "k", "walletAddress": "w"}}, [], [])


def test_a_range_of_the_order_book_must_be_one_level() -> None:
    values, problems, _ = moved({"exit_pricing": {"order_book_min": 2, "order_book_max": 2}})
    assert (values, problems) == ({"exit_pricing": {"order_book_top": 2}}, [])
    _, problems, _ = moved({"exit_pricing": {"order_book_min": 1, "order_book_max": 2}})
    assert "order_book_top" in problems[0]
    unused = {"use_order_book": False, "order_book_min": 1, "order_book_max": 2}
    assert moved({"exit_pricing": unused}) == ({"exit_pricing": {"use_order_book": False}}, [], [])


def test_wrong_sections_are_left_to_the_later_checks() -> None:
    odd = {"order_types": "limit", "bid_strategy": 5, "exchange": None, "forcebuy_enable": 1}
    values, problems, _ = moved(dict(odd))
    assert problems == []
    assert values["order_types"] == "limit"
