"""Profits by day, week, month, year and day of the week."""

from datetime import UTC, datetime

import numpy as np
import pytest

from appliance.domain.timeframe import to_ms
from appliance.research.results.statistics.columns import TradeColumns
from appliance.research.results.statistics.periods import breakdown, daily


def closes(*dates):
    return np.array([to_ms(datetime.fromisoformat(date).replace(tzinfo=UTC)) for date in dates])


def dates_of(lines):
    return [line["date"] for line in lines]


@pytest.mark.parametrize(
    ("day", "week"),
    [
        ("2025-06-30T23:59", "30/06/2025"),  # a Monday ends a week
        ("2025-06-30T00:00", "30/06/2025"),
        ("2025-07-01T00:00", "07/07/2025"),
        ("2025-06-24T00:00", "30/06/2025"),
        ("2025-12-31T12:00", "05/01/2026"),
    ],
)
def test_a_week_ends_on_monday(day, week):
    assert dates_of(breakdown(closes(day), np.ones(1), "week")) == [week]


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("day", ["27/02/2024", "28/02/2024", "29/02/2024", "01/03/2024"]),
        ("month", ["29/02/2024", "31/03/2024"]),
        ("year", ["31/12/2024"]),
        ("weekday", ["Tuesday", "Friday"]),
    ],
)
def test_periods_without_trades_are_there_but_for_days_of_the_week(period, expected):
    lines = breakdown(closes("2024-02-27T10:00", "2024-03-01T00:00"), np.array([1.0, -2.0]), period)
    assert dates_of(lines) == expected
    assert sum(line["trades"] for line in lines) == 2


def test_sums_of_a_period():
    (line,) = breakdown(closes(*["2025-01-01T10:00"] * 4), np.array([3.0, -1.0, 0.0, -0.5]), "day")
    counts = [line[name] for name in ("wins", "draws", "losses", "trades")]
    assert counts == [1, 1, 2, 4]
    assert (line["profit_abs"], line["profit_factor"]) == (1.5, 2.0)
    assert line["date_ts"] == closes("2025-01-01")[0]


def test_the_order_of_trades_does_not_matter():
    dates = closes("2025-01-03", "2025-01-01", "2025-01-02")
    lines = breakdown(dates, np.array([3.0, 1.0, 2.0]), "day")
    assert [line["profit_abs"] for line in lines] == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("period", ["day", "week", "month", "year", "weekday"])
def test_no_trades_have_no_periods(period):
    assert breakdown(np.empty(0, dtype=np.int64), np.empty(0), period) == []


def test_days_without_trades_are_draws(spot):
    columns = TradeColumns.of(spot.runs[0].outcome.trades)
    stored = spot.written.stored["strategy"]["Tagged"]
    found = daily(columns)
    assert [list(day) for day in found["daily_profit"]] == stored["daily_profit"]
    assert found["winning_days"] + found["draw_days"] + found["losing_days"] == len(stored["daily_profit"])
    assert daily(TradeColumns.of([]))["daily_profit_list"] == []
