"""Callbacks are called with copies, and what they get wrong is answered by what is safe."""

import logging

import msgspec
import pytest

from appliance.domain.errors import StrategyError
from appliance.strategy.failures import Failure, FailureLog
from appliance.strategy.safe_call import call, safe_call
from tests.strategy.answers import NOW, trade

ASKED = {"current_time": NOW, "current_rate": 103.0, "current_profit": 0.03}


def test_a_callback_that_fails_gives_the_default_and_is_reported_once(load, write, caplog):
    path = write(attributes="def custom_exit(self, pair, trade, **kwargs): return trade.no_such_thing")
    strategy = load("Mine", path.parent)
    for _ in range(3):
        assert safe_call(strategy, "custom_exit", None, pair="BTC/USDT", trade=trade(), **ASKED) is None
    assert len(caplog.records) == 1
    told = caplog.records[0].message
    assert "Mine.custom_exit for BTC/USDT failed at" in told
    assert "mine.py:10: AttributeError" in told


def test_a_signature_that_does_not_fit_is_such_an_error(load, write, caplog):
    path = write(attributes="def confirm_trade_entry(self, pair): return False")
    asked = {"order_type": "limit", "amount": 1.0, "rate": 1.0, "current_time": NOW}
    assert safe_call(load("Mine", path.parent), "confirm_trade_entry", True, pair="A/B", **asked) is True
    assert "mine.py:10: TypeError" in caplog.text


def test_the_error_can_be_raised_instead(load, write):
    path = write(attributes="def bot_start(self, **kwargs): raise ValueError('no network')")
    with pytest.raises(
        StrategyError, match=r"Mine\.bot_start failed at .*mine\.py:10: ValueError: no network"
    ):
        load("Mine", path.parent)


def test_a_callback_cannot_change_the_trade_but_its_custom_data(load):
    opened = trade()
    strategy = load("ClockSignals")
    assert safe_call(strategy, "custom_exit", None, pair="BTC/USDT", trade=opened, **ASKED) == "enough"
    assert safe_call(strategy, "custom_exit", None, pair="BTC/USDT", trade=opened, **ASKED) == "enough"
    assert opened.stake_amount == 100.0
    assert opened.get_custom_data("seen") == 2
    assert "seen" in opened.changed_custom_data


def test_where_the_author_wrote_nothing_the_answer_changes_nothing(load, write):
    strategy = load("Mine", write().parent)
    opened, at = trade(), {"pair": "BTC/USDT", "current_time": NOW}
    order = opened.orders[0]
    rated = {"proposed_rate": 100.0, "entry_tag": None, "side": "long"}
    price = {"current_order_rate": 99.0, **rated}
    assert call(strategy, "custom_exit", trade=opened, current_rate=1, current_profit=0, **at) is None
    assert call(strategy, "custom_entry_price", trade=None, **rated, **at) == 100.0
    assert (
        call(strategy, "adjust_order_price", trade=opened, order=order, is_entry=True, **price, **at) == 99.0
    )
    assert (
        call(strategy, "adjust_order_price", trade=opened, order=order, is_entry=False, **price, **at) == 99.0
    )
    assert call(strategy, "check_entry_timeout", trade=opened, order=order, **at) is False
    leverage = {
        "current_rate": 1,
        "proposed_leverage": 3,
        "max_leverage": 9,
        "entry_tag": None,
        "side": "long",
    }
    assert call(strategy, "leverage", **leverage, **at) == 1.0
    stoploss = {"current_rate": 1, "current_profit": 0, "after_fill": False}
    assert call(strategy, "custom_stoploss", trade=opened, **stoploss, **at) == -0.1
    assert call(strategy, "bot_loop_start", current_time=NOW) is None


def test_version_2_callbacks_answer_for_those_of_version_3(load):
    strategy = load("OldStyle")
    opened, at = trade(), {"pair": "BTC/USDT", "current_time": NOW}
    assert call(strategy, "custom_exit", trade=opened, current_rate=1, current_profit=0.6, **at) == "sold"
    assert call(strategy, "check_entry_timeout", trade=opened, order=opened.orders[0], **at) is True


CHANGING = """
    def {name}(self, trade, order=None, **kwargs):
        trade.stake_amount = trade.stop_loss = 1.0
        trade.enter_tag = "changed"
        trade.orders[0].filled = 0.0
        trade.orders.clear()
        return {answer}
"""
RATES = {"proposed_rate": 100.0, "current_order_rate": 99.0, "entry_tag": None, "side": "long"}


@pytest.mark.parametrize(
    ("overridden", "callback", "answer", "asked"),
    [
        ("custom_sell", "custom_exit", "'sold'", {"current_rate": 1.0, "current_profit": 0.0}),
        ("check_buy_timeout", "check_entry_timeout", "True", {}),
        ("check_sell_timeout", "check_exit_timeout", "True", {}),
        ("adjust_entry_price", "adjust_order_price", "98.0", {**RATES, "is_entry": True}),
        ("adjust_exit_price", "adjust_order_price", "98.0", {**RATES, "is_entry": False}),
    ],
)
def test_callbacks_behind_another_one_get_a_copy_too(load, write, overridden, callback, answer, asked):
    """The callback that is asked is not the author's: it is what it calls that changes the trade."""
    path = write(attributes=CHANGING.format(name=overridden, answer=answer).strip())
    opened = trade()
    before = msgspec.to_builtins(opened)
    if "timeout" in callback or "adjust" in callback:
        asked = {**asked, "order": opened.orders[0]}
    found = safe_call(
        load("Mine", path.parent), callback, None, pair="A/B", trade=opened, current_time=NOW, **asked
    )
    assert found in ("sold", True, 98.0)
    assert msgspec.to_builtins(opened) == before


def test_position_adjustment_is_asked_without_the_pair_s_name(load, write):
    path = write(
        attributes="def adjust_trade_position(self, trade, current_time, **kwargs): return sorted(kwargs)"
    )
    asked = {"current_rate": 1.0, "min_stake": 5.0}
    strategy = load("Mine", path.parent)
    answer = safe_call(
        strategy, "adjust_trade_position", None, pair="A/B", trade=trade(), current_time=NOW, **asked
    )
    assert answer == ["current_rate", "min_stake"]


def test_a_failure_that_continues_is_reported_again_after_an_hour(caplog):
    clock = [0.0]
    failures = FailureLog(clock=lambda: clock[0])
    failure = Failure("Mine", "custom_exit", "BTC/USDT", "mine.py:1", "ValueError: no")
    with caplog.at_level(logging.ERROR):
        for now in (0.0, 10.0, 3599.0, 3601.0):
            clock[0] = now
            failures.record(failure, ValueError("no"))
    assert [record.message for record in caplog.records] == [str(failure)] * 2
