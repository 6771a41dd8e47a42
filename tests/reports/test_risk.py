"""What is lost from now if every stop is hit."""

import pytest

from appliance.reports.risk import risk_now
from tests.server.dashboard.demo_bot import DemoBot


def test_without_trades_nothing_is_at_risk():
    risk = risk_now([], {}, 1000.0)
    assert (risk.loss, risk.result, risk.trades) == (0.0, 0.0, [])


def test_the_loss_is_from_now_and_the_result_since_the_entry():
    bot = DemoBot()
    trade = bot.open("BTC/USDT", 100.0, 120.0, stop_loss=110.0)
    risk = risk_now(bot.book.open.values(), bot.book.rates, 1000.0)
    # 1 unit: (120 - 110) less the fee on both, and 110 x 0.999 - 100.1 is still won
    assert risk.loss == pytest.approx(10 * 0.999)
    assert risk.ratio == pytest.approx(0.00999)
    assert risk.result == pytest.approx(trade.calculate_profit(110.0).profit_abs) == pytest.approx(9.79)


def test_a_short_loses_upwards():
    bot = DemoBot()
    bot.open("BTC/USDT", 100.0, 90.0, is_short=True, stop_loss=105.0, open_trade_value=99.9)
    [trade] = risk_now(bot.book.open.values(), bot.book.rates, None).trades
    assert trade.loss == pytest.approx(15 * 1.001)
    assert trade.result < 0


@pytest.mark.parametrize("stop", [{"stop_loss": 0.0}, {"stop_loss": 1.0}])
def test_without_a_stop_all_that_is_in_the_trade_counts(stop):
    bot = DemoBot()
    bot.open("DOGE/USDT", 100.0, 110.0, **stop)
    risk = risk_now(bot.book.open.values(), bot.book.rates, 1000.0)
    assert [trade.pair for trade in risk.unstopped] == ["DOGE/USDT"]
    assert risk.loss == pytest.approx(100 + 110 * 0.999 - 100.1)


def test_liquidation_is_the_stop_where_it_comes_first():
    bot = DemoBot()
    bot.open("BTC/USDT", 100.0, 100.0, stop_loss=60.0, liquidation_price=80.0, leverage=3.0)
    [trade] = risk_now(bot.book.open.values(), bot.book.rates, None).trades
    assert trade.loss == pytest.approx(20 * 0.999)


def test_what_has_no_rate_or_no_position_is_left_out_and_named():
    bot = DemoBot()
    bot.open("BTC/USDT", 100.0)
    bot.open("ETH/USDT", 100.0, amount=0.0)
    risk = risk_now(bot.book.open.values(), {}, 1000.0)
    assert risk.loss == 0
    assert [trade.pair for trade in risk.unpriced] == ["BTC/USDT"]


def test_a_stop_that_the_rate_has_passed_loses_nothing_more():
    bot = DemoBot()
    bot.open("BTC/USDT", 100.0, 85.0, stop_loss=90.0)
    assert risk_now(bot.book.open.values(), bot.book.rates, 1000.0).loss == 0
