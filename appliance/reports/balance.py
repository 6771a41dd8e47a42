"""Report what the account holds, and what of it is the bot's."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from appliance.domain.futures import Position
from appliance.domain.market import Balance
from appliance.domain.trade import Trade


class BalanceView(Struct, frozen=True, kw_only=True):
    """Show one currency: `free`, `used`, `balance`, `bot_owned` in itself, `est_*` in stake currency."""

    currency: str
    free: float
    balance: float
    used: float
    bot_owned: float | None
    est_stake: float
    est_stake_bot: float | None
    stake: str
    side: str = "long"
    is_position: bool = False
    position: float = 0.0
    is_bot_managed: bool


class Balances(Struct, frozen=True, kw_only=True):
    """Show the account. All amounts in stake currency, ratios to the starting capital.

    `value*` and `*_fiat*` are 0 and `symbol` empty while no fiat currency is shown.
    """

    currencies: list[BalanceView]
    total: float
    total_bot: float
    symbol: str = ""
    value: float = 0.0
    value_bot: float = 0.0
    stake: str
    note: str
    starting_capital: float
    starting_capital_ratio: float
    starting_capital_pct: float
    starting_capital_fiat: float = 0.0
    starting_capital_fiat_ratio: float = 0.0
    starting_capital_fiat_pct: float = 0.0


def balances(
    held: Mapping[str, Balance],
    trades: Iterable[Trade],
    *,
    stake_currency: str,
    available_stake: float,
    starting_capital: float,
    rate_in_stake: Callable[[str], float | None],
    dry_run: bool,
    fiat_currency: str = "",
    fiat_rate: float = 0.0,
    positions: Mapping[str, Position] | None = None,
) -> Balances:
    """Show the account.

    `available_stake`: what the bot may still put into trades; `rate_in_stake`: stake value of one unit of a
    currency, None where it is not known (it then counts as 0); `fiat_rate`: what one of stake costs in
    `fiat_currency`. `positions` are those of futures markets, None on spot markets: a position counts with
    its margin and what it would make now, a currency then only with what of it is free.
    """
    futures = positions is not None
    traded: dict[str, float] = defaultdict(float)
    for trade in trades:
        if not futures:
            traded[trade.safe_base_currency] += trade.amount
    shown: list[BalanceView] = []
    for currency, balance in held.items():
        if not balance.total and not balance.free:
            continue
        is_stake = currency == stake_currency
        owned = available_stake if is_stake else traded.get(currency, 0.0)
        rate = 1.0 if is_stake else (rate_in_stake(currency) or 0.0)
        managed = is_stake or currency in traded
        shown.append(
            BalanceView(
                currency=currency,
                free=balance.free,
                balance=balance.total,
                used=balance.used,
                bot_owned=owned,
                est_stake=rate * (balance.free if futures else balance.total),
                est_stake_bot=rate * owned if managed else 0.0,
                stake=stake_currency,
                is_bot_managed=managed,
            )
        )
    shown += [_position(held_now, stake_currency, rate_in_stake) for held_now in (positions or {}).values()]
    total_bot = sum(entry.est_stake_bot or 0.0 for entry in shown)
    ratio = total_bot / starting_capital - 1 if starting_capital else 0.0
    total = sum(entry.est_stake for entry in shown)
    fiat_ratio = ratio if starting_capital * fiat_rate else 0.0
    return Balances(
        currencies=shown,
        total=total,
        symbol=fiat_currency,
        value=total * fiat_rate,
        value_bot=total_bot * fiat_rate,
        starting_capital_fiat=starting_capital * fiat_rate,
        starting_capital_fiat_ratio=fiat_ratio,
        starting_capital_fiat_pct=round(fiat_ratio * 100, 2),
        total_bot=total_bot,
        stake=stake_currency,
        note="Play money (dry-run)" if dry_run else "",
        starting_capital=starting_capital,
        starting_capital_ratio=ratio,
        starting_capital_pct=round(ratio * 100, 2),
    )


def _position(
    held: Position, stake_currency: str, rate_in_stake: Callable[[str], float | None]
) -> BalanceView:
    """Show a position; before its first price is known it is worth its margin."""
    rate = rate_in_stake(held.symbol.partition("/")[0])
    worth = held.worth(rate) if rate and held.position else held.collateral
    return BalanceView(
        currency=held.symbol,
        free=0.0,
        balance=0.0,
        used=0.0,
        bot_owned=None,
        est_stake=worth,
        est_stake_bot=worth,
        stake=stake_currency,
        side=held.side,
        is_position=True,
        position=held.position,
        is_bot_managed=True,
    )
