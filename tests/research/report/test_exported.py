"""Results as they are in files."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from appliance.domain.errors import DataError
from appliance.domain.timeframe import to_ms
from appliance.research.report.equity import flows_of
from appliance.research.report.exported import outcome_of, terms_in
from tests.research.report.made import at

ORDERS = [
    {"amount": 0.4, "safe_price": 250.0, "ft_order_side": "buy", "order_filled_timestamp": to_ms(at(1)),
     "ft_is_entry": True, "ft_order_tag": "dip", "cost": 100.1},
    {"amount": 0.4, "safe_price": 260.0, "ft_order_side": "sell", "order_filled_timestamp": to_ms(at(5)),
     "ft_is_entry": False, "ft_order_tag": "roi", "cost": 104.0},
]  # fmt: skip
TRADE = {
    "pair": "SOL/USDT", "stake_amount": 100.0, "max_stake_amount": 100.0, "amount": 0.4,
    "open_timestamp": to_ms(at(1)), "close_timestamp": to_ms(at(5)), "open_rate": 250.0, "close_rate": 260.0,
    "fee_open": 0.001, "fee_close": 0.001, "profit_ratio": 0.0379, "profit_abs": 3.796, "exit_reason": "roi",
    "initial_stop_loss_abs": 225.0, "initial_stop_loss_ratio": -0.1, "stop_loss_abs": 230.0,
    "stop_loss_ratio": -0.1, "min_rate": 249.0, "max_rate": 260.0, "is_open": False, "enter_tag": "dip",
    "leverage": 1.0, "is_short": False, "orders": ORDERS, "funding_fees": 0.0,
}  # fmt: skip
LOCK = {"pair": "*", "lock_timestamp": to_ms(at(6)), "lock_end_timestamp": to_ms(at(7)), "reason": "losses"}
RECORD = {
    "trades": [TRADE], "locks": [LOCK], "rejected_signals": 4, "timeframe": "5m", "timeframe_detail": "",
    "stake_currency": "USDT", "stake_amount": 100, "trading_mode": "spot", "margin_mode": "",
    "starting_balance": 1000, "final_balance": 1003.796, "max_open_trades": 5, "max_open_trades_setting": -1,
    "backtest_start_ts": to_ms(at(0)), "backtest_end_ts": to_ms(at(9)), "stoploss": -0.1,
    "minimal_roi": {"0": 0.04}, "trailing_stop": False,
}  # fmt: skip


def record(**changes: Any) -> dict[str, Any]:
    return deepcopy(RECORD) | changes


def test_trades_orders_and_counts_are_read():
    found = outcome_of("Dip", record())
    (trade,) = found.trades
    assert (trade.id, trade.pair, trade.enter_tag, trade.exit_reason) == (1, "SOL/USDT", "dip", "roi")
    assert (trade.open_date, trade.close_date) == (at(1), at(5))
    assert flows_of(trade) == ([to_ms(at(1)), to_ms(at(5))], [0.4, -0.4], pytest.approx([-100.1, 103.896]))
    assert (trade.initial_stop_loss, trade.stop_loss) == (225, 230)
    assert (found.first, found.last, found.final_balance) == (at(0), at(9), 1003.796)
    assert found.counters.rejected_signals == 4
    assert found.locks[0].lock_end_time == at(7)
    assert found.first.tzinfo is UTC or found.first == datetime.fromtimestamp(to_ms(at(0)) / 1000, UTC)


def test_terms_are_read():
    terms = terms_in(record(timeframe_detail="1m"))
    assert (terms.timeframe, terms.stake_currency) == ("5m", "USDT")
    assert dict(terms.facts) == {
        "Market": "spot", "Time frame": "5m, details 1m", "Stake": "100 USDT", "Open trades": "no limit",
        "Fee": "0.1 %", "Stop loss": "−10 %", "Minimal ROI": "4 % from 0 min",
    }  # fmt: skip


@pytest.mark.parametrize("orders", [None, []])
def test_older_files_list_no_orders(orders: list[Any] | None):
    trade = {**TRADE, "orders": orders}
    found = outcome_of("Dip", record(trades=[trade])).trades[0]
    assert [(order.ft_order_side, order.safe_price, order.safe_filled) for order in found.orders] == [
        ("buy", 250, 0.4),
        ("sell", 260, 0.4),
    ]


def test_old_names_are_known():
    trade = {key: value for key, value in TRADE.items() if key not in ("enter_tag", "is_short", "leverage")}
    found = outcome_of("Dip", record(trades=[{**trade, "buy_tag": "old"}])).trades[0]
    assert (found.enter_tag, found.is_short, found.leverage) == ("old", False, 1.0)


@pytest.mark.parametrize(
    ("missing", "text"),
    [("starting_balance", "'starting_balance' is missing"), ("trading_mode", "'trading_mode' is missing")],
)
def test_what_is_missing_is_named(missing: str, text: str):
    broken = {key: value for key, value in RECORD.items() if key != missing}
    with pytest.raises(DataError, match=text):
        outcome_of("Dip", broken)


def test_a_value_of_another_kind_is_an_error():
    with pytest.raises(DataError, match="Dip"):
        outcome_of("Dip", record(trades=[{**TRADE, "amount": "much"}]))


def test_realism_is_read():
    assert not outcome_of("Dip", record()).realism.is_on
    found = outcome_of("Dip", record(realism={"volume_cap": 0.1}, exits_beyond_volume=2))
    assert found.realism.volume_cap == 0.1
    assert found.counters.exits_beyond_volume == 2
