"""What an account should hold by the books; what it means that it holds something else."""

from datetime import timedelta

import pytest

from appliance.domain.market import ExchangeOrder
from appliance.domain.order import STOP
from appliance.domain.timeframe import to_ms
from appliance.domain.trade import Trade
from appliance.rules.holdings import Expected, differs, expected, foreign_sales, missing_amount
from tests.support.trades import OPENED, new_order, new_trade

OPEN = {"ft_is_open": True, "status": "open", "order_filled_date": None}
LOST = OPEN | {"status": "unknown"}


def holding_one(*more: tuple[str, float, float, dict]) -> Trade:
    """Return a trade that has bought 1 ETH; `more` are side, amount, filled and state of other orders."""
    trade = new_trade(amount_precision=0.0001)
    trade.orders = [new_order(trade, "buy", 1.0, 100.0)]
    for side, amount, filled, state in more:
        order = new_order(trade, side, amount, 100.0, **state)
        order.amount, order.filled, order.remaining = amount, filled, amount - filled
        trade.orders.append(order)
    return trade


@pytest.mark.parametrize(
    ("more", "bounds"),
    [
        ((), (1.0, 1.0, 1.0)),
        ((("sell", 1.0, 0.0, OPEN),), (1.0, 1.0, 1.0)),
        ((("sell", 1.0, 0.25, OPEN),), (0.75, 0.75, 0.75)),
        ((("buy", 1.0, 0.25, OPEN),), (1.25, 1.25, 1.25)),
        ((("buy", 0.5, 0.0, LOST),), (1.0, 1.0, 1.5)),
        ((("sell", 0.5, 0.0, LOST),), (1.0, 0.5, 1.0)),
        ((("sell", 2.0, 0.0, LOST),), (1.0, 0.0, 1.0)),
    ],
    ids=["nothing stands", "an exit", "partly sold", "partly bought", "entry lost", "exit lost", "all lost"],
)
def test_what_an_account_holds_by_the_books(more, bounds):
    assert expected([holding_one(*more)]) == Expected(*bounds)


def test_trades_of_one_currency_hold_together():
    assert expected([holding_one(), holding_one()]).booked == 2.0


@pytest.mark.parametrize(
    ("more", "free", "total", "missing"),
    [
        ((), 1.0, 1.0, 0.0),
        ((), 0.4, 0.4, 0.6),
        ((), 0.0, 0.0, 1.0),
        ((), 5.0, 5.0, 0.0),
        (((STOP, 1.0, 0.0, OPEN),), 0.0, 1.0, 0.0),
        (((STOP, 1.0, 0.0, OPEN),), 0.0, 0.0, 0.0),
        (((STOP, 0.6, 0.0, OPEN),), 0.0, 0.6, 0.4),
        ((("sell", 1.0, 0.0, LOST),), 0.0, 0.0, 0.0),
        ((("buy", 1.0, 0.0, LOST),), 0.3, 0.3, 0.7),
    ],
    ids=[
        *("all there", "a part", "nothing", "more", "locked by a stop", "the stop may have just sold it"),
        *("a smaller stop", "an exit of unknown fate may have sold it", "an entry of unknown fate"),
    ],
)
def test_only_what_is_certainly_missing_is_missing(more, free, total, missing):
    assert missing_amount([holding_one(*more)], free, total) == pytest.approx(missing)


def test_what_floats_lose_is_not_missing():
    trade = holding_one((STOP, 0.3, 0.0, OPEN), (STOP, 0.6, 0.0, OPEN))
    assert 1.0 - 0.3 - 0.6 - 0.1 != 0
    assert missing_amount([trade], 0.1, 1.0) == 0.0


@pytest.mark.parametrize(
    ("owned", "spare", "looks"),
    [
        (1.0, 0.0, False),
        (0.9999, 0.0, False),  # rounding and fees
        (0.97, 0.0, True),  # worth 3, less than can be traded, but a part of the position
        (0.5, 0.0, True),
        (1.5, 0.0, True),
        (1.5, 0.5, False),  # the user's own, as before
        (1.2, 0.5, True),
        (2.0, 0.5, True),
    ],
)
def test_what_the_books_do_not_explain_is_looked_into(owned, spare, looks):
    assert differs(owned, Expected(1.0, 1.0, 1.0), spare, 100.0, 5.0) is looks


def test_what_may_be_filled_or_not_explains_both():
    wanted = Expected(1.0, 0.5, 1.5)
    assert [differs(owned, wanted, 0.0, 100.0, 5.0) for owned in (0.3, 0.5, 1.0, 1.5, 1.7)] == [
        *(True, False, False, False, True)
    ]


def sale(number: str, amount: float, minute: float, **fields: object) -> ExchangeOrder:
    given = {"side": "sell", "status": "closed", "type": "market", "amount": amount, "filled": amount}
    at = to_ms(OPENED + timedelta(minutes=minute))
    return ExchangeOrder(id=number, pair="ETH/USDT", average=100.0, timestamp=at, **(given | fields))


def taken(*orders: ExchangeOrder, missing: float) -> list[tuple[str, float]]:
    sold = [(order, order.filled) for order in orders]
    return [(order.id, amount) for order, amount in foreign_sales(sold, holding_one(), missing)]


def test_the_newest_sales_explain_what_is_missing():
    first, second = sale("1", 0.4, 1), sale("2", 0.3, 2)
    assert taken(first, second, missing=0.7) == [("2", 0.3), ("1", pytest.approx(0.4))]
    assert taken(first, second, missing=0.5) == [("2", 0.3), ("1", pytest.approx(0.2))]
    assert taken(first, second, missing=0.1) == [("2", 0.1)]


def test_no_more_is_booked_than_the_trade_holds():
    assert taken(sale("1", 9.0, 1), missing=9.0) == [("1", 1.0)]


@pytest.mark.parametrize(
    "order",
    [
        sale("1", 1.0, -5),
        sale("1", 1.0, 1, side="buy"),
        sale("1", 1.0, 1, status="open"),
        sale("1", 0.0, 1, status="canceled"),
    ],
    ids=["before the trade", "a purchase", "still open", "unfilled"],
)
def test_what_explains_nothing(order):
    assert taken(order, missing=1.0) == []
