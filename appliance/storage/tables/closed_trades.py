"""Read closed trades as summaries for reports: thousands at once, without their orders."""

from typing import Any

from aiosqlite import Connection

from appliance.domain.closed_trades.summary import ClosedTrade
from appliance.domain.closed_trades.table import ClosedTrades
from appliance.storage.tables.rows import date_of

_QUERY = """
SELECT id, pair, is_short, open_date, coalesce(close_date, open_date),
    coalesce(close_profit, 0.0), coalesce(nullif(realized_profit, 0.0), close_profit_abs, 0.0),
    stake_amount, coalesce(nullif(max_stake_amount, 0), stake_amount),
    (SELECT coalesce(sum(cost), 0.0) FROM orders
        WHERE ft_trade_id = trades.id AND status = 'closed' AND order_filled_date IS NOT NULL),
    enter_tag, exit_reason, strategy, coalesce(leverage, 1.0),
    coalesce(open_trade_value, 0.0), coalesce(nullif(realized_profit, 0.0), close_profit_abs, 0.0),
    (SELECT coalesce(sum(filled * coalesce(average, price, ft_price)), 0.0) FROM orders
        WHERE ft_trade_id = trades.id AND filled > 0
        AND ft_order_side = CASE WHEN is_short THEN 'sell' ELSE 'buy' END) / coalesce(leverage, 1.0)
FROM trades WHERE is_open = 0 ORDER BY close_date, id
"""


_BATCH = 1000


async def read_all(connection: Connection) -> ClosedTrades:
    """Return all closed trades, first closed first. Rows are fetched in batches."""
    trades = ClosedTrades()
    async with connection.execute(_QUERY) as cursor:
        while rows := await cursor.fetchmany(_BATCH):
            trades.extend(_summary(tuple(row)) for row in rows)
    return trades


def _summary(row: tuple[Any, ...]) -> ClosedTrade:
    trade_id, pair, is_short, opened, closed, *amounts = row
    return ClosedTrade(trade_id, pair, bool(is_short), date_of(opened), date_of(closed), *amounts)
