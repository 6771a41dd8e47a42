"""Why the backtest did not enter where the bot did: a planted cause each."""

import pytest

from appliance.research.backtest.outcome import RejectedSignal
from appliance.research.replay.only_live import why_not_tested
from tests.research.replay.made import BTC, ETH, SOL, Told, at, line, lock, scene, trade

FORCED = line(10, 'POST /forceenter {"pair":"BTC/USDT"}')
NO_SIGNAL = Told(tested=False, live=False)


def first(live, tested=(), **changes):
    return why_not_tested(live, scene([live], list(tested), **changes))[0]


@pytest.mark.parametrize(
    ("cause", "changes", "evidence"),
    [
        ("manual", {"audit": [FORCED]}, "12:10:00: POST /forceenter"),
        ("whitelist", {"pairs": [ETH]}, ""),
        ("lock", {"tested_locks": [lock(0, 15)]}, "by hand"),
        ("slot", {"rejected": [RejectedSignal(BTC, at(10), None)]}, "taken by"),
        ("wallet", {"start_balance": 50.0}, "0 trades were open"),
        ("signal", {"evidence": Told(tested=False)}, "signal of the candle before"),
        ("candles", {"evidence": NO_SIGNAL}, "however many candles"),
        ("strategy", {"evidence": NO_SIGNAL, "changed": "another file"}, "another file"),
        ("unknown", {}, ""),
    ],
)
def test_what_is_known_explains_it(cause, changes, evidence):
    reason = first(trade(10), **changes)
    assert reason.cause == cause
    assert evidence in reason.evidence


def test_a_forced_entry_is_known_by_its_tag():
    assert first(trade(10, enter_tag="force_entry")).cause == "manual"


def test_a_command_for_another_pair_explains_nothing():
    other = line(10, 'POST /forceenter {"pair":"ETH/USDT"}')
    assert first(trade(10), audit=[other]).cause == "unknown"


def test_a_pair_that_the_backtest_held_already():
    reason = first(trade(10), [trade(5, 30, reason="roi")])
    assert (reason.cause, reason.text) == (
        "held",
        "the backtest had BTC/USDT already, since 2026-01-05 12:05",
    )
    assert "roi at 2026-01-05 12:30" in reason.evidence


def test_a_backtest_keeps_a_pair_until_the_candle_of_its_exit_ends():
    assert first(trade(11), [trade(5, 10)]).cause == "held"
    assert first(trade(16), [trade(5, 10)]).cause == "unknown"


def test_a_slot_that_became_free_within_a_candle():
    rejected = [RejectedSignal(BTC, at(10), None)]
    reason = first(trade(12), [trade(5, 10, pair=ETH), trade(5, 40, pair=SOL)], rejected=rejected)
    assert reason.cause == "inside candle"
    assert reason.evidence == "slots taken in the backtest: ETH/USDT, SOL/USDT"


def test_what_lies_beyond_the_last_candle_is_not_compared():
    assert first(trade(120, 130)).cause == "end"
