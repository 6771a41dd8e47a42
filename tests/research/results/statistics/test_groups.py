"""Lines of groups; their values are compared with freqtrade's in test_summary."""

import pytest

from appliance.research.results.statistics.columns import TradeColumns
from appliance.research.results.statistics.groups import GroupLines
from appliance.research.results.statistics.quality import CandleRange


@pytest.fixture
def lines(spot):
    outcome = spot.runs[0].outcome
    return GroupLines(TradeColumns.of(outcome.trades), CandleRange(outcome.first, outcome.last), 10000)


def keys(lines):
    return [line["key"] for line in lines]


def test_pairs_are_best_first_and_those_without_trades_are_there(lines):
    found = lines.by_pair(["NONE/USDT", "BTC/USDT", "ETH/USDT", "LTC/USDT"])
    profits = [line["profit_total_abs"] for line in found[:-1]]
    assert profits == sorted(profits, reverse=True)
    assert found[-1]["key"] == "TOTAL"
    none = found[keys(found).index("NONE/USDT")]
    assert (none["trades"], none["duration_avg"], none["winrate"]) == (0, "0:00", 0.0)


def test_tags_are_grouped_alone_and_together(lines):
    assert set(keys(lines.by_tag("enter_tag"))) == {"deep", "rising, fast", "TOTAL"}
    both = lines.by_tag("enter_tag", "exit_reason")
    assert ["deep", "roi"] in keys(both)
    assert sum(line["trades"] for line in both[:-1]) == both[-1]["trades"]


def test_only_trades_left_open_count_as_such(spot):
    outcome = spot.runs[0].outcome
    outcome.trades[3].exit_reason = "force_exit"
    lines = GroupLines(TradeColumns.of(outcome.trades), CandleRange(outcome.first, outcome.last), 10000)
    found = lines.left_open(["BTC/USDT", "ETH/USDT", "LTC/USDT"])
    assert keys(found) == [outcome.trades[3].pair, "TOTAL"]


def test_no_trades_are_a_total_of_nothing(spot):
    outcome = spot.runs[1].outcome
    lines = GroupLines(TradeColumns.of([]), CandleRange(outcome.first, outcome.last), 10000)
    assert keys(lines.by_tag("enter_tag")) == ["TOTAL"]
    assert keys(lines.left_open(["BTC/USDT"])) == ["TOTAL"]
