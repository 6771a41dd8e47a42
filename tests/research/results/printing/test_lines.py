"""Cells of tables; whole tables are compared with freqtrade's in test_tables."""

import pytest

from appliance.research.results.printing.lines import (
    enter_tag_table,
    exit_reason_table,
    mixed_tag_table,
    outcomes,
    period_table,
    strategy_table,
)

LINE = {
    "key": "",
    "trades": 3,
    "profit_mean_pct": 0.5,
    "profit_total_abs": 1.23456,
    "profit_total_pct": 0.0,
    "duration_avg": "1:00:00",
    "wins": 1,
    "draws": 1,
    "losses": 1,
}


@pytest.mark.parametrize(
    ("counts", "share"),
    [((3, 0, 0), "100"), ((1, 1, 0), "100"), ((0, 0, 2), "0"), ((1, 0, 2), "33.3"), ((0, 0, 0), "0")],
)
def test_the_share_of_wins(counts, share):
    assert outcomes(*counts).split()[-1] == share


def test_what_has_no_name_is_other():
    assert enter_tag_table([LINE], "USDT").rows[0][0] == "OTHER"
    assert mixed_tag_table([LINE], "USDT").rows[0][:2] == ("OTHER", "")
    assert exit_reason_table([LINE | {"exit_reason": "roi"}], "USDT").rows[0][0] == "roi"


def test_money_has_the_decimals_of_its_currency():
    assert enter_tag_table([LINE], "BTC").rows[0][3] == "1.23456000"


def test_older_periods_lack_counts():
    old = {"date": "01/01/2021", "profit_abs": 1.5, "wins": 1, "draws": 0, "loses": 2}
    assert period_table([old], "USDT", "day").rows == [("01/01/2021", "N/A", "1.5", "N/A", outcomes(1, 0, 2))]


def test_drawdowns_stand_one_below_the_other():
    lines = [
        LINE | {"key": key, "max_drawdown_abs": depth, "max_drawdown_account": ratio}
        for key, depth, ratio in (("A", "5", 0.1), ("B", "100.25", 0.01))
    ]
    shown = [row[-1] for row in strategy_table(lines, "USDT").rows]
    assert shown == ["     5 USDT  10.00%", "100.25 USDT   1.00%"]
