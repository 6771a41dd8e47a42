"""Evaluate the query expressions of older strategies: `Trade.get_trades([Trade.pair == pair]).all()`."""

import operator
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from appliance.domain.trade import Trade


class Condition:
    """Match trades; conditions combine with `&`, `|` and `~`."""

    def __init__(self, matches: Callable[[Trade], bool]) -> None:
        self.matches = matches

    def __and__(self, other: "Condition") -> "Condition":
        return Condition(lambda trade: self.matches(trade) and other.matches(trade))

    def __or__(self, other: "Condition") -> "Condition":
        return Condition(lambda trade: self.matches(trade) or other.matches(trade))

    def __invert__(self) -> "Condition":
        return Condition(lambda trade: not self.matches(trade))


class Order:
    """State the column to sort by."""

    def __init__(self, name: str, *, descending: bool = False) -> None:
        self.name = name
        self.descending = descending


class Column:
    """Represent an attribute of a trade in an expression. Comparisons with None attributes are False."""

    def __init__(self, name: str) -> None:
        self.name = name

    def _against(self, compare: Callable[[Any, Any], Any], other: Any) -> Condition:
        wanted = _utc(other)

        def matches(trade: Trade) -> bool:
            value = _utc(getattr(trade, self.name))
            return bool(value is not None and wanted is not None and compare(value, wanted))

        return Condition(matches)

    def __eq__(self, other: object) -> Condition:  # type: ignore[override]
        return self.is_(None) if other is None else self._against(operator.eq, other)

    def __ne__(self, other: object) -> Condition:  # type: ignore[override]
        return self.is_not(None) if other is None else self._against(operator.ne, other)

    def __lt__(self, other: Any) -> Condition:
        return self._against(operator.lt, other)

    def __le__(self, other: Any) -> Condition:
        return self._against(operator.le, other)

    def __gt__(self, other: Any) -> Condition:
        return self._against(operator.gt, other)

    def __ge__(self, other: Any) -> Condition:
        return self._against(operator.ge, other)

    __hash__ = object.__hash__

    def is_(self, other: Any) -> Condition:
        return Condition(lambda trade: getattr(trade, self.name) is other)

    def is_not(self, other: Any) -> Condition:
        return Condition(lambda trade: getattr(trade, self.name) is not other)

    isnot = is_not

    def in_(self, others: Collection[Any]) -> Condition:
        return Condition(lambda trade: getattr(trade, self.name) in others)

    def asc(self) -> Order:
        return Order(self.name)

    def desc(self) -> Order:
        return Order(self.name, descending=True)


class QueryResult:
    """Hold the trades that match a query; filters and sorts them further."""

    def __init__(self, trades: Iterable[Trade]) -> None:
        self._trades = list(trades)

    def filter(self, *conditions: Condition) -> "QueryResult":
        return QueryResult(trade for trade in self._trades if all(c.matches(trade) for c in conditions))

    def order_by(self, *by: Column | Order) -> "QueryResult":
        trades = list(self._trades)
        for key in reversed(by):
            order = key if isinstance(key, Order) else key.asc()
            trades.sort(key=lambda trade: _sortable(getattr(trade, order.name)), reverse=order.descending)
        return QueryResult(trades)

    def limit(self, count: int) -> "QueryResult":
        return QueryResult(self._trades[:count])

    def all(self) -> list[Trade]:
        return list(self._trades)

    def first(self) -> Trade | None:
        return self._trades[0] if self._trades else None

    def count(self) -> int:
        return len(self._trades)

    def __iter__(self) -> Iterator[Trade]:
        return iter(self._trades)

    def __len__(self) -> int:
        return len(self._trades)


def _utc(value: Any) -> Any:
    naive = isinstance(value, datetime) and value.tzinfo is None
    return value.replace(tzinfo=UTC) if naive else value


def _sortable(value: Any) -> tuple[bool, Any]:
    return (value is not None, _utc(value) if value is not None else 0)
