import msgspec
import pytest

from appliance.domain.enums import ExitType
from appliance.rules.exits import (
    REASON_LENGTH,
    ExitFacts,
    ExitPolicy,
    Held,
    asks_custom_exit,
    exit_reasons,
    why_held,
)

POLICY = ExitPolicy(minimal_roi={0: 0.04, 60: 0.01})


def facts(**changes) -> ExitFacts:
    values = {
        "profit": 0.0,
        "best_profit": 0.0,
        "minutes_open": 5,
        "stop": None,
        "entry_signal": False,
        "exit_signal": False,
    }
    return ExitFacts(**values | changes)


def kinds(found) -> list[ExitType]:
    return [reason.kind for reason in found]


def test_without_a_reason_a_trade_stays():
    assert exit_reasons(facts(), POLICY) == []


def test_the_signal_comes_first_then_stop_then_roi_then_trailing():
    everything = facts(exit_signal=True, best_profit=0.05, profit=0.05)
    by_stop = msgspec.structs.replace(everything, stop=ExitType.STOP_LOSS)
    by_trail = msgspec.structs.replace(everything, stop=ExitType.TRAILING_STOP_LOSS)
    assert kinds(exit_reasons(by_stop, POLICY)) == [ExitType.EXIT_SIGNAL, ExitType.STOP_LOSS, ExitType.ROI]
    assert kinds(exit_reasons(by_trail, POLICY)) == [
        ExitType.EXIT_SIGNAL,
        ExitType.ROI,
        ExitType.TRAILING_STOP_LOSS,
    ]


def test_an_exit_signal_beside_an_entry_signal_does_not_count():
    assert exit_reasons(facts(exit_signal=True, entry_signal=True), POLICY) == []


def test_the_exit_tag_is_the_reason():
    assert exit_reasons(facts(exit_signal=True, exit_tag="rsi high"), POLICY)[0].text == "rsi high"
    assert exit_reasons(facts(exit_signal=True), POLICY)[0].text == "exit_signal"


def test_signals_are_ignored_at_a_loss_if_profit_only():
    policy = msgspec.structs.replace(POLICY, profit_only=True, profit_offset=0.01)
    assert exit_reasons(facts(exit_signal=True, profit=0.01), policy) == []
    assert kinds(exit_reasons(facts(exit_signal=True, profit=0.011), policy)) == [ExitType.EXIT_SIGNAL]


def test_a_custom_exit_gives_its_reason_cut_to_what_the_database_keeps():
    assert exit_reasons(facts(custom_exit=True), POLICY)[0].text == "custom_exit"
    assert exit_reasons(facts(custom_exit="x" * 300), POLICY)[0].text == "x" * REASON_LENGTH


def test_signals_and_custom_exits_can_be_off():
    policy = msgspec.structs.replace(POLICY, use_exit_signal=False)
    assert exit_reasons(facts(exit_signal=True, custom_exit="now"), policy) == []
    assert not asks_custom_exit(policy, entry_signal=False, exit_signal=False)


def test_the_strategy_is_asked_only_where_no_signal_decides():
    assert asks_custom_exit(POLICY, entry_signal=False, exit_signal=False)
    assert asks_custom_exit(POLICY, entry_signal=True, exit_signal=True)
    assert not asks_custom_exit(POLICY, entry_signal=False, exit_signal=True)


def test_roi_must_be_exceeded_not_only_met():
    assert exit_reasons(facts(best_profit=0.04), POLICY) == []
    assert kinds(exit_reasons(facts(best_profit=0.0401), POLICY)) == [ExitType.ROI]


def test_roi_waits_while_the_entry_signal_lasts_if_wanted():
    policy = msgspec.structs.replace(POLICY, ignore_roi_on_entry_signal=True)
    assert exit_reasons(facts(best_profit=0.1, entry_signal=True), policy) == []


# -- why a trade is held -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "settings", "held"),
    [
        ({}, {}, Held(0.02)),
        ({"custom_roi": 0.01}, {}, Held(0.01)),
        ({"roi_reached": False}, {}, Held(None)),
        ({"entry_signal": True}, {"ignore_roi_on_entry_signal": True}, Held(None)),
        (
            {"exit_signal": True},
            {"use_exit_signal": False},
            Held(0.02, "its exit signal is ignored (use_exit_signal is false)"),
        ),
        (
            {"exit_signal": True, "entry_signal": True},
            {},
            Held(0.02, "its exit signal is ignored beside an entry signal"),
        ),
        (
            {"exit_signal": True},
            {"profit_only": True, "profit_offset": 0.015},
            Held(0.02, "its exit signal is ignored until the profit passes 1.50% (exit_profit_only)"),
        ),
    ],
)
def test_what_was_checked_of_a_trade_that_stays(changes, settings, held):
    policy = ExitPolicy(minimal_roi={0: 0.02}, **settings)
    known = facts(**{"profit": 0.0, "best_profit": 0.005} | changes)
    assert exit_reasons(known, policy) == []
    assert why_held(known, policy) == held
