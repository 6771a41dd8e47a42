"""The page of one trade."""

from datetime import timedelta

from appliance.server.dashboard.pages.trade import happenings
from tests.server.dashboard.demo_bot import DemoBot


def test_a_trade_is_told_in_the_order_of_time(bot: DemoBot) -> None:
    trade = bot.open("BTC/USDT", 100.0)
    [entry] = trade.orders
    entry.order_filled_date = entry.order_date + timedelta(seconds=3)
    entry.ft_order_tag = "dip"
    trade.close_date = entry.order_date + timedelta(hours=2)
    trade.close_profit_abs, trade.exit_reason = -2.5, "stop_loss"
    assert [event.text for event in happenings(trade)] == [
        "Order placed: buy of 1 BTC at 100.000 (dip)",
        "Order filled: buy of 1 BTC at 100.000 (dip)",
        "Closed by stop_loss: −2.50 USDT",
    ]


def test_an_order_that_ended_unfilled_says_why(bot: DemoBot) -> None:
    trade = bot.open("BTC/USDT", 100.0)
    [entry] = trade.orders
    entry.filled, entry.status, entry.ft_cancel_reason = 0.0, "canceled", "timed out"
    assert [event.text for event in happenings(trade)][1] == "Order ended unfilled: timed out"
