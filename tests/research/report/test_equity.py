"""Equity: what closed trades made, and what open ones are worth at the close of every candle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.timeframe import to_date
from appliance.research.backtest.series import Rows
from appliance.research.report.equity import Account, candle_grid, closes_on, flows_of
from tests.research.report.made import START_MS, STEP_MS, at, rows, trade

CLOSES = [100.0, 102.0, 98.0, 105.0, 103.0, 101.0]


def account(candles: int = len(CLOSES), start: float = 1000.0) -> Account:
    return Account(candle_grid("5m", START_MS, START_MS + STEP_MS * (candles - 1)), start)


def test_an_open_trade_is_worth_what_its_exit_would_bring_after_fees():
    made = account()
    made.add_pair(rows(CLOSES), [trade((1, "entry", 2.0, 100.0), (4, "exit", 2.0, 105.0))])
    cost, proceeds = 2 * 100 * 1.001, np.array([102.0, 98.0, 105.0]) * 2 * 0.999
    profit = 2 * 105 * 0.999 - cost
    assert made.equity == pytest.approx([1000, *(1000 + proceeds - cost), 1000 + profit, 1000 + profit])
    assert made.balance == pytest.approx([1000, 1000, 1000, 1000, 1000 + profit, 1000 + profit])
    assert made.open_trades.tolist() == [0, 1, 1, 1, 0, 0]


def test_a_short_gains_when_prices_fall():
    made = account()
    made.add_pair(rows(CLOSES), [trade((1, "entry", 2.0, 100.0), (4, "exit", 2.0, 96.0), is_short=True)])
    received = 2 * 100 * 0.999
    assert made.equity[2] == pytest.approx(1000 + received - 2 * 98 * 1.001)
    assert made.equity[5] == pytest.approx(1000 + received - 2 * 96 * 1.001)


def test_partial_exits_and_further_entries_change_what_is_held():
    made = account()
    orders = [
        (0, "entry", 2.0, 100.0),
        (1, "exit", 1.0, 102.0),
        (2, "entry", 3.0, 98.0),
        (4, "exit", 4.0, 103.0),
    ]
    one = trade(*orders)
    made.add_pair(rows(CLOSES), [one])
    paid = -2 * 100 * 1.001 + 102 * 0.999
    assert made.equity[1] == pytest.approx(1000 + paid + 102 * 0.999)
    assert made.equity[3] == pytest.approx(1000 + paid - 3 * 98 * 1.001 + 4 * 105 * 0.999)
    assert made.balance[3] == 1000
    assert made.equity[4] == pytest.approx(1000 + one.close_profit_abs)


def test_a_trade_within_one_candle_is_never_open_at_a_close():
    made = account()
    made.add_pair(rows(CLOSES), [trade((2, "entry", 1.0, 100.0), (2.5, "exit", 1.0, 101.0))])
    assert made.equity == pytest.approx(made.balance)
    assert made.open_trades.max() == 0


def test_a_pair_with_a_gap_keeps_its_last_close():
    full = rows(CLOSES)
    gapped = Rows(
        **{name: np.delete(getattr(full, name), 3) for name in ("opened", "open", "high", "low", "close")}
    )
    assert closes_on(full.opened, gapped).tolist() == [100, 102, 98, 98, 103, 101]


def test_a_pair_that_was_listed_late_counts_from_its_first_candle():
    made = account()
    made.add_pair(rows([10.0, 20.0], first=4), [])
    made.add_pair(rows([100.0] * 6), [])
    assert made.market.tolist() == [1000, 1000, 1000, 1000, 1000, 1500]
    assert account().market.tolist() == [1000] * 6


def test_trades_of_a_pair_without_candles_count_when_they_close():
    made = account()
    one = trade((1, "entry", 2.0, 100.0), (4, "exit", 2.0, 105.0))
    made.add_pair(rows([]), [one])
    assert made.equity == pytest.approx(made.balance)
    assert made.equity[-1] == pytest.approx(1000 + one.close_profit_abs)


def test_funding_counts_from_the_order_that_it_was_booked_on():
    one = trade((1, "entry", 2.0, 100.0), (4, "exit", 2.0, 105.0))
    one.orders[0].funding_fee = -0.5
    moments, amounts, flows = flows_of(one)
    assert [to_date(moment) for moment in moments] == [at(1), at(4)]
    assert amounts == [2.0, -2.0]
    assert flows == pytest.approx([-200.2 - 0.5, 209.79])


def test_a_grid_has_every_candle_also_of_months():
    assert candle_grid("5m", START_MS, START_MS + 2 * STEP_MS).tolist() == [
        START_MS + STEP_MS * n for n in range(3)
    ]
    months = candle_grid("1M", 1735689600000, 1743465600000)
    assert [to_date(int(moment)).month for moment in months] == [1, 2, 3, 4]
    assert len(candle_grid("1h", START_MS, START_MS)) == 1


small, flag = st.integers(0, 12), st.booleans()
trades_at = st.lists(st.tuples(st.integers(0, 38), small, small, st.floats(0.1, 5), flag, flag), max_size=8)


@given(
    trades_at,
    st.lists(st.floats(50, 200).map(lambda price: round(price, 2)), min_size=40, max_size=40),
    st.integers(100, 10_000),
)
def test_equity_ends_where_the_profits_lead_and_is_the_balance_while_nothing_is_open(drawn, closes, start):
    """Whatever trades there were, long and short, in one step or two."""
    made = account(40, start)
    trades = []
    for begin, first, second, amount, is_short, in_two in drawn:
        middle, end = min(39, begin + first), min(39, begin + first + second)
        orders = [(begin, "entry", 2 * amount, closes[begin])]
        orders += [(middle, "exit", amount, closes[middle])] if in_two else []
        orders += [(end, "exit", amount if in_two else 2 * amount, closes[end])]
        trades.append(trade(*orders, is_short=is_short))
    made.add_pair(rows(closes), trades)
    profits = sum(one.close_profit_abs for one in trades)
    assert made.equity[-1] == pytest.approx(start + profits, abs=1e-6)
    idle = made.open_trades == 0
    assert made.equity[idle] == pytest.approx(made.balance[idle], abs=1e-9)
    assert len(made.equity) == len(made.opened) == 40


@given(st.lists(st.floats(50, 200), min_size=10, max_size=10))
def test_the_last_mark_before_an_exit_at_its_price_is_what_the_exit_brings(closes):
    """So that equity does not jump when a trade closes at the price at which it was valued."""
    made = account(10)
    made.add_pair(rows(closes), [trade((2, "entry", 1.0, closes[2]), (6, "exit", 1.0, closes[5]))])
    assert made.equity[5] == pytest.approx(made.equity[6], abs=1e-6)
