"""The page of profits."""

import pytest

from appliance.research.plots.profit_page import profit_page, within
from appliance.research.report.equity import candle_grid
from appliance.research.report.terms import Terms
from tests.research.plots.test_pair_page import data_of
from tests.research.report.made import START_MS, STEP_MS, Series, rows, trade

TERMS = Terms(timeframe="5m", stake_currency="USDT")
WON = trade((1, "entry", 1.0, 100.0), (4, "exit", 1.0, 110.0), pair="BTC/USDT")
LOST = trade((2, "entry", 1.0, 100.0), (6, "exit", 1.0, 90.0))


def test_profits_add_up_all_together_and_by_pair():
    series = [Series(pair, rows([100.0] * 10)) for pair in ("ETH/USDT", "BTC/USDT", "LTC/USDT")]
    page = profit_page([WON, LOST], series, TERMS, 1000.0)
    data = data_of(page)
    assert list(data["pairs"]) == ["BTC/USDT", "ETH/USDT"]
    assert data["pairs"]["BTC/USDT"][3:5] == [0, pytest.approx(WON.close_profit_abs, abs=0.01)]
    assert data["profit"][-1] == pytest.approx(WON.close_profit_abs + LOST.close_profit_abs, abs=0.01)
    assert data["open"] == [0, 1, 2, 2, 1, 1, 0, 0, 0, 0]
    assert min(data["below"]) == pytest.approx(data["equity"][6] - max(data["equity"]), abs=0.011)
    assert min(data["drawdown"]) < 0
    assert data["market"] == [0] * 10
    assert "Not traded: LTC/USDT" in page.decode()


def test_trades_beyond_the_candles_are_left_out():
    series = [Series("BTC/USDT", rows([100.0] * 10))]
    early = trade((-3, "entry", 1.0, 100.0), (2, "exit", 1.0, 110.0), pair="BTC/USDT")
    late = trade((8, "entry", 1.0, 100.0), (13, "exit", 1.0, 110.0), pair="BTC/USDT")
    still = trade((8, "entry", 1.0, 100.0), pair="BTC/USDT")
    grid = candle_grid("5m", START_MS, START_MS + 9 * STEP_MS)
    assert within([early, WON, LOST, late, still], series, grid) == [WON]


def test_without_trades_the_page_says_so():
    page = profit_page([LOST], [Series("BTC/USDT", rows([100.0] * 10))], TERMS, 0.0)
    assert "<strong>No trades</strong> lie within these candles" in page.decode()
    assert data_of(page)["pairs"] == {}
