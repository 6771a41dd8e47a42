"""Figures of a result; all of them are compared with freqtrade's in test_tables."""

import pytest

from appliance.research.results.printing.metrics import metrics_table


@pytest.fixture
def stored(spot):
    return dict(spot.written.stored["strategy"]["Tagged"])


def rows(stored):
    return dict(row for row in metrics_table(stored).rows if row[0])


def test_what_is_missing_is_said(stored):
    for name in ("cagr", "expectancy_ratio", "market_change", "total_volume"):
        del stored[name]
    shown = rows(stored)
    assert (shown["CAGR %"], shown["Expectancy (Ratio)"], shown["Market change"]) == ("N/A", "N/A", "N/A")
    assert shown["Total trade volume"] == "N/A USDT"


def test_cancelled_entries_have_lines_if_there_are_any(stored):
    assert "Canceled Entry Orders" not in rows(stored)
    stored |= {"canceled_entry_orders": 3, "canceled_trade_entries": 1, "replaced_entry_orders": 2}
    shown = rows(stored)
    assert (shown["Canceled Trade Entries"], shown["Replaced Entry Orders"]) == ("1", "2")


def test_margin_mode_is_shown_with_futures(stored):
    assert rows(stored)["Trading Mode"] == "Spot"
    assert (
        rows(stored | {"trading_mode": "futures", "margin_mode": "isolated"})["Trading Mode"]
        == "Isolated Futures"
    )


def test_realism_is_shown_where_it_is_on(stored):
    assert "Realism" not in rows(stored)
    assert rows(stored | {"realism": {"spread": 0.001}})["Realism"] == "spread 0.1 %"
