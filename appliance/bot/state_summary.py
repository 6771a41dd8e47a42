"""Summarise the state in one line: what the audit log records before and after a command."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appliance.bot.bot import Bot


def state_summary(bot: "Bot", trade_id: int | None = None) -> str:
    """Return state, number of open trades and locks, and the state of a trade if one is named."""
    trades, locks = len(bot.book.open), len(bot.locks.active(bot.now()))
    summary = f"{bot.state.value}, {_counted(trades, 'open trade')}, {_counted(locks, 'lock')}"
    if trade_id is None:
        return summary
    trade = bot.book.open.get(trade_id)
    if trade is None:
        return f"{summary}; trade {trade_id} is not open"
    return (
        f"{summary}; trade {trade.id}: {trade.amount:.8g} {trade.pair} at {trade.open_rate:.8g}, "
        f"{_counted(len(trade.all_open_orders), 'open order')}"
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
