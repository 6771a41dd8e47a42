"""Sums of groups; those of freqtrade are compared in test_analyse."""

import pytest

from appliance.research.results.analysis.groups import group_table


def row(profit, tag="a", reason="roi", pair="P"):
    return {
        "profit_abs": profit,
        "profit_ratio": profit / 100,
        "enter_reason": tag,
        "exit_reason": reason,
        "pair": pair,
    }


def test_wins_and_losses():
    table = group_table("0", [row(3.0), row(1.0), row(-2.0), row(0.0)])
    assert table.rows == [("a", 4, 2, 2, 4.0, -2.0, 2.0, 50.0, 2.0, -1.0, 0.5)]


@pytest.mark.parametrize(("profits", "ratio"), [([1.0], float("inf")), ([-1.0], -1.0), ([0.0], 0.0)])
def test_one_side_alone(profits, ratio):
    assert group_table("0", [row(profit) for profit in profits]).rows[0][-1] == ratio


def test_the_fewest_trades_come_first_in_group_0_and_the_lowest_profit_in_others():
    rows = [row(1.0, "a"), row(2.0, "a"), row(-1.0, "b"), row(9.0, "c")]
    assert [line[0] for line in group_table("0", rows).rows] == ["b", "c", "a"]
    assert [line[0] for line in group_table("1", rows).rows] == ["b", "a", "c"]


def test_sums_of_profits():
    table = group_table("2", [row(1.0), row(2.0), row(6.0)])
    assert table.columns[:4] == ("enter_reason", "exit_reason", "num_buys", "profit_abs_sum")
    assert table.rows[0][:6] == ("a", "roi", 3, 9.0, 2.0, 3.0)
    assert table.rows[0][6:] == pytest.approx((2.0, 3.0, 9.0))


def test_group_5_goes_by_exit_reason():
    rows = [row(1.0, reason="z"), row(-5.0, reason="m")]
    assert [line[0] for line in group_table("5", rows).rows] == ["m", "z"]
