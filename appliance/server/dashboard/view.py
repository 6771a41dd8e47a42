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
from appliance.domain.trade import Trade
from appliance.queries.bot_slot import BotSlot
from appliance.server.dashboard.equity import EquityPicture, equity_picture
from appliance.server.dashboard.summary import BalanceSummary, ProfitSummary, balance_summary, profit_summary

if TYPE_CHECKING:
    from appliance.bot.bot import Bot
    from appliance.config.logs.setup import LogBuffer

PAGE_ROWS = 20
LOG_LINES = 30

_STATE_WORDS = {
    State.RUNNING: ("Running", "Enters and exits trades."),
    State.PAUSED: ("Paused", "Enters no more trades; open ones are still exited."),
    State.STOPPED: ("Stopped", "Does nothing: open trades are not exited."),
    State.RELOAD_CONFIG: ("Reloading", "Reloads configuration and strategy."),
}
_NO_TRADES = {
    State.RUNNING: "The bot checks every pair when a candle closes, and enters on the strategy's signals.",
    State.PAUSED: "The bot is paused; resume it to enter trades.",
    State.STOPPED: "The bot is stopped; start it to trade.",
    State.RELOAD_CONFIG: "The bot continues once the configuration is reloaded.",
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


class OpenRow(Struct, frozen=True, kw_only=True):
    """Show an open trade. `age` in seconds; `stop_distance` is the distance from rate to stop, as a ratio."""

    id: int
    pair: str
    base: str
    side: str
    leverage: float
    pending: bool
    filled: bool
    profit: float | None
    profit_ratio: float | None
    opened: datetime
    age: float
    stake: float
    amount: float
    open_rate: float
    rate: float | None
    stop: float | None
    stop_distance: float | None
    tag: str


class OpenTrades(Struct, frozen=True, kw_only=True):
    """List the open trades, newest first. `most` is their maximum number, 0 for no limit."""

    rows: list[OpenRow]
    most: int
    next: str


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
    notices: list[str]
    bars_entries: bool
    unknown: list[UnknownOrder]
    balance: BalanceSummary
    profit: ProfitSummary
    equity: EquityPicture
    open: OpenTrades
    closed: ClosedTrades
    locks: list[Lock]
    pairs: list[str]
    log: list[LogLine]


async def overview(bot: "Bot", slot: BotSlot, now: datetime, page: int = 1, window: str = "all") -> Overview:
    """Gather everything, with that page of the closed trades (from 1; the last one if there are fewer).

    `window`: how far back the equity goes, one of `WINDOWS`.
    """
    account, profit = await balance_summary(bot), await profit_summary(bot, slot, now)
    return Overview(
        bot=bot_facts(bot),
        notices=bot.notices,
        bars_entries=bool(bot.bars),
        unknown=[unknown_row(order, now) for order in bot.unknown_orders],
        balance=account,
        profit=profit,
        equity=equity_picture(bot, account, profit, now, window),
        open=open_trades(bot, now),
        closed=closed_trades(bot.book.closed, page),
        locks=[lock_row(lock) for lock in sorted(bot.locks.active(now), key=lambda lock: lock.lock_end_time)],
        pairs=list(bot.whitelist),
        log=[LogLine(time=at, level=level, text=text) for at, _, _, level, text in newest_logs(slot.logs)],
    )


def fingerprint(bot: "Bot", logs: "LogBuffer") -> object:
    """Return a value that changes whenever the page would, except for ages."""
    last = logs.records[-1:]
    return (
        id(bot),
        bot.state,
        bot.book.revision,
        len(bot.locks.locks),
        tuple(bot.whitelist),
        tuple(bot.notices),
        bot.settings,
        last,
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


def open_trades(bot: "Bot", now: datetime) -> OpenTrades:
    rows = [open_row(trade, bot.book.rates.get(trade.pair), now) for trade in bot.book.open.values()]
    most = bot.max_open_trades
    return OpenTrades(
        rows=sorted(rows, key=lambda row: (row.opened, row.id), reverse=True),
        most=0 if math.isinf(most) or most < 0 else int(most),
        next=_NO_TRADES[bot.state],
    )


def open_row(trade: Trade, rate: float | None, now: datetime) -> OpenRow:
    """Show `trade` at the current exit rate; without profit before an entry has filled, or without a rate."""
    profit = trade.calculate_profit(rate) if rate and trade.amount else None
    return OpenRow(
        id=trade.id,
        pair=trade.pair,
        base=trade.safe_base_currency,
        side=trade.trade_direction,
        leverage=trade.leverage,
        pending=trade.has_open_orders,
        filled=trade.amount > 0,
        profit=profit.profit_abs if profit else None,
        profit_ratio=profit.profit_ratio if profit else None,
        opened=trade.open_date,
        age=(now - trade.open_date).total_seconds(),
        stake=trade.stake_amount,
        amount=trade.amount,
        open_rate=trade.open_rate,
        rate=rate,
        stop=trade.stop_loss or None,
        stop_distance=trade.stop_loss / rate - 1 if rate and trade.stop_loss else None,
        tag=trade.enter_tag or "",
    )


def closed_trades(closed: Sequence[ClosedTrade], page: int) -> ClosedTrades:
    """Show one page of trades, which are given first closed first; a page beyond the last is the last."""
    pages = max(1, math.ceil(len(closed) / PAGE_ROWS))
    page = min(page, pages)
    end = max(len(closed) - (page - 1) * PAGE_ROWS, 0)
    rows = closed[max(end - PAGE_ROWS, 0) : end][::-1]
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
