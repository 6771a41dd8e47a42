"""Offer trades and locks under the names that strategies import; class methods use the ports."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from appliance.domain.custom_data import CustomDataEntry
from appliance.domain.enums import LockSide
from appliance.domain.lock import PairLock
from appliance.domain.order import Order as DomainOrder
from appliance.domain.trade import Trade as DomainTrade
from appliance.strategy.compat.queries import Column, Condition, QueryResult
from appliance.strategy.ports import plugged


class _TradeNames(type):
    """Make every trade an instance of `Trade`, and `Trade.pair` a column of queries."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, DomainTrade)

    def __getattr__(cls, name: str) -> Any:
        if name == "query":
            return QueryResult(plugged().trades.get_trades_proxy())
        if name in DomainTrade.__struct_fields__:
            return Column(name)
        raise AttributeError(f"Trade has no '{name}'")


class Trade(metaclass=_TradeNames):
    """Query the trades of the bot."""

    @staticmethod
    def get_trades_proxy(
        *,
        pair: str | None = None,
        is_open: bool | None = None,
        open_date: datetime | None = None,
        close_date: datetime | None = None,
    ) -> list[DomainTrade]:
        """Return the trades that match all arguments; dates: opened or closed after them."""
        return plugged().trades.get_trades_proxy(
            pair=pair, is_open=is_open, open_date=open_date, close_date=close_date
        )

    @staticmethod
    def get_trades(trade_filter: Any = None, include_orders: bool = True) -> QueryResult:
        """Return the trades that match all conditions, e.g. `[Trade.is_open.is_(True)]`."""
        return QueryResult(plugged().trades.get_trades_proxy()).filter(*_conditions(trade_filter))

    @staticmethod
    def get_open_trades() -> list[DomainTrade]:
        return plugged().trades.get_open_trades()

    @staticmethod
    def get_open_trade_count() -> int:
        return plugged().trades.get_open_trade_count()

    @staticmethod
    def total_open_trades_stakes() -> float:
        return plugged().trades.total_open_trades_stakes()

    @staticmethod
    def get_total_closed_profit() -> float:
        return plugged().trades.get_total_closed_profit()

    @staticmethod
    def get_overall_performance(start_date: datetime | None = None) -> list[dict[str, Any]]:
        """Return profit per pair, best first: pair, profit_ratio, profit_pct, profit, profit_abs, count."""
        closed = plugged().trades.get_trades_proxy(is_open=False, close_date=start_date)
        rows = _by("pair", closed, lambda trade: trade.pair)
        return [row | {"profit": row["profit_pct"]} for row in rows]

    @staticmethod
    def get_best_pair(trade_filter: Any = None) -> tuple[str, float, float, int] | None:
        """Return the most profitable pair: name, profit ratio, profit in stake currency, number of trades."""
        closed = Trade.get_trades(trade_filter).filter(Column("is_open").is_(False))
        for best in _by("pair", closed, lambda trade: trade.pair):
            return best["pair"], best["profit_ratio"], best["profit_abs"], best["count"]
        return None

    @staticmethod
    def get_enter_tag_performance(pair: str | None) -> list[dict[str, Any]]:
        """Return profit per enter tag (of one pair, or all), best first."""
        return _by("enter_tag", _closed(pair), lambda trade: trade.enter_tag or "Other")

    @staticmethod
    def get_exit_reason_performance(pair: str | None) -> list[dict[str, Any]]:
        """Return profit per exit reason (of one pair, or all), best first."""
        return _by("exit_reason", _closed(pair), lambda trade: trade.exit_reason or "Other")

    @staticmethod
    def get_mix_tag_performance(pair: str | None) -> list[dict[str, Any]]:
        """Return profit per enter tag and exit reason, best first; the ratios of the trades are added up."""
        closed = _closed(pair)

        def mix(trade: DomainTrade) -> str:
            return f"{trade.enter_tag or 'Other'} {trade.exit_reason or 'Other'}"

        sums: dict[str, float] = {}
        for trade in closed:
            sums[mix(trade)] = sums.get(mix(trade), 0.0) + (trade.close_profit or 0.0)
        return [
            row | {"profit_ratio": sums[row["mix_tag"]], "profit_pct": round(sums[row["mix_tag"]] * 100, 2)}
            for row in _by("mix_tag", closed, mix)
        ]

    @staticmethod
    def get_trading_volume(trade_filter: Any = None) -> float:
        """Return the cost of all filled orders, in quote currency."""
        return sum(
            order.safe_cost
            for trade in Trade.get_trades(trade_filter)
            for order in trade.orders
            if order.status == "closed"
        )

    @staticmethod
    def commit() -> None:
        """Do nothing: the bot saves every change itself."""

    @staticmethod
    def rollback() -> None:
        """Do nothing."""


