"""Report what the account holds, and what of it is the bot's."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from appliance.domain.futures import Position
from appliance.domain.market import Balance
from appliance.domain.trade import Trade


class BalanceView(Struct, frozen=True, kw_only=True):
    """Show one currency: `free`, `used`, `balance`, `bot_owned` in itself, `est_*` in stake currency.

    `est_*` is null while the currency's price is not known, 0 where it is not traded for stake.
    """

    currency: str
    free: float
    balance: float
    used: float
    bot_owned: float | None
    est_stake: float | None
    est_stake_bot: float | None
    stake: str
    side: str = "long"
    is_position: bool = False
    position: float = 0.0
    is_bot_managed: bool


class Balances(Struct, frozen=True, kw_only=True):
    """Show the account. All amounts in stake currency, ratios to the starting capital.

    `value*` and `*_fiat*` are 0 and `symbol` empty while no fiat currency is shown. What follows from a price
    that is not known is null.
    """

    currencies: list[BalanceView]
    total: float | None
    total_bot: float | None
    symbol: str = ""
    value: float | None = 0.0
    value_bot: float | None = 0.0
    stake: str
    note: str
    starting_capital: float
    starting_capital_ratio: float | None
    starting_capital_pct: float | None
    starting_capital_fiat: float | None = 0.0
    starting_capital_fiat_ratio: float | None = 0.0
    starting_capital_fiat_pct: float | None = 0.0


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
    fiat_rate: float | None = 0.0,
    positions: Mapping[str, Position] | None = None,
) -> Balances:
    """Show the account.

    `available_stake`: what the bot may still put into trades; `rate_in_stake`: stake value of one unit of a
    currency, None where it is not known, 0 where there is none; `fiat_rate`: what one of stake costs in
    `fiat_currency`, None where that is not known. `positions` are those of futures markets, None on spot
    markets: a position counts with its margin and what it would make now, a currency then only with what of
    it is free.
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
        rate = 1.0 if is_stake else rate_in_stake(currency)
        managed = is_stake or currency in traded
        shown.append(
            BalanceView(
                currency=currency,
                free=balance.free,
                balance=balance.total,
                used=balance.used,
                bot_owned=owned,
                est_stake=_times(balance.free if futures else balance.total, rate),
                est_stake_bot=_times(owned, rate) if managed else 0.0,
                stake=stake_currency,
                is_bot_managed=managed,
            )
        )
    shown += [_position(held_now, stake_currency, rate_in_stake) for held_now in (positions or {}).values()]
    total_bot = _sum(entry.est_stake_bot for entry in shown)
    total = _sum(entry.est_stake for entry in shown)
    ratio = _grown(total_bot, starting_capital)
    fiat_ratio = None if fiat_rate is None else ratio if starting_capital * fiat_rate else 0.0
    return Balances(
        currencies=shown,
        total=total,
        symbol=fiat_currency,
        value=_times(total, fiat_rate),
        value_bot=_times(total_bot, fiat_rate),
        starting_capital_fiat=_times(starting_capital, fiat_rate),
        starting_capital_fiat_ratio=fiat_ratio,
        starting_capital_fiat_pct=_percent(fiat_ratio),
        total_bot=total_bot,
        stake=stake_currency,
        note="Simulated balances" if dry_run else "",
        starting_capital=starting_capital,
        starting_capital_ratio=ratio,
        starting_capital_pct=_percent(ratio),
    )


def _position(
    held: Position, stake_currency: str, rate_in_stake: Callable[[str], float | None]
) -> BalanceView:
    """Show a position; one that waits for its first fill is worth its margin."""
    rate = rate_in_stake(held.symbol.partition("/")[0])
    worth: float | None = held.collateral
    if held.position:
        worth = held.worth(rate) if rate else None
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


def _times(value: float | None, rate: float | None) -> float | None:
    if rate == 0:  # nothing is shown in fiat, or nobody buys it: that is so whatever is not known
        return 0.0
    return None if value is None or rate is None else value * rate


def _sum(values: Iterable[float | None]) -> float | None:
    """Add up; a sum of which a part is not known is not known."""
    known = list(values)
    return None if None in known else sum(value or 0.0 for value in known)


def _grown(worth: float | None, start: float) -> float | None:
    if worth is None:
        return None
    return worth / start - 1 if start else 0.0


def _percent(ratio: float | None) -> float | None:
    return None if ratio is None else round(ratio * 100, 2)
