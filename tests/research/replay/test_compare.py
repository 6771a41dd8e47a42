"""All trades of both sides are listed once; none that differs is without a reason."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from appliance.research.replay.compare import compare
from appliance.research.replay.comparison import Comparison
from tests.research.replay.made import BTC, ETH, cut_off, line, scene, trade

TRADES = st.lists(
    st.tuples(st.integers(0, 20), st.integers(1, 4), st.sampled_from([BTC, ETH]), st.floats(95, 105)),
    max_size=6,
)


def trades(drawn):
    return [
        trade(5 * begin, 5 * (begin + length), pair=pair, exit_rate=rate)
        for begin, length, pair, rate in drawn
    ]


def found(live, tested, **changes):
    return compare(scene(live, tested, **changes), strategy="S", stake_currency="USDT")


def test_a_bot_that_did_what_the_backtest_did():
    result = found([trade(10), trade(50, None)], [trade(10), cut_off(50)])
    assert (result.totals.matched, result.totals.same, result.causes) == (2, 2, [])


def test_differences_are_counted_by_their_first_cause():
    audit = [line(40, "outcome", after="(paused, 0 open trades, 0 locks)")]
    live = [trade(10, 30, exit_rate=100.5), trade(20, pair=ETH, enter_tag="force_entry")]
    result = found(live, [trade(10, 30), trade(50), trade(80, 90)], audit=audit)
    assert [(total.cause, total.trades) for total in result.causes] == [
        ("paused", 2),
        ("manual", 1),
        ("price", 1),
    ]
    totals = result.totals
    assert (totals.live, totals.tested, totals.matched, totals.only_live, totals.only_tested) == (
        2,
        3,
        1,
        1,
        2,
    )
    assert totals.unexplained == 0


def test_trades_before_the_compared_span_are_left_out():
    early = trade(-20, 5)
    assert found([early, trade(10)], [trade(10)]).totals.live == 1


@given(TRADES, TRADES)
def test_none_is_left_over(ours, theirs):
    live, tested = trades(ours), trades(theirs)
    result = found(live, tested)
    assert sorted(one.live.trade_id for one in result.trades if one.live) == sorted(one.id for one in live)
    assert sorted(one.tested.trade_id for one in result.trades if one.tested) == sorted(
        one.id for one in tested
    )
    assert all(one.reasons for one in result.trades if one.live is None or one.tested is None)
    totals = result.totals
    assert totals.matched + totals.only_live == len(live)
    assert totals.matched + totals.only_tested == len(tested)
    difference = sum(one.profit_difference for one in result.trades)
    assert abs(difference - (totals.live_profit - totals.tested_profit)) < 1e-6


def test_a_comparison_survives_json():
    result = found([trade(10, 30, exit_rate=100.5)], [trade(10, 30), trade(50)])
    assert msgspec.json.decode(msgspec.json.encode(result), type=Comparison) == result