LocalTrade = Trade


class _OrderNames(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, DomainOrder)


class Order(metaclass=_OrderNames):
    """Query the orders of the bot."""

    @staticmethod
    def get_open_orders() -> list[DomainOrder]:
        return [order for trade in plugged().trades.get_open_trades() for order in trade.all_open_orders]

    @staticmethod
    def order_by_id(order_id: str, pair: str | None = None) -> DomainOrder | None:
        for trade in plugged().trades.get_trades_proxy(pair=pair):
            found = trade.select_order_by_order_id(order_id)
            if found is not None:
                return found
        return None


class PairLocks:
    """Query and set locks."""

    @staticmethod
    def lock_pair(
        pair: str,
        until: datetime,
        reason: str | None = None,
        *,
        now: datetime | None = None,
        side: LockSide = "*",
    ) -> PairLock:
        return plugged().locks.lock_pair(pair, until, reason, now=now, side=side)

    @staticmethod
    def unlock_pair(pair: str, now: datetime | None = None, side: LockSide = "*") -> None:
        plugged().locks.unlock_pair(pair, now, side)

    @staticmethod
    def unlock_reason(reason: str, now: datetime | None = None) -> None:
        plugged().locks.unlock_reason(reason, now)

    @staticmethod
    def is_pair_locked(pair: str, now: datetime | None = None, side: LockSide = "*") -> bool:
        return plugged().locks.is_pair_locked(pair, now, side)

    @staticmethod
    def is_global_lock(now: datetime | None = None, side: LockSide = "*") -> bool:
        return plugged().locks.is_global_lock(now, side)

    @staticmethod
    def get_pair_locks(
        pair: str | None, now: datetime | None = None, side: LockSide | None = None
    ) -> Sequence[PairLock]:
        return plugged().locks.get_pair_locks(pair, now, side)

    @staticmethod
    def get_pair_longest_lock(
        pair: str, now: datetime | None = None, side: LockSide = "*"
    ) -> PairLock | None:
        locks = plugged().locks.get_pair_locks(pair, now, side)
        return max(locks, key=lambda lock: lock.lock_end_time, default=None)

    @staticmethod
    def get_all_locks() -> Sequence[PairLock]:
        return plugged().locks.get_all_locks()


class CustomDataWrapper:
    """Read and write the custom data of trades, by trade id."""

    @staticmethod
    def get_custom_data(*, trade_id: int, key: str | None = None) -> list[CustomDataEntry]:
        trade = _trade(trade_id)
        if trade is None:
            return []
        entry = trade.get_custom_data_entry(key) if key else None
        return trade.get_all_custom_data() if not key else [entry] if entry else []

    @staticmethod
    def set_custom_data(trade_id: int, key: str, value: Any) -> None:
        trade = _trade(trade_id)
        if trade is not None:
            trade.set_custom_data(key, value)

    @staticmethod
    def delete_custom_data(trade_id: int, key: str | None = None) -> None:
        trade = _trade(trade_id)
        if trade is not None:
            trade.delete_custom_data(key)


def _trade(trade_id: int) -> DomainTrade | None:
    trades = plugged().trades
    return next((t for t in trades.get_open_trades() if t.id == trade_id), None) or next(
        (t for t in trades.get_trades_proxy(is_open=False) if t.id == trade_id), None
    )


def _conditions(given: Any) -> Iterable[Condition]:
    if given is None:
        return []
    return [given] if isinstance(given, Condition) else list(given)


def _closed(pair: str | None) -> list[DomainTrade]:
    return plugged().trades.get_trades_proxy(pair=pair, is_open=False)


def _by(
    name: str, trades: Iterable[DomainTrade], label: Callable[[DomainTrade], str]
) -> list[dict[str, Any]]:
    """Return profit (stake currency), profit ratio and number of trades by label."""
    groups: dict[str, list[DomainTrade]] = {}
    for trade in trades:
        groups.setdefault(label(trade), []).append(trade)
    rows = [_performance(name, labelled, group) for labelled, group in groups.items()]
    return sorted(rows, key=lambda row: -float(row["profit_abs"]))


def _performance(name: str, label: str, trades: list[DomainTrade]) -> dict[str, Any]:
    profit = sum(trade.close_profit_abs or 0.0 for trade in trades)
    stakes = sum(trade.max_stake_amount or trade.stake_amount for trade in trades)
    ratio = profit / stakes if stakes else 0.0
    return {
        name: label,
        "profit_ratio": ratio,
        "profit_pct": round(ratio * 100, 2),
        "profit_abs": profit,
        "count": len(trades),
    }


__all__ = ["CustomDataWrapper", "LocalTrade", "Order", "PairLock", "PairLocks", "Trade"]
