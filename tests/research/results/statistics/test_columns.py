"""Trades by columns, and their sums."""

import numpy as np
import pytest

from appliance.research.results.statistics.columns import TradeColumns, closing_date, deviation, mean


def test_trades_become_columns(futures):
    trades = futures.runs[0].outcome.trades
    columns = TradeColumns.of(trades)
    assert len(columns) == len(trades)
    assert columns.profit.tolist() == [trade.close_profit_abs for trade in trades]
    assert columns.is_short.tolist() == [trade.is_short for trade in trades]
    record = futures.written.stored["strategy"]["BothWays"]["trades"][0]
    assert columns.minutes[0] == record["trade_duration"]
    assert columns.closed[0] == record["close_timestamp"]


def test_some_of_them_are_chosen(futures):
    columns = TradeColumns.of(futures.runs[0].outcome.trades)
    shorts = columns.where(columns.is_short)
    assert 0 < len(shorts) < len(columns)
    assert shorts.is_short.all()


def test_no_trades_are_empty_columns():
    columns = TradeColumns.of([])
    assert len(columns) == 0
    assert len(columns.where(columns.profit > 0)) == 0


def test_the_close_is_the_last_fill_where_it_is_not_stated(spot):
    trade = spot.runs[0].outcome.trades[0]
    closed = trade.close_date
    trade.close_date = None
    assert closing_date(trade) == closed


def test_mean_and_deviations():
    values = np.array([1.0, 2.0, 3.0, 4.0])
    assert mean(values) == 2.5
    assert deviation(values) == pytest.approx(1.118033988749895)
    assert deviation(values, sample=True) == pytest.approx(1.2909944487358056)


def test_too_few_values_have_none():
    assert mean(np.empty(0)) == deviation(np.empty(0)) == deviation(np.ones(1), sample=True) == 0.0
