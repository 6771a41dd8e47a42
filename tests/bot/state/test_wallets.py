"""What of an account's holding is a trade's, where several hold the same currency."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from appliance.bot.state.book import TradeBook
from appliance.bot.state.wallets import Wallets
from appliance.domain.enums import TradingMode
from appliance.domain.market import Balance
from appliance.domain.order import STOP, Order
from appliance.domain.trade import Trade

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def a_trade(number: int, amount: float, *exits: Order) -> Trade:
    return Trade(
        id=number, exchange="binance", pair="ETH/USDT", base_currency="ETH", stake_currency="USDT",
        fee_open=0.001, fee_close=0.001, open_rate=100.0, stake_amount=100.0, amount=amount, open_date=NOW,
        orders=list(exits),
    )  # fmt: skip


def an_exit(status: str, amount: float, *, side: str = "sell") -> Order:
    return Order(
        ft_order_side=side, ft_pair="ETH/USDT", ft_amount=amount, ft_price=100.0, order_id=status,
        status=status, ft_is_open=status == "open", amount=amount, filled=0.0, remaining=amount,
        order_date=NOW,
    )  # fmt: skip


def wallets(total: float, *trades: Trade) -> Wallets:
    book = TradeBook()
    book.load(trades, [])
    account = SimpleNamespace(balances={"ETH": Balance("ETH", free=total, used=0.0, total=total)})
    return Wallets(SimpleNamespace(trading_mode=TradingMode.SPOT), book, account)  # type: ignore[arg-type]


def test_a_trade_can_sell_all_that_the_account_holds_of_its_currency():
    trade = a_trade(1, 1.0)
    assert wallets(0.4, trade).available_for(trade) == 0.4


@pytest.mark.parametrize("side", ["sell", STOP])
def test_what_an_order_of_another_trade_is_to_sell_is_left_out(side):
    trade, other = a_trade(1, 1.0), a_trade(2, 0.5, an_exit("open", 0.5, side=side))
    assert wallets(1.2, trade, other).available_for(trade) == pytest.approx(0.7)


def test_a_trade_whose_exit_was_reported_as_ended_leaves_the_others_their_coins():
    """That exit may have sold its coins, and be told late: those that are there are the others'."""
    suspect, other = a_trade(1, 1.0, an_exit("canceled", 1.0)), a_trade(2, 0.5)
    account = wallets(0.5, suspect, other)
    assert account.available_for(suspect) == 0.0
    assert account.available_for(other) == 0.5


def test_where_all_is_there_each_can_sell_its_own():
    suspect, other = a_trade(1, 1.0, an_exit("canceled", 1.0)), a_trade(2, 0.5)
    account = wallets(1.5, suspect, other)
    assert account.available_for(suspect) == 1.0
