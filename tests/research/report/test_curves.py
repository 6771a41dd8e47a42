"""Curves as the page draws them."""

from appliance.domain.timeframe import to_ms
from appliance.research.report.curves import curves_of
from appliance.research.report.equity import Account, candle_grid
from tests.research.report.made import START, START_MS, STEP_MS, rows, trade


def account() -> Account:
    made = Account(candle_grid("5m", to_ms(START), START_MS + 9 * STEP_MS), 1000.0)
    made.add_pair(rows([100.0] * 5 + [90.0] * 5), [trade((1, "entry", 1.0, 100.0), (8, "exit", 1.0, 90.0))])
    return made


def test_each_candle_is_a_point_where_there_are_few():
    curves = curves_of(account(), "USDT")
    assert curves["candles"] == 1
    assert curves["times"] == [START_MS // 1000 + 300 * n for n in range(10)]
    assert curves["equity"][0] == curves["start"] == 1000.0
    assert curves["balance"][7] == 1000.0
    assert curves["equity"][7] == curves["equity"][8] == curves["balance"][9] == 989.81
    assert curves["drawdown"][0] == 0
    assert curves["drawdown"][9] == -1.019
    assert curves["market"][9] == 900.0


def test_many_candles_become_few_points():
    curves = curves_of(account(), "USDT", most_points=4)
    assert curves["candles"] == 5
    lengths = {name: len(curves[name]) for name in ("times", "equity", "balance", "market", "drawdown")}
    assert set(lengths.values()) == {4}
    assert min(curves["drawdown"]) == -1.019
