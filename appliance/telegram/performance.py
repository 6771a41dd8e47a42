"""Show by Telegram the profit of trading, and the balance of the account."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Protocol

from appliance.domain.enums import TradeDirection, TradingMode
from appliance.domain.errors import Refused
from appliance.notify.amounts import NOT_KNOWN, coin, percent, rate
from appliance.notify.pages import Block
from appliance.queries import account, performance
from appliance.reports.balance import Balances, BalanceView
from appliance.reports.periods import DailyWeeklyMonthly
from appliance.reports.profit import Profit
from appliance.reports.views.time_format import span
from appliance.telegram.answers import Answer, ChatRequest, heading, number, rows, table, text_answer

MOST_PERIODS = 366


class _Group(Protocol):
    """Closed trades that have a pair, tag or exit reason in common."""

    @property
    def profit_abs(self) -> float: ...
    @property
    def profit_ratio(self) -> float: ...
    @property
    def count(self) -> int: ...


_DUST = {"BTC": 0.0001, "ETH": 0.01}
_DUST_ELSE = 1.0
"""In the stake currency named, or in any other."""


async def profit(request: ChatRequest) -> Answer:
    """Show the profit of all trades, of longs or shorts, or of the last days. Raises Refused."""
    words = list(request.words)
    if words and words[0].lower() in ("long", "short"):
        direction: TradeDirection = "long" if words.pop(0).lower() == "long" else "short"
        return await _profit(request, direction, words)
    return await _profit(request, None, words)


async def profit_long(request: ChatRequest) -> Answer:
    return await _profit(request, "long", request.words)


async def profit_short(request: ChatRequest) -> Answer:
    return await _profit(request, "short", request.words)


async def daily(request: ChatRequest) -> Answer:
    count = request.count(7, MOST_PERIODS)
    found = await performance.daily(request.bot, request.slot, performance.DaysQuery(count))
    return _periods(found, "Day", f"The last {count} days", "%Y-%m-%d")


async def weekly(request: ChatRequest) -> Answer:
    count = request.count(8, MOST_PERIODS)
    found = await performance.weekly(request.bot, request.slot, performance.WeeksQuery(count))
    return _periods(found, "Monday", f"The last {count} weeks", "%Y-%m-%d")


async def monthly(request: ChatRequest) -> Answer:
    count = request.count(6, MOST_PERIODS)
    found = await performance.monthly(request.bot, request.slot, performance.MonthsQuery(count))
    return _periods(found, "Month", f"The last {count} months", "%Y-%m")


async def by_pair(request: ChatRequest) -> Answer:
    found = await performance.performance(request.bot, request.slot)
    return _grouped(request, "Profit by pair", [(each.pair, each) for each in found])


async def by_entry(request: ChatRequest) -> Answer:
    found = await performance.entries(request.bot, request.slot, _of_pair(request))
    return _grouped(request, "Profit by entry tag", [(each.enter_tag, each) for each in found])


async def by_exit(request: ChatRequest) -> Answer:
    found = await performance.exits(request.bot, request.slot, _of_pair(request))
    return _grouped(request, "Profit by exit reason", [(each.exit_reason, each) for each in found])


async def by_both(request: ChatRequest) -> Answer:
    found = await performance.mix_tags(request.bot, request.slot, _of_pair(request))
    return _grouped(request, "Profit by entry tag and exit reason", [(each.mix_tag, each) for each in found])


async def stats(request: ChatRequest) -> Answer:
    """Show wins and losses by exit reason, and how long trades lasted."""
    found = await performance.stats(request.bot, request.slot)
    if not found.exit_reasons:
        return text_answer("No trade has been closed yet.")
    reasons = [
        (reason, ended.wins + ended.losses + ended.draws, ended.wins, ended.losses)
        for reason, ended in found.exit_reasons.items()
    ]
    lengths = [(name, span(mean) if mean is not None else "-") for name, mean in found.durations.items()]
    return Answer(
        blocks=(
            table(("Exit reason", "Exits", "Wins", "Losses"), reasons),
            Block(("",)),
            table(("", "Duration"), lengths),
        )
    )


async def balance(request: ChatRequest) -> Answer:
    """Show what the bot holds, with "full" what the whole account holds."""
    bot, full = request.bot, "full" in request.words
    found = await account.balance(bot)
    dust_level = bot.settings.telegram.balance_dust_level or _DUST.get(found.stake, _DUST_ELSE)
    blocks = [rows(("Starting capital", coin(found.starting_capital, found.stake)))]
    if bot.settings.dry_run:
        blocks.insert(0, heading("Dry-run wallet (simulated money)"))
    blocks += _currencies(found, dust_level, full=full)
    blocks.append(_worth(found, full=full, has_traded=bool(bot.book.closed or bot.book.open)))
    return Answer(blocks=tuple(blocks), refresh=True)


def _currencies(found: Balances, dust_level: float, *, full: bool) -> Iterable[Block]:
    """Yield a block for each currency and position, and one for all that is worth less than `dust_level`."""
    dust = []
    for each in found.currencies:
        if not (each.is_bot_managed or full):
            continue
        if not each.is_position and _is_below(each, dust_level):
            dust.append(each)
        else:
            yield _currency(each, full)
    if dust:
        label = f"{len(dust)} below {rate(dust_level)} {found.stake}"
        yield rows((label, coin(sum(each.est_stake or 0.0 for each in dust), found.stake)))


def _worth(found: Balances, *, full: bool, has_traded: bool) -> Block:
    """Sum the balance up, of the bot or (`full`) of the whole account."""
    worth = found.total if full else found.total_bot
    fiat = found.value if full else found.value_bot
    growth = ""
    if found.starting_capital_ratio is not None and has_traded:
        growth = f" ({percent(found.starting_capital_ratio)})"
    return rows(
        ("Worth", f"{coin(worth, found.stake)}{growth}"),
        (f"Worth in {found.symbol}", f"{fiat:.2f}") if found.symbol and fiat else None,
        title="The whole account" if full else "Managed by the bot",
    )


async def _profit(request: ChatRequest, direction: TradeDirection | None, words: Sequence[str]) -> Answer:
    if direction == "short" and request.bot.settings.trading_mode is TradingMode.SPOT:
        raise Refused("Spot markets cannot be shorted.")
    since = None
    if words:
        days = min(max(number(words[0], "a number of days"), 1), 36_500)
        today = request.bot.now().replace(hour=0, minute=0, second=0, microsecond=0)
        since = today - timedelta(days=days - 1)
    found = await account.profit_within(request.bot, request.slot, direction, since)
    name = f"{direction or ''} trades".strip()
    if not found.trade_count:
        return text_answer(
            f"There are no {name} yet. The bot was first started at {found.bot_start_date} UTC."
        )
    title = f"Closed {name} since {since:%Y-%m-%d}" if since else f"Closed {name}"
    blocks = [_sums(request, found, title, name), rows(*_counts(found))]
    if found.closed_trade_count:
        blocks.append(rows(*_quality(found, request.bot.settings.stake_currency)))
    return Answer(blocks=tuple(blocks), refresh=True)


def _sums(request: ChatRequest, found: Profit, title: str, name: str) -> Block:
    stake, fiat = request.bot.settings.stake_currency, request.bot.settings.fiat_display_currency

    def line(made: float, mean: float | None, of_all: float | None, in_fiat: float | None) -> str:
        text = f"{coin(made, stake)} (average {percent(mean)}, {of_all:.2f}% of the starting capital)"
        return f"{text}, {in_fiat:.2f} {fiat}" if fiat and in_fiat else text

    closed = "none"
    if found.closed_trade_count:
        closed = line(
            found.profit_closed_coin,
            found.profit_closed_ratio_mean,
            found.profit_closed_percent,
            found.profit_closed_fiat,
        )
    everything = NOT_KNOWN
    if found.profit_all_coin is not None:
        everything = line(
            found.profit_all_coin,
            found.profit_all_ratio_mean,
            found.profit_all_percent,
            found.profit_all_fiat,
        )
    return rows((title, closed), (f"With open {name}", everything))


def _counts(found: Profit) -> Iterable[tuple[str, object]]:
    yield "Trades", found.trade_count
    yield "Bot first started", found.bot_start_date
    yield "First opened", f"{found.first_trade_humanized} ({found.first_trade_date})"
    yield "Last opened", f"{found.latest_trade_humanized} ({found.latest_trade_date})"
    yield "Won, lost", f"{found.winning_trades}, {found.losing_trades} ({percent(found.winrate)} won)"
    yield "Expectancy", f"{found.expectancy:.2f} (ratio {found.expectancy_ratio:.2f})"


def _quality(found: Profit, stake: str) -> Iterable[tuple[str, object]]:
    best = f"{coin(found.best_pair_profit_abs, stake)} ({percent(found.best_pair_profit_ratio)})"
    yield "Average duration", found.avg_duration
    yield "Best pair", f"{found.best_pair}: {best}"
    yield "Volume", coin(found.trading_volume or 0.0, stake)
    yield "Profit factor", "-" if found.profit_factor is None else f"{found.profit_factor:.2f}"
    worst = f"{percent(found.max_drawdown)} ({coin(found.max_drawdown_abs, stake)})"
    yield "Max drawdown", f"{worst}, {found.max_drawdown_start} to {found.max_drawdown_end}"
    now = f"{percent(found.current_drawdown)} ({coin(found.current_drawdown_abs, stake)})"
    yield "Current drawdown", f"{now}, since {found.current_drawdown_start}"


def _periods(found: DailyWeeklyMonthly, first: str, title: str, form: str) -> Answer:
    fiat = found.fiat_display_currency
    headers = [f"{first} (trades)", found.stake_currency, *([fiat] if fiat else []), "Profit"]
    lines = [
        [
            f"{each.date:{form}} ({each.trade_count})",
            coin(each.abs_profit, found.stake_currency, named=False),
            *(["-" if each.fiat_value is None else f"{each.fiat_value:.2f}"] if fiat else []),
            percent(each.rel_profit),
        ]
        for each in found.data
    ]
    return Answer(blocks=(heading(title), table(headers, lines)), refresh=True)


def _grouped(request: ChatRequest, title: str, found: Sequence[tuple[str, _Group]]) -> Answer:
    if not found:
        return Answer(blocks=text_answer("No trade has been closed yet.").blocks, refresh=True)
    stake = request.bot.settings.stake_currency
    lines = [
        (place, name, coin(each.profit_abs, stake, named=False), percent(each.profit_ratio), each.count)
        for place, (name, each) in enumerate(found, start=1)
    ]
    return Answer(blocks=(heading(title), table(("", "", stake, "Profit", "Trades"), lines)), refresh=True)


def _of_pair(request: ChatRequest) -> performance.PairQuery:
    return performance.PairQuery(request.pair() if request.words else None)


def _currency(each: BalanceView, full: bool) -> Block:
    worth = each.est_stake if full or each.is_position else each.est_stake_bot
    if each.is_position:
        held: tuple[tuple[str, object] | None, ...] = ((each.side, rate(each.position)),)
    else:
        held = (
            ("Free", coin(each.free, each.currency)),
            ("Total", coin(each.balance, each.currency)),
            ("In orders", coin(each.used, each.currency)) if each.used else None,
            ("Owned by the bot", coin(each.bot_owned or 0.0, each.currency)),
        )
    return rows(*held, ("Worth", coin(worth, each.stake)), title=each.currency)


def _is_below(each: BalanceView, level: float) -> bool:
    return each.est_stake is not None and each.est_stake <= level
