from typing import Any

import pytest

from appliance.config.renamed import modernise
from appliance.config.sources import Gathered


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


def test_an_old_name_beside_its_successor_is_refused() -> None:
    _, problems, _ = moved({"forcebuy_enable": True, "force_entry_enable": False})
    assert "expected only force_entry_enable" in problems[0]


def test_old_words_for_entries_are_refused_where_there_are_shorts() -> None:
    _, problems, _ = moved(
        {"trading_mode": "futures", "order_types": {"buy": "limit"}, "bid_strategy": {"price_side": "bid"}}
    )
    assert len(problems) == 2


def test_other_old_names_are_moved_and_told() -> None:
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


def test_wrong_sections_are_left_to_the_later_checks() -> None:
    odd = {"order_types": "limit", "bid_strategy": 5, "exchange": None, "forcebuy_enable": 1}
    values, problems, _ = moved(dict(odd))
    assert problems == []
    assert values["order_types"] == "limit"
