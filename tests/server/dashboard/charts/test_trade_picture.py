"""What the chart of a trade draws: its stop and target over time."""

from datetime import timedelta

import pytest

from appliance.domain.trade import Trade
from appliance.server.dashboard.charts.trade_picture import stops_over_time, targets_over_time
from tests.server.dashboard.demo_bot import DemoBot
from tests.server.dashboard.pages.test_trade_story import moved


@pytest.fixture
def trade(bot: DemoBot) -> Trade:
    return bot.open("BTC/USDT", 100.0, initial_stop_loss=90.0)


def seconds(trade: Trade, minutes: float = 0) -> int:
    return int((trade.open_date + timedelta(minutes=minutes)).timestamp())


def test_a_stop_that_never_moved_is_one_line(trade: Trade, bot: DemoBot) -> None:
    [only] = stops_over_time(trade, [], bot.now())
    assert (only.at, only.rate) == (seconds(trade), 90.0)


def test_moves_that_are_remembered_are_steps(trade: Trade, bot: DemoBot) -> None:
    trade.stop_loss = 93.0
    steps = [moved(trade, 1, 90.0, 91.5), moved(trade, 4, 91.5, 93.0)]
    found = stops_over_time(trade, steps, bot.now())
    assert [(one.at, one.rate) for one in found] == [
        (seconds(trade), 90.0),
        (seconds(trade, 1), 91.5),
        (seconds(trade, 4), 93.0),
    ]


def test_of_moves_before_a_restart_only_the_result_is_known(trade: Trade, bot: DemoBot) -> None:
    trade.stop_loss = 95.0
    now = bot.now()
    found = stops_over_time(trade, [], now)
    assert [(one.at, one.rate) for one in found] == [(seconds(trade), 90.0), (int(now.timestamp()), 95.0)]
    later = stops_over_time(trade, [moved(trade, 9, 94.0, 95.0)], now)
    assert [one.rate for one in later] == [90.0, 94.0, 95.0]


def test_a_trade_without_a_stop_has_no_line(trade: Trade, bot: DemoBot) -> None:
    trade.stop_loss = trade.initial_stop_loss = 0.0
    assert stops_over_time(trade, [], bot.now()) == []


def test_the_target_falls_with_age(trade: Trade, bot: DemoBot) -> None:
    roi = {0: 0.1, 10: 0.05, 60: 0.01}
    found = targets_over_time(trade, roi, bot.now())  # 17 minutes old
    assert [one.at for one in found] == [seconds(trade), seconds(trade, 10)]
    assert found[0].rate == pytest.approx(110.3, abs=0.1)
    assert targets_over_time(trade, {0: 100.0}, bot.now()) == []
    assert targets_over_time(trade, {}, bot.now()) == []
