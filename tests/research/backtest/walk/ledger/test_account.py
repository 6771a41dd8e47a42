"""Balances of a walk: as freqtrade's wallets of a backtest have them, open orders and all."""

import pytest

from appliance.domain.errors import Refused
from appliance.research.backtest.walk.ledger.account import Account
from appliance.research.backtest.walk.ledger.book import TradeList
from tests.research.backtest.walk.made import OTHER, PAIR, at, settings
from tests.support.trades import fill, new_order, new_trade


@pytest.fixture
def book():
    return TradeList()


def account(book, *, max_open=3, **config):
    found = Account(settings(**config), book, max_open)
    found.update()
    return found


def bought(book, amount=1.0, rate=100.0, **fields):
    trade = new_trade(rate=rate, amount=amount, **fields)
    fill(trade, "entry", amount, rate)
    book.add(trade)
    return trade


def waiting(book, side="entry", amount=1.0, price=100.0, *, trade=None):
    """Add an order that has not filled; to a trade that nothing has filled of, by default."""
    if trade is None:
        trade = new_trade(rate=price, amount=0.0, stake_amount=amount * price)
        book.add(trade)
    named = trade.entry_side if side == "entry" else trade.exit_side
    order = new_order(trade, named, amount, price, ft_is_open=True, status="open", filled=0.0)
    trade.orders.append(order)
    return trade


# -- too little


def test_with_too_little_left_there_is_no_stake(book):
    bought(book, 9.5)
    with pytest.raises(Refused):
        account(book).next_stake(PAIR)


def test_the_rest_is_a_stake_where_that_is_allowed(book):
    bought(book, 9.5)
    allowed = {"amend_last_stake_amount": True, "last_stake_amount_min_ratio": 0.4}
    assert account(book, **allowed).next_stake(PAIR) == pytest.approx(50.0)


# -- spot


def test_at_first_there_is_the_wallet(book):
    money = account(book)
    assert (money.get_free("USDT"), money.get_used("USDT"), money.get_total("USDT")) == (1000.0, 0.0, 1000.0)
    assert money.get_total("ETH") == money.get_free("ETH") == money.get_used("ETH") == 0.0
    assert money.get_starting_balance() == 1000.0
    assert money.get_all_positions() == {}


def test_a_wallet_may_have_other_currencies(book):
    money = account(book, dry_run_wallet={"USDT": 500, "ETH": 2, "BNB": 1})
    bought(book, 1.0)
    money.update()
    assert money.get_total("ETH") == money.get_free("ETH") == 3.0
    assert money.get_total("BNB") == 1.0
    assert money.get_owned(PAIR, "ETH") == 3.0


def test_a_trade_ties_up_its_stake_and_brings_its_coins(book):
    bought(book, 2.0)
    money = account(book)
    assert money.get_free("USDT") == 800.0
    assert money.get_total("USDT") == 800.0
    assert money.get_free("ETH") == 2.0


def test_an_entry_that_waits_ties_its_stake_up_and_has_no_coins(book):
    waiting(book, amount=2.0)
    money = account(book)
    assert (money.get_free("USDT"), money.get_used("USDT"), money.get_total("USDT")) == (800.0, 200.0, 1000.0)
    assert money.get_total("ETH") == 0.0


def test_coins_in_a_waiting_exit_are_not_free(book):
    waiting(book, "exit", 0.5, trade=bought(book, 2.0))
    money = account(book)
    assert (money.get_free("ETH"), money.get_used("ETH"), money.get_total("ETH")) == (1.5, 0.5, 2.0)


def test_profits_of_partial_exits_and_of_closed_trades_are_there(book):
    trade = bought(book, 2.0, fee_open=0.0, fee_close=0.0)
    fill(trade, "exit", 1.0, 110.0)
    assert trade.realized_profit == 10.0
    money = account(book)
    assert money.get_free("USDT") == 910.0
    fill(trade, "exit", 1.0, 120.0)
    book.close(trade)
    money.update()
    assert money.get_free("USDT") == 1030.0
    assert money.get_total("ETH") == 0.0
    assert money.get_starting_balance() == 1000.0


# -- stakes


def test_a_part_of_the_wallet_may_be_kept_back(book):
    money = account(book, tradable_balance_ratio=0.5)
    assert money.get_total_stake_amount() == 500.0
    bought(book, 1.0)
    money.update()
    assert money.get_available_stake_amount() == 400.0
    assert money.get_starting_balance() == 500.0


def test_an_unlimited_stake_is_an_equal_share(book):
    money = account(book, stake_amount="unlimited", max_open=4)
    assert money.next_stake(PAIR) == 250.0
    bought(book, 2.5)
    money.update()
    assert money.next_stake(OTHER) == 250.0


def test_a_capital_of_ones_own_grows_by_profits_alone(book):
    money = account(book, available_capital=300.0)
    book.profit = 20.0
    money.update()
    assert money.get_total_stake_amount() == 320.0
    assert money.get_starting_balance() == 300.0


# -- futures


def perpetual(book, **fields):
    return bought(book, pair="ETH/USDT:USDT", trading_mode="futures", **fields)


def test_on_futures_markets_the_stake_is_used_and_stays_in_the_balance(book):
    trade = perpetual(book, amount=3.0, leverage=3.0, stake_amount=100.0)
    money = account(book, trading_mode="futures", margin_mode="isolated")
    stake = trade.stake_amount
    assert stake == pytest.approx(100.0)
    assert (money.get_free("USDT"), money.get_used("USDT")) == (1000.0 - stake, stake)
    assert money.get_total("USDT") == 1000.0
    assert money.get_total("ETH") == 0.0
    assert money.get_owned(trade.pair, "ETH") == 3.0
    assert money.get_owned("BTC/USDT:USDT", "BTC") == 0.0
    held = money.get_all_positions()[trade.pair]
    assert (held.position, held.leverage, held.collateral, held.side) == (3.0, 3.0, stake, "long")


def test_cross_margin_is_all_that_is_free_and_all_collateral(book):
    trade = perpetual(book, amount=3.0, leverage=3.0, stake_amount=100.0)
    futures = {"trading_mode": "futures"}
    crossed = account(book, margin_mode="cross", **futures)
    assert crossed.get_collateral() == crossed.get_free("USDT") + trade.stake_amount == 1000.0
    assert account(book, margin_mode="isolated", **futures).get_collateral() == 1000.0


# -- history


def test_changes_of_balances_are_noted_once(book):
    money = account(book)
    money.refresh(at(0))
    money.refresh(at(1))
    trade = bought(book, 1.0)
    money.refresh(at(2))
    book.discard(trade)
    money.refresh(at(3))
    assert sorted((one.moment, one.currency, one.total) for one in money.changes) == [
        (at(0), "USDT", 1000.0),
        (at(2), "ETH", 1.0),
        (at(2), "USDT", 900.0),
        (at(3), "ETH", 0.0),
        (at(3), "USDT", 1000.0),
    ]
