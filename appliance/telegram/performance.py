"""Tell by Telegram what trading made, and what the account holds."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from appliance.domain.enums import TradeDirection, TradingMode
from appliance.domain.errors import Refused
from appliance.notify.amounts import NOT_KNOWN, coin, percent, rate
from appliance.notify.pages import Block
from appliance.queries import account, performance
from appliance.reports.balance import BalanceView
from appliance.reports.periods import DailyWeeklyMonthly
from appliance.reports.profit import Profit
from appliance.reports.views.time_format import span
from appliance.telegram.answers import Answer, Asked, heading, number, rows, said, table

MOST_PERIODS = 366
_DUST = {"BTC": 0.0001, "ETH": 0.01}
_DUST_ELSE = 1.0


async def profit(asked: Asked) -> Answer:
    """Tell profit, of all trades or of longs or shorts, and of the last days. Raises Refused."""
    words = list(asked.words)
    if words and words[0].lower() in ("long", "short"):
        direction: TradeDirection = "long" if words.pop(0).lower() == "long" else "short"
        return await _profit(asked, direction, words)
    return await _profit(asked, None, words)


async def profit_long(asked: Asked) -> Answer:
    return await _profit(asked, "long", asked.words)


async def profit_short(asked: Asked) -> Answer:
    return await _profit(asked, "short", asked.words)


async def daily(asked: Asked) -> Answer:
    count = asked.count(7, MOST_PERIODS)
    told = await performance.daily(asked.bot, asked.slot, performance.DaysQuery(count))
    return _periods(told, "Day", f"The last {count} days", "%Y-%m-%d")


async def weekly(asked: Asked) -> Answer:
    count = asked.count(8, MOST_PERIODS)
    told = await performance.weekly(asked.bot, asked.slot, performance.WeeksQuery(count))
    return _periods(told, "Monday", f"The last {count} weeks", "%Y-%m-%d")


async def monthly(asked: Asked) -> Answer:
    count = asked.count(6, MOST_PERIODS)
    told = await performance.monthly(asked.bot, asked.slot, performance.MonthsQuery(count))
    return _periods(told, "Month", f"The last {count} months", "%Y-%m")


async def by_pair(asked: Asked) -> Answer:
    told = await performance.performance(asked.bot, asked.slot)
    return _made(asked, "Profit by pair", [(one.pair, one) for one in told])


async def by_entry(asked: Asked) -> Answer:
    told = await performance.entries(asked.bot, asked.slot, _of_pair(asked))
    return _made(asked, "Profit by entry tag", [(one.enter_tag, one) for one in told])


async def by_exit(asked: Asked) -> Answer:
    told = await performance.exits(asked.bot, asked.slot, _of_pair(asked))
    return _made(asked, "Profit by exit reason", [(one.exit_reason, one) for one in told])


async def by_both(asked: Asked) -> Answer:
    told = await performance.mix_tags(asked.bot, asked.slot, _of_pair(asked))
    return _made(asked, "Profit by entry tag and exit reason", [(one.mix_tag, one) for one in told])


async def stats(asked: Asked) -> Answer:
    """Count how trades ended, and tell how long they took."""
    told = await performance.stats(asked.bot, asked.slot)
    if not told.exit_reasons:
        return said("No trade has been closed yet.")
    reasons = [
        (reason, ended.wins + ended.losses + ended.draws, ended.wins, ended.losses)
        for reason, ended in told.exit_reasons.items()
    ]
    lengths = [(name, span(mean) if mean is not None else "-") for name, mean in told.durations.items()]
    return Answer(
        blocks=(
            table(("Exit reason", "Exits", "Wins", "Losses"), reasons),
            Block(("",)),
            table(("", "Held for"), lengths),
        )
    )


async def balance(asked: Asked) -> Answer:
    """Show what the bot holds, with "full" what the whole account holds."""
    bot, full = asked.bot, "full" in asked.words
    told = await account.balance(bot)
    dust_level = bot.settings.telegram.balance_dust_level or _DUST.get(told.stake, _DUST_ELSE)
    shown = [one for one in told.currencies if one.is_bot_managed or full]
    dust = [one for one in shown if not one.is_position and _is_below(one, dust_level)]
    start = coin(told.starting_capital, told.stake)
    traded = told.starting_capital_ratio is not None and (bot.book.closed or bot.book.open)
    grown = percent(told.starting_capital_ratio) if traded else None
    worth = told.total if full else told.total_bot
    fiat = told.value if full else told.value_bot
    blocks = [
        heading("Play money (dry-run)") if bot.settings.dry_run else None,
        rows(("Starting capital", start)),
        *(_currency(one, full) for one in shown if one not in dust),
        rows((f"{len(dust)} below {rate(dust_level)} {told.stake}", _sum_of(dust, told.stake)))
        if dust
        else None,
        rows(
            ("Worth", f"{coin(worth, told.stake)}{f' ({grown})' if grown else ''}"),
            (f"Worth in {told.symbol}", f"{fiat:.2f}") if told.symbol and fiat else None,
            title="The whole account" if full else "What the bot looks after",
        ),
    ]
    return Answer(blocks=tuple(block for block in blocks if block), refresh=True)


async def _profit(asked: Asked, direction: TradeDirection | None, words: Sequence[str]) -> Answer:
    if direction == "short" and asked.bot.settings.trading_mode is TradingMode.SPOT:
        raise Refused("Spot markets cannot be shorted.")
    since = None
    if words:
        days = min(max(number(words[0], "a number of days"), 1), 36_500)
        today = asked.bot.now().replace(hour=0, minute=0, second=0, microsecond=0)
        since = today - timedelta(days=days - 1)
    told = await account.profit_within(asked.bot, asked.slot, direction, since)
    name = f"{direction or ''} trades".strip()
    if not told.trade_count:
        return said(f"There are no {name} yet. The bot was first started at {told.bot_start_date} UTC.")
    title = f"Closed {name} since {since:%Y-%m-%d}" if since else f"Closed {name}"
    blocks = [_sums(asked, told, title, name), rows(*_counts(told))]
    if told.closed_trade_count:
        blocks.append(rows(*_quality(told, asked.bot.settings.stake_currency)))
    return Answer(blocks=tuple(blocks), refresh=True)


def _sums(asked: Asked, told: Profit, title: str, name: str) -> Block:
    stake, fiat = asked.bot.settings.stake_currency, asked.bot.settings.fiat_display_currency

    def line(made: float, mean: float | None, of_all: float | None, in_fiat: float | None) -> str:
        text = f"{coin(made, stake)} (mean {percent(mean)}, {of_all:.2f}% of the starting capital)"
        return f"{text}, {in_fiat:.2f} {fiat}" if fiat and in_fiat else text

    closed = "none"
    if told.closed_trade_count:
        closed = line(
            told.profit_closed_coin,
            told.profit_closed_ratio_mean,
            told.profit_closed_percent,
            told.profit_closed_fiat,
        )
    everything = NOT_KNOWN
    if told.profit_all_coin is not None:
        everything = line(
            told.profit_all_coin, told.profit_all_ratio_mean, told.profit_all_percent, told.profit_all_fiat
        )
    return rows((title, closed), (f"With open {name}", everything))


def _counts(told: Profit) -> Iterable[tuple[str, object]]:
    yield "Trades", told.trade_count
    yield "Bot first started", told.bot_start_date
    yield "First opened", f"{told.first_trade_humanized} ({told.first_trade_date})"
    yield "Last opened", f"{told.latest_trade_humanized} ({told.latest_trade_date})"
    yield "Won, lost", f"{told.winning_trades}, {told.losing_trades} ({percent(told.winrate)} won)"
    yield "Expectancy", f"{told.expectancy:.2f} (ratio {told.expectancy_ratio:.2f})"


def _quality(told: Profit, stake: str) -> Iterable[tuple[str, object]]:
    best = f"{coin(told.best_pair_profit_abs, stake)} ({percent(told.best_pair_profit_ratio)})"
    yield "Held for, mean", told.avg_duration
    yield "Best pair", f"{told.best_pair}: {best}"
    yield "Volume", coin(told.trading_volume or 0.0, stake)
    yield "Profit factor", "-" if told.profit_factor is None else f"{told.profit_factor:.2f}"
    worst = f"{percent(told.max_drawdown)} ({coin(told.max_drawdown_abs, stake)})"
    yield "Worst drawdown", f"{worst}, {told.max_drawdown_start} to {told.max_drawdown_end}"
    now = f"{percent(told.current_drawdown)} ({coin(told.current_drawdown_abs, stake)})"
    yield "Present drawdown", f"{now}, since {told.current_drawdown_start}"


def _periods(told: DailyWeeklyMonthly, first: str, title: str, form: str) -> Answer:
    fiat = told.fiat_display_currency
    headers = [f"{first} (trades)", told.stake_currency, *([fiat] if fiat else []), "Profit"]
    lines = [
        [
            f"{one.date:{form}} ({one.trade_count})",
            coin(one.abs_profit, told.stake_currency, named=False),
            *(["-" if one.fiat_value is None else f"{one.fiat_value:.2f}"] if fiat else []),
            percent(one.rel_profit),
        ]
        for one in told.data
    ]
    return Answer(blocks=(heading(title), table(headers, lines)), refresh=True)


def _made(asked: Asked, title: str, told: Sequence[tuple[str, Any]]) -> Answer:
    if not told:
        return Answer(blocks=said("No trade has been closed yet.").blocks, refresh=True)
    stake = asked.bot.settings.stake_currency
    lines = [
        (place, name, coin(one.profit_abs, stake, named=False), percent(one.profit_ratio), one.count)
        for place, (name, one) in enumerate(told, start=1)
    ]
    return Answer(blocks=(heading(title), table(("", "", stake, "Profit", "Trades"), lines)), refresh=True)


def _of_pair(asked: Asked) -> performance.PairQuery:
    return performance.PairQuery(asked.pair() if asked.words else None)


def _currency(one: BalanceView, full: bool) -> Block:
    worth = one.est_stake if full or one.is_position else one.est_stake_bot
    if one.is_position:
        held: tuple[tuple[str, object] | None, ...] = ((one.side, rate(one.position)),)
    else:
        held = (
            ("Free", coin(one.free, one.currency)),
            ("Total", coin(one.balance, one.currency)),
            ("In orders", coin(one.used, one.currency)) if one.used else None,
            ("The bot's", coin(one.bot_owned or 0.0, one.currency)),
        )
    return rows(*held, ("Worth", coin(worth, one.stake)), title=one.currency)


def _sum_of(dust: Sequence[BalanceView], stake: str) -> str:
    return coin(sum(one.est_stake or 0.0 for one in dust), stake)


def _is_below(one: BalanceView, level: float) -> bool:
    return one.est_stake is not None and one.est_stake <= level
