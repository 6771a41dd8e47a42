"""Records of trades and locks; those of freqtrade are compared in test_summary."""

from datetime import UTC, datetime

from appliance.domain.lock import PairLock
from appliance.research.results.statistics.trade_records import lock_records, trade_records


def test_no_tag_is_an_empty_one(spot):
    trade = spot.runs[0].outcome.trades[0]
    trade.enter_tag = trade.orders[0].ft_order_tag = None
    (record,) = trade_records([trade])
    assert record["enter_tag"] == record["orders"][0]["ft_order_tag"] == ""


def test_a_further_entry_may_have_no_tag(spot):
    trade = next(trade for trade in spot.runs[0].outcome.trades if len(trade.orders) > 2)
    trade.orders[1].ft_order_tag = None
    (record,) = trade_records([trade])
    assert record["orders"][1]["ft_order_tag"] is None


def test_locks_have_no_id():
    moment = datetime(2025, 1, 1, tzinfo=UTC)
    (record,) = lock_records([PairLock(id=7, pair="*", lock_time=moment, lock_end_time=moment)])
    assert record["id"] is None
    assert record["lock_time"] == "2025-01-01 00:00:00"
