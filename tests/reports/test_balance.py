"""What the account holds, and what of it is the bot's."""

from appliance.domain.market import Balance
from appliance.reports.balance import balances
from tests.reports.test_trade_view import order, trade


def account(held: dict[str, tuple[float, float]], *trades, **more):
    return balances(
        {name: Balance(name, free, used, free + used) for name, (free, used) in held.items()},
        trades,
        **{
            "stake_currency": "USDT",
            "available_stake": 500.0,
            "starting_capital": 1000.0,
            "rate_in_stake": {"ETH": 110.0}.get,
            "dry_run": False,
        }
        | more,
    )


def test_an_empty_account():
    shown = account({"USDT": (0.0, 0.0)}, starting_capital=0.0)
    assert (shown.currencies, shown.total, shown.starting_capital_ratio) == ([], 0, 0.0)


def test_what_cannot_be_valued_counts_as_nothing():
    shown = account({"XYZ": (5.0, 0.0)})
    assert (shown.total, shown.currencies[0].est_stake, shown.currencies[0].is_bot_managed) == (
        0.0,
        0.0,
        False,
    )


def test_only_what_the_bot_trades_is_the_bots():
    shown = account({"USDT": (600.0, 50.0), "ETH": (3.0, 0.0)}, trade(order("buy", 1.0, 100.0)))
    usdt, eth = shown.currencies
    assert (usdt.balance, usdt.est_stake, usdt.bot_owned, usdt.est_stake_bot) == (650.0, 650.0, 500.0, 500.0)
    assert (eth.bot_owned, eth.est_stake, eth.est_stake_bot, eth.is_bot_managed) == (1.0, 330.0, 110.0, True)
    assert (shown.total, shown.total_bot) == (980.0, 610.0)
    assert (shown.starting_capital_ratio, shown.starting_capital_pct) == (0.61 - 1, -39.0)
    assert (shown.note, account({}, dry_run=True).note) == ("", "Play money (dry-run)")
