"""Define the summary of a closed trade for reports: small, since thousands stay in memory."""

from datetime import UTC, datetime, timedelta

import msgspec

from appliance.domain.trade import Trade

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class ClosedTrade(msgspec.Struct, frozen=True):
    """Sum up a closed trade. Profit and stakes in stake currency, `close_profit` a ratio, dates UTC.

    `close_profit_abs` and `realized_profit` are the same: the profit of all exits. `volume` is the worth of
    all completed orders, `entry_cost` the cost of the filled entries before fees, divided by leverage.
    """

    id: int
    pair: str
    is_short: bool
    open_date: datetime
    close_date: datetime
    close_profit: float
    realized_profit: float
    stake_amount: float
    max_stake_amount: float
    volume: float
    enter_tag: str | None
    exit_reason: str | None
    strategy: str | None
    leverage: float
    open_trade_value: float = 0.0
    close_profit_abs: float = 0.0
    entry_cost: float = 0.0


def summary_of(trade: Trade) -> ClosedTrade:
    """Return the summary of a closed trade."""
    profit = trade.realized_profit or trade.close_profit_abs or 0.0  # very old databases have only the second
    return ClosedTrade(
        id=trade.id,
        pair=trade.pair,
        is_short=trade.is_short,
        open_date=trade.open_date,
        close_date=trade.close_date or trade.date_last_filled_utc,
        close_profit=trade.close_profit or 0.0,
        realized_profit=profit,
        stake_amount=trade.stake_amount,
        max_stake_amount=trade.max_stake_amount or trade.stake_amount,
        volume=volume_of(trade),
        enter_tag=trade.enter_tag,
        exit_reason=trade.exit_reason,
        strategy=trade.strategy,
        leverage=trade.leverage,
        open_trade_value=trade.open_trade_value,
        close_profit_abs=profit,
        entry_cost=sum(
            o.safe_filled * (o.average or o.price or o.ft_price) / (trade.leverage or 1.0)
            for o in trade.orders
            if o.ft_order_side == trade.entry_side
        ),
    )


def volume_of(trade: Trade) -> float:
    """Return the worth of all completed orders, in quote currency."""
    return sum(o.safe_cost for o in trade.orders if o.status == "closed" and o.order_filled_date)


def date_of(microseconds: int) -> datetime:
    """Return the date of a number of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=microseconds)


def microseconds_of(date: datetime) -> int:
    return (date - _EPOCH) // _MICROSECOND
