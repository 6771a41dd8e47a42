"""What a strategy keeps beside a trade."""

import pytest

from tests.support.trades import new_trade


def test_invalid_json_is_reported_and_not_cached(caplog):
    trade = new_trade()
    trade.set_custom_data("level", 1)
    trade.set_custom_data("level", object())
    assert trade.get_custom_data("level") == 1
    assert "level" in caplog.text


def test_a_value_that_is_not_there_has_a_default():
    trade = new_trade()
    assert trade.get_custom_data("none") is None
    assert trade.get_custom_data("none", 7) == 7
    assert trade.get_custom_data_entry("none") is None
    trade.delete_custom_data("none")
    assert trade.changed_custom_data == set()


def test_the_case_of_a_name_does_not_matter():
    trade = new_trade()
    trade.set_custom_data("Level", 3)
    trade.set_custom_data("LEVEL", 4)
    assert trade.get_custom_data("level") == 4
    assert (trade.get_custom_data_keys(), trade.changed_custom_data) == (["Level"], {"Level"})


@pytest.mark.parametrize(
    ("value", "kept", "text"),
    [
        (True, True, "True"),
        (2.5, 2.5, "2.5"),
        ((1, 2), [1, 2], "[1, 2]"),
        ({1: "a"}, {"1": "a"}, '{"1": "a"}'),
    ],
)
def test_values_are_what_the_database_will_give_back(value, kept, text):
    trade = new_trade(id=9)
    trade.set_custom_data("key", value)
    (entry,) = trade.get_all_custom_data()
    assert entry == trade.get_custom_data_entry("KEY")
    assert (entry.ft_trade_id, entry.cd_key, entry.value, entry.cd_value) == (9, "key", kept, text)


def test_changing_what_was_handed_in_changes_nothing_that_is_kept():
    trade, ladder = new_trade(), [1]
    trade.set_custom_data("ladder", ladder)
    ladder.append(2)
    assert trade.get_custom_data("ladder") == [1]


def test_values_can_be_dropped_one_by_one_or_all_at_once():
    trade = new_trade()
    for key in ("a", "b", "c"):
        trade.set_custom_data(key, 1)
    trade.changed_custom_data.clear()
    trade.delete_custom_data("B")
    assert (trade.get_custom_data_keys(), trade.changed_custom_data) == (["a", "c"], {"b"})
    trade.delete_custom_data()
    assert (trade.custom_data, trade.changed_custom_data) == ({}, {"a", "b", "c"})
    assert new_trade().custom_data == {}, "trades share nothing"
