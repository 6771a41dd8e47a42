"""What the account was worth at each candle."""

from datetime import timedelta

import numpy as np
import pytest

from appliance.domain.timeframe import to_date
from appliance.research.results.statistics.wallet import balance_rows, days_and_time, wallet_statistics

DAY = 86_400_000


def test_the_rows_are_freqtrades(case):
    for run in case.runs:
        ours = balance_rows(run)
        theirs = case.written.table(f"_{run.outcome.strategy}_wallet.feather")
        by_date_and_name = np.lexsort((theirs["currency"].astype(str), theirs["date"]))
        ordered = np.lexsort((ours.currency.astype(str), ours.date))
        for name in ("date", "currency"):
            assert getattr(ours, name)[ordered].tolist() == theirs[name][by_date_and_name].tolist()
        for name in ("rate", "balance"):
            assert getattr(ours, name)[ordered] == pytest.approx(theirs[name][by_date_and_name], rel=1e-12)


def test_a_change_counts_from_the_next_candle_on(spot):
    run = spot.runs[1]
    first = run.outcome.first
    run.outcome.wallet = [
        type(change)(first + timedelta(minutes=minutes), "USDT", total)
        for change in spot.runs[0].outcome.wallet[:1]
        for minutes, total in ((0, 10000.0), (10, 9000.0), (12, 8000.0))
    ]
    assert balance_rows(run).balance[:4].tolist() == [10000.0, 10000.0, 8000.0, 8000.0]


def test_a_worth_that_falls_is_measured():
    worth = np.array([100.0, 110.0, 99.0, 104.0])
    found = wallet_statistics(np.arange(4) * DAY, worth)
    assert (found["start_balance"], found["end_balance"]) == (100.0, 104.0)
    assert (found["high_balance"], found["low_balance"]) == (110.0, 99.0)
    assert found["max_drawdown_abs"] == 11.0
    assert found["max_drawdown_account"] == pytest.approx(0.1)
    assert (found["drawdown_start_ts"], found["drawdown_end_ts"]) == (DAY, 2 * DAY)
    assert found["drawdown_duration"] == "1 days 00:00:00"


def test_one_value_has_no_drawdown_and_none_has_nothing():
    found = wallet_statistics(np.array([DAY]), np.array([5.0]))
    assert (found["max_drawdown_abs"], found["drawdown_start"], found["drawdown_duration"]) == (
        0.0,
        None,
        "0:00:00",
    )
    assert (found["sharpe"], found["calmar"]) == (0.0, 0.0)
    assert wallet_statistics(np.empty(0, dtype=np.int64), np.empty(0)) == {}


def test_the_worth_of_a_day_is_its_last():
    hours = np.array([0, 5, 23, 24, 47, 50]) * 3_600_000
    steady = wallet_statistics(hours, np.array([1.0, 9.0, 2.0, 7.0, 2.0, 2.0]))
    assert steady["sharpe"] == -100.0  # from day to day nothing changed
    assert steady["low_date"] == to_date(0).strftime("%Y-%m-%d %H:%M:%S")


def test_lengths_are_written_as_freqtrade_writes_them():
    assert days_and_time(timedelta(days=9, hours=1, minutes=5)) == "9 days 01:05:00"
    assert days_and_time(timedelta(hours=12)) == "0 days 12:00:00"
