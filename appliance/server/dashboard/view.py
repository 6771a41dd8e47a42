"""Gather what the page shows, in the event loop; templates then read it in a thread.

Money in stake currency, rates in quote currency, ratios 0.01 for one percent, dates UTC.
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from appliance import __version__
from appliance.domain.closed_trades.summary import ClosedTrade
from appliance.domain.enums import State, TradingMode
from appliance.domain.lock import PairLock
from appliance.domain.order import Order
from appliance.queries.account import balance
from appliance.queries.bot_slot import BotSlot
from appliance.reports.risk import Risk, risk_now
from appliance.server.dashboard.equity import EquityPicture, equity_picture
from appliance.server.dashboard.panels.coins import Coins, coins_in
from appliance.server.dashboard.panels.health import HealthView, health_view
from appliance.server.dashboard.panels.open_trades import OpenTrades, open_trades
from appliance.server.dashboard.summary import BalanceSummary, ProfitSummary, balance_summary, profit_summary

if TYPE_CHECKING:
    from appliance.bot.bot import Bot
    from appliance.config.logs.setup import LogBuffer

PAGE_ROWS = 20
LAST_CLOSED = 10
"""Closed trades on one page of the overview; the page of trades has more of them."""
LOG_LINES = 30

_STATE_WORDS = {
    State.RUNNING: ("Running", "Enters and exits trades."),
    State.PAUSED: ("Paused", "Enters no more trades; open ones are still exited."),
    State.STOPPED: ("Stopped", "Does nothing: open trades are not exited."),
    State.RELOAD_CONFIG: ("Reloading", "Reloads configuration and strategy."),
}


class BotFacts(Struct, frozen=True, kw_only=True):
    name: str
    version: str
    state: str
    state_word: str
    state_means: str
    dry_run: bool
    strategy: str
    timeframe: str
    exchange: str
    trading_mode: str
    stake_currency: str
    force_entry: bool
    short_allowed: bool
    has_bot: bool = True


class ClosedRow(Struct, frozen=True, kw_only=True):
    """Show a closed trade. `lasted` in seconds."""

    id: int
    pair: str
    side: str
    profit: float
    profit_ratio: float
    closed: datetime
    lasted: float
    reason: str
    tag: str


class ClosedTrades(Struct, frozen=True, kw_only=True):
    """List one page of the closed trades, newest first."""

    rows: list[ClosedRow]
    total: int
    page: int
    pages: int


class Lock(Struct, frozen=True, kw_only=True):
    pair: str
    side: str
    until: datetime
    reason: str


class LogLine(Struct, frozen=True, kw_only=True):
    time: str
    level: str
    text: str


class UnknownOrder(Struct, frozen=True, kw_only=True):
    """Show an order of unknown fate. `age` in seconds."""

    client_order_id: str
    trade_id: int
    pair: str
    side: str
    amount: float
    rate: float
    age: float


class Overview(Struct, frozen=True, kw_only=True):
    """Hold all that a page shows, immutable."""

    bot: BotFacts
    health: HealthView
    notices: list[str]
    bars_entries: bool
    unknown: list[UnknownOrder]
    balance: BalanceSummary
    profit: ProfitSummary
    equity: EquityPicture
    open: OpenTrades
    risk: Risk
    coins: Coins
    closed: ClosedTrades
    locks: list[Lock]
    pairs: list[str]
    log: list[LogLine]


async def overview(bot: "Bot", slot: BotSlot, now: datetime, page: int = 1, window: str = "all") -> Overview:
    """Gather everything, with that page of the closed trades (from 1; the last one if there are fewer).

    `window`: how far back the equity goes, one of `WINDOWS`.
    """
    held = await balance(bot)
    account, profit = balance_summary(held), await profit_summary(bot, slot, now)
    equity = equity_picture(bot, account, profit, now, window)
    return Overview(
        bot=bot_facts(bot),
        health=health_view(bot),
        notices=bot.notices,
        bars_entries=bool(bot.bars),
        unknown=[unknown_row(order, now) for order in bot.unknown_orders],
        balance=account,
        profit=profit,
        equity=equity,
        open=open_trades(bot, now),
        risk=risk_now(bot.book.open.values(), bot.book.rates, equity.last),
        coins=coins_in(held),
        closed=closed_trades(bot.book.closed, page),
        locks=[lock_row(lock) for lock in sorted(bot.locks.active(now), key=lambda lock: lock.lock_end_time)],
        pairs=list(bot.whitelist),
        log=[LogLine(time=at, level=level, text=text) for at, _, _, level, text in newest_logs(slot.logs)],
    )


def fingerprint(bot: "Bot", logs: "LogBuffer") -> object:
    """Return a value that changes whenever the page would, except for ages."""
    last, health = logs.records[-1:], health_view(bot)
    return (
        id(bot),
        bot.state,
        bot.book.revision,
        len(bot.locks.locks),
        tuple(bot.whitelist),
        tuple(bot.notices),
        bot.settings,
        last,
        health.signs,
        health.troubles,
    )


def bot_facts(bot: "Bot") -> BotFacts:
    settings, (word, means) = bot.settings, _STATE_WORDS[bot.state]
    return BotFacts(
        name=settings.bot_name,
        version=__version__,
        state=bot.state.value,
        state_word=word,
        state_means=means,
        dry_run=settings.dry_run,
        strategy=bot.strategy_name,
        timeframe=bot.resolved.timeframe,
        exchange=settings.exchange.name,
        trading_mode=settings.trading_mode.value,
        stake_currency=settings.stake_currency,
        force_entry=settings.force_entry_enable,
        short_allowed=settings.trading_mode != TradingMode.SPOT,
    )


def closed_trades(closed: Sequence[ClosedTrade], page: int) -> ClosedTrades:
    """Show one page of trades, which are given first closed first; a page beyond the last is the last."""
    pages = max(1, math.ceil(len(closed) / LAST_CLOSED))
    page = min(page, pages)
    end = max(len(closed) - (page - 1) * LAST_CLOSED, 0)
    rows = closed[max(end - LAST_CLOSED, 0) : end][::-1]
    return ClosedTrades(rows=[closed_row(trade) for trade in rows], total=len(closed), page=page, pages=pages)


def closed_row(trade: ClosedTrade) -> ClosedRow:
    return ClosedRow(
        id=trade.id,
        pair=trade.pair,
        side="short" if trade.is_short else "long",
        profit=trade.realized_profit,
        profit_ratio=trade.close_profit,
        closed=trade.close_date,
        lasted=(trade.close_date - trade.open_date) / timedelta(seconds=1),
        reason=trade.exit_reason or "",
        tag=trade.enter_tag or "",
    )


def unknown_row(order: Order, now: datetime) -> UnknownOrder:
    return UnknownOrder(
        client_order_id=order.client_order_id or "",
        trade_id=order.ft_trade_id,
        pair=order.ft_pair,
        side=order.side or order.ft_order_side,
        amount=order.ft_amount,
        rate=order.ft_price,
        age=(now - order.order_date).total_seconds(),
    )


def lock_row(lock: PairLock) -> Lock:
    return Lock(pair=lock.pair, side=lock.side, until=lock.lock_end_time, reason=lock.reason or "")


def newest_logs(logs: "LogBuffer") -> list[tuple[str, float, str, str, str]]:
    """Return the last lines, the newest first."""
    return list(logs.records)[: -LOG_LINES - 1 : -1]
