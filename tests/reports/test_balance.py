"""What the account holds, and what of it is the bot's."""

import pytest
from msgspec import to_builtins

from appliance.domain.futures import Position
from appliance.domain.market import Balance
from appliance.reports.balance import Account, balances
from appliance.reports.fiat import FiatPrice
from tests.reports.views.test_trade import order, trade


def account(
    held: dict[str, tuple[float, float]],
    *trades,
    rate_in_stake={"ETH": 110.0}.get,
    fiat_currency="",
    fiat_rate=0.0,
    **more,
):
    stated = {
        "stake_currency": "USDT",
        "available_stake": 500.0,
        "starting_capital": 1000.0,
        "dry_run": False,
    }
    return balances(
        Account(
            held={name: Balance(name, free, used, free + used) for name, (free, used) in held.items()},
            **stated | more,
        ),
        trades,
        rate_in_stake,
        FiatPrice(fiat_currency, fiat_rate),
    )


def test_an_empty_account():
    shown = account({"USDT": (0.0, 0.0)}, starting_capital=0.0)
    assert (shown.currencies, shown.total, shown.starting_capital_ratio) == ([], 0, 0.0)


def test_what_is_not_traded_for_stake_counts_as_nothing():
    shown = account({"XYZ": (5.0, 0.0)}, rate_in_stake={"XYZ": 0.0}.get)
    assert (shown.total, shown.currencies[0].est_stake, shown.currencies[0].is_bot_managed) == (
        0.0,
        0.0,
        False,
    )


def test_what_follows_from_a_price_that_is_not_known_is_not_reported():
    eth = trade(order("buy", 1.0, 100.0))
    held = {"USDT": (900.0, 0.0), "ETH": (1.0, 0.0), "XYZ": (5.0, 0.0)}
    shown = account(held, eth, rate_in_stake={"XYZ": 2.0}.get, fiat_currency="EUR", fiat_rate=0.9)
    told = {name: value for name, value in to_builtins(shown).items() if value is None}
    assert [*told] == [
        *("total", "total_bot", "value", "value_bot", "starting_capital_ratio", "starting_capital_pct"),
        *("starting_capital_fiat_ratio", "starting_capital_fiat_pct"),
    ]
    worths = {one.currency: (one.est_stake, one.est_stake_bot) for one in shown.currencies}
    assert worths == {"USDT": (900.0, 500.0), "ETH": (None, None), "XYZ": (10.0, 0.0)}


def test_a_currency_of_the_users_own_without_a_price_leaves_the_bots_sum_alone():
    shown = account({"USDT": (900.0, 0.0), "XYZ": (5.0, 0.0)}, rate_in_stake={}.get)
    assert (shown.total, shown.total_bot, shown.starting_capital_ratio) == (None, 500.0, -0.5)


@pytest.mark.parametrize("rate", [None, 110.0])
def test_fiat_figures_of_a_currency_without_a_price_are_not_reported(rate):
    shown = account({"USDT": (900.0, 0.0)}, fiat_currency="EUR", fiat_rate=rate)
    known = [shown.value, shown.value_bot, shown.starting_capital_fiat, shown.starting_capital_fiat_ratio]
    assert [one is None for one in known] == [rate is None] * 4
    assert (shown.total, shown.symbol) == (900.0, "EUR")


@pytest.mark.parametrize(("rate", "worth"), [(None, None), (110.0, 60.0)])
def test_a_position_without_a_price_is_not_worth_its_margin(rate, worth):
    held = Position(symbol="ETH/USDT:USDT", position=1.0, leverage=2.0, collateral=50.0, side="long")
    shown = account({}, rate_in_stake=lambda _: rate, positions={held.symbol: held})
    assert (shown.currencies[0].est_stake, shown.total, shown.total_bot) == (worth, worth, worth)


def test_only_what_the_bot_trades_is_the_bots():
    shown = account({"USDT": (600.0, 50.0), "ETH": (3.0, 0.0)}, trade(order("buy", 1.0, 100.0)))
    usdt, eth = shown.currencies
    assert (usdt.balance, usdt.est_stake, usdt.bot_owned, usdt.est_stake_bot) == (650.0, 650.0, 500.0, 500.0)
    assert (eth.bot_owned, eth.est_stake, eth.est_stake_bot, eth.is_bot_managed) == (1.0, 330.0, 110.0, True)
    assert (shown.total, shown.total_bot) == (980.0, 610.0)
    assert (shown.starting_capital_ratio, shown.starting_capital_pct) == (0.61 - 1, -39.0)
    assert (shown.note, account({}, dry_run=True).note) == ("", "Simulated balances")
