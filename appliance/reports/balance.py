"""Report what the account holds and how much of that belongs to the bot."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from appliance.domain.futures import Position
from appliance.domain.market import Balance
from appliance.domain.trade import Trade
from appliance.reports.fiat import NO_FIAT, FiatPrice


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

    `value*` and `*_fiat*` are 0 and `symbol` empty while no fiat currency is shown. What depends on an
    unknown price is null.
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


class Account(Struct, frozen=True, kw_only=True):
    """State what the exchange holds and what of it the bot may use.

    `available_stake` is what the bot may still put into trades and `starting_capital` what it began with, in
    stake currency. `positions` are those of futures markets, None on spot markets.
    """

    held: Mapping[str, Balance]
    stake_currency: str
    available_stake: float
    starting_capital: float
    dry_run: bool
    positions: Mapping[str, Position] | None = None


def balances(
    account: Account,
    trades: Iterable[Trade],
    rate_in_stake: Callable[[str], float | None],
    fiat: FiatPrice = NO_FIAT,
) -> Balances:
    """Show the account. On futures markets, currencies count with what is free, positions with their worth.

    `rate_in_stake` returns the stake value of one unit of a currency: None if unknown, 0 if it has none.
    """
    traded = _traded_amounts(trades) if account.positions is None else {}
    shown = [
        _currency(account, balance, traded, rate_in_stake)
        for balance in account.held.values()
        if balance.total or balance.free
    ]
    shown += [_position(held, account, rate_in_stake) for held in (account.positions or {}).values()]
    total_bot = _sum(view.est_stake_bot for view in shown)
    total = _sum(view.est_stake for view in shown)
    start = account.starting_capital
    ratio = _grown(total_bot, start)
    fiat_ratio = None if fiat.rate is None else ratio if start * fiat.rate else 0.0
    return Balances(
        currencies=shown,
        total=total,
        symbol=fiat.currency,
        value=_times(total, fiat.rate),
        value_bot=_times(total_bot, fiat.rate),
        starting_capital_fiat=_times(start, fiat.rate),
        starting_capital_fiat_ratio=fiat_ratio,
        starting_capital_fiat_pct=_percent(fiat_ratio),
        total_bot=total_bot,
        stake=account.stake_currency,
        note="Simulated balances" if account.dry_run else "",
        starting_capital=start,
        starting_capital_ratio=ratio,
        starting_capital_pct=_percent(ratio),
    )


def _traded_amounts(trades: Iterable[Trade]) -> Mapping[str, float]:
    """Return what the trades hold by base currency."""
    traded: dict[str, float] = defaultdict(float)
    for trade in trades:
        traded[trade.safe_base_currency] += trade.amount
    return traded


def _currency(
    account: Account,
    balance: Balance,
    traded: Mapping[str, float],
    rate_in_stake: Callable[[str], float | None],
) -> BalanceView:
    currency = balance.currency
    is_stake = currency == account.stake_currency
    owned = account.available_stake if is_stake else traded.get(currency, 0.0)
    rate = 1.0 if is_stake else rate_in_stake(currency)
    managed = is_stake or currency in traded
    return BalanceView(
        currency=currency,
        free=balance.free,
        balance=balance.total,
        used=balance.used,
        bot_owned=owned,
        est_stake=_times(balance.total if account.positions is None else balance.free, rate),
        est_stake_bot=_times(owned, rate) if managed else 0.0,
        stake=account.stake_currency,
        is_bot_managed=managed,
    )


def _position(held: Position, account: Account, rate_in_stake: Callable[[str], float | None]) -> BalanceView:
    """Show a position; before its first fill it is worth its margin."""
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
        stake=account.stake_currency,
        side=held.side,
        is_position=True,
        position=held.position,
        is_bot_managed=True,
    )


def _times(value: float | None, rate: float | None) -> float | None:
    if rate == 0:  # no fiat currency is shown, or the currency has no price: 0 even of an unknown value
        return 0.0
    return None if value is None or rate is None else value * rate


def _sum(values: Iterable[float | None]) -> float | None:
    """Return the sum, None where one of the values is not known."""
    known = list(values)
    return None if None in known else sum(value or 0.0 for value in known)


def _grown(worth: float | None, start: float) -> float | None:
    if worth is None:
        return None
    return worth / start - 1 if start else 0.0


def _percent(ratio: float | None) -> float | None:
    return None if ratio is None else round(ratio * 100, 2)
