"""Trades by what they have in common."""

import pytest

from appliance.research.report.groups import group, groups
from tests.research.report.made import trade


def test_groups_are_listed_by_profit():
    trades = [
        trade((0, "entry", 1.0, 100.0), (2, "exit", 1.0, 110.0), enter_tag="up"),
        trade((0, "entry", 1.0, 100.0), (4, "exit", 1.0, 90.0), enter_tag="down"),
        trade((0, "entry", 1.0, 100.0), (6, "exit", 1.0, 95.0), enter_tag="up"),
    ]
    up, down = groups(trades, lambda one: one.enter_tag or "")
    assert (up.name, up.count, up.won, up.lost, up.drawn) == ("up", 2, 1, 1, 0)
    assert (down.name, down.count, down.won) == ("down", 1, 0)
    assert up.duration == 4 * 300
    assert up.profit == pytest.approx(sum(one.close_profit_abs for one in (trades[0], trades[2])))
    assert (up.best_ratio, up.worst_ratio) == (trades[0].close_profit, trades[2].close_profit)
    assert up.mean_ratio == pytest.approx((up.best_ratio + up.worst_ratio) / 2)
    assert up.win_rate == 0.5


def test_a_trade_that_made_nothing_is_even():
    even = trade((0, "entry", 1.0, 100.0), (2, "exit", 1.0, 100.0))
    even.close_profit = even.close_profit_abs = 0.0
    assert (group("all", [even]).won, group("all", [even]).drawn, group("all", [even]).lost) == (0, 1, 0)


def test_without_trades_there_are_no_groups():
    assert groups([], lambda one: one.pair) == []
