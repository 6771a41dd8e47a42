"""When trades made their profit, and how long it took."""

from datetime import UTC, datetime, timedelta

import numpy as np

from appliance.domain.closed_trades.columns import FLOATS, INTS, Columns
from appliance.reports.patterns import Share, patterns


def trades(*closed: tuple[datetime, timedelta, float]) -> Columns:
    """Return closed trades: when they closed, how long they lasted, and the profit of a stake of 100."""
    ints, floats = np.zeros((len(INTS), len(closed)), np.int64), np.zeros((len(FLOATS), len(closed)))
    for place, (at, lasted, made) in enumerate(closed):
        ints[INTS.index("close_date"), place] = int(at.timestamp()) * 1_000_000
        ints[INTS.index("open_date"), place] = int((at - lasted).timestamp()) * 1_000_000
        floats[FLOATS.index("close_profit_abs"), place] = made
        floats[FLOATS.index("close_profit"), place] = made / 100
    return Columns(ints, floats, [])


SUNDAY = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
FOUND = patterns(
    trades(
        (SUNDAY, timedelta(minutes=10), 4.0),
        (SUNDAY + timedelta(minutes=1), timedelta(hours=1), -2.0),
        (SUNDAY + timedelta(days=1), timedelta(days=9), 30.0),
    )
)


def with_trades(shares: list[Share]) -> dict[str, tuple[float, int, int]]:
    return {one.name: (one.profit, one.count, one.wins) for one in shares if one.count}


def test_a_trade_belongs_to_the_utc_hour_and_weekday_of_its_end():
    assert with_trades(FOUND.hours) == {"23": (34, 2, 2), "00": (-2, 1, 0)}
    assert with_trades(FOUND.weekdays) == {"Sun": (4, 1, 1), "Mon": (28, 2, 1)}


def test_a_duration_of_exactly_a_limit_is_in_the_longer_group():
    assert with_trades(FOUND.durations) == {"< 15 min": (4, 1, 1), "< 4 h": (-2, 1, 0), "longer": (30, 1, 1)}


def test_profits_are_counted_by_ratio():
    counts = with_trades(FOUND.ratios)
    assert counts == {"3 to 5 %": (4, 1, 1), "−2 to −1 %": (-2, 1, 0), "10 % and more": (30, 1, 1)}
    assert FOUND.ratios[0].name == "below −10 %"


def test_without_trades_every_group_is_there_and_empty():
    empty = patterns(trades())
    assert len(empty.hours) == 24
    assert not any(share.count for share in [*empty.weekdays, *empty.durations, *empty.ratios])
    assert empty.hours[0].winrate == 0
