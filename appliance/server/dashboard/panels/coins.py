"""Show the balance coin by coin: how much of each, what it is worth, and whose it is."""

from msgspec import Struct

from appliance.reports.balance import Balances, BalanceView

MOST = 8
"""Coins that are listed, the most valuable ones; the others are one line."""


class Coin(Struct, frozen=True, kw_only=True):
    """Show one coin or position. `worth` in stake currency, None if its price is unknown.

    `share`: of the account's known worth (0.5 is half of it). `is_ours`: the bot trades it.
    """

    name: str
    amount: float
    worth: float | None
    share: float
    is_ours: bool
    side: str


class Coins(Struct, frozen=True, kw_only=True):
    """List the coins, the most valuable first; `others` are so many more, of `others_worth` together."""

    rows: list[Coin]
    others: int
    others_worth: float


def coins_in(found: Balances) -> Coins:
    """Show the coins of an account; those that are worth nothing to the bot come last."""
    total = sum(held.est_stake or 0.0 for held in found.currencies)
    coins = sorted((_coin(held, total) for held in found.currencies), key=_rank)
    rest = coins[MOST:]
    return Coins(rows=coins[:MOST], others=len(rest), others_worth=sum(coin.worth or 0.0 for coin in rest))


def _coin(held: BalanceView, total: float) -> Coin:
    return Coin(
        name=held.currency,
        amount=held.position if held.is_position else held.balance,
        worth=held.est_stake,
        share=max(held.est_stake or 0.0, 0.0) / total if total > 0 else 0.0,
        is_ours=held.is_bot_managed,
        side=held.side if held.is_position else "",
    )


def _rank(coin: Coin) -> tuple[bool, float, str]:
    return not coin.is_ours and not coin.worth, -(coin.worth or 0.0), coin.name
