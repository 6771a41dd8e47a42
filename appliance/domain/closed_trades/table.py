"""Hold closed trades by columns: 100,000 take 14 MB, and the garbage collector skips them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import overload

import numpy as np

from appliance.domain.closed_trades.columns import (
    FLOAT_PLACES,
    FLOATS,
    INT_PLACES,
    INTS,
    NO_TEXT,
    TEXTS,
    Columns,
    Floats,
    Ints,
    added_up,
)
from appliance.domain.closed_trades.summary import ClosedTrade, date_of, microseconds_of

_ID, _CLOSED = INT_PLACES["id"], INT_PLACES["close_date"]
_PAIR = INT_PLACES["pair"]
_PROFIT = FLOAT_PLACES["close_profit_abs"]


class ClosedTrades(Sequence[ClosedTrade]):
    """List closed trades, first closed first; those of the same time by id.

    `shape` changes with every change other than an append: while it is the same, a reader only needs the
    trades behind those it has seen. `profit` is the profit of all trades, in stake currency.
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, trades: Iterable[ClosedTrade] = ()) -> None:
        self._ints: Ints = np.empty((len(INTS), 0), np.int64)
        self._floats: Floats = np.empty((len(FLOATS), 0), np.float64)
        self._count = 0
        self._texts: list[str] = []
        self._codes: dict[str | None, int] = {None: NO_TEXT}
        self.shape = 0
        self.profit = 0.0
        self.extend(trades)

    @classmethod
    def of(cls, trades: Iterable[ClosedTrade]) -> "ClosedTrades":
        """Return `trades` itself if it is such a list, else a copy."""
        return trades if isinstance(trades, ClosedTrades) else cls(trades)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> ClosedTrade: ...
    @overload
    def __getitem__(self, place: slice) -> list[ClosedTrade]: ...
    def __getitem__(self, place: int | slice) -> ClosedTrade | list[ClosedTrade]:
        if isinstance(place, slice):
            ints, floats = self._ints[:, : self._count][:, place], self._floats[:, : self._count][:, place]
            return [self._trade(*row) for row in zip(ints.T.tolist(), floats.T.tolist(), strict=True)]
        if not -self._count <= place < self._count:
            raise IndexError(place)
        at = place % self._count
        return self._trade(self._ints[:, at].tolist(), self._floats[:, at].tolist())

    def __iter__(self) -> Iterator[ClosedTrade]:
        for start in range(0, self._count, 256):
            yield from self[start : start + 256]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    def columns(self) -> Columns:
        """Return all trades by columns, without copying."""
        return Columns(self._ints[:, : self._count], self._floats[:, : self._count], self._texts)

    def first_after(self, moment: datetime) -> int:
        """Return the index of the first trade that closed after `moment`; the length where there is none."""
        closed = self._ints[_CLOSED, : self._count]
        return int(np.searchsorted(closed, microseconds_of(moment), side="right"))

    def columns_since(self, moment: datetime) -> Columns:
        """Return by columns the trades that closed at `moment` or later."""
        first = self.first_after(moment - timedelta(microseconds=1))
        ints, floats, texts = self.columns()
        return Columns(ints[:, first:], floats[:, first:], texts)

    def closed_after(self, moment: datetime, pair: str | None = None) -> list[ClosedTrade]:
        """Return the trades, of a pair or of all, that closed after `moment`."""
        first = self.first_after(moment)
        if pair is None:
            return self[first:]
        code = self._codes.get(pair)
        places = np.flatnonzero(self._ints[_PAIR, first : self._count] == code) + first
        return [self[place] for place in places.tolist()]

    def profit_of_first(self, count: int) -> float:
        """Return the profit of the first `count` trades, in stake currency."""
        return added_up(self._floats[_PROFIT, :count])

    def newest_ids(self, limit: int, offset: int = 0) -> list[int]:
        """Return ids, last closed first, skipping the first `offset`."""
        end = max(self._count - offset, 0)
        ids: list[int] = self._ints[_ID, max(end - limit, 0) : end][::-1].tolist()
        return ids

    def add(self, trade: ClosedTrade) -> None:
        """Add a trade that is not in the list."""
        ints, floats = self._row(trade)
        place = self._place_of(ints[_CLOSED], trade.id)
        if place < self._count:
            self._insert(place, ints, floats)
            return
        if self._count == self._ints.shape[1]:
            self._make_room(self._count + self._count // 4 + 64)
        self._ints[:, place], self._floats[:, place] = ints, floats
        self._count += 1
        self.profit += floats[_PROFIT]

    def put(self, trade: ClosedTrade) -> None:
        """Add or replace a trade."""
        place = self._find(trade.id)
        if place is not None:
            if self[place] == trade:
                return
            self._delete(place)
        self.add(trade)

    def discard(self, trade_id: int) -> None:
        """Remove a trade, if it is in the list."""
        place = self._find(trade_id)
        if place is not None:
            self._delete(place)

    def extend(self, trades: Iterable[ClosedTrade]) -> None:
        """Add many trades that are not in the list."""
        more = list(trades)
        start, end = self._count, self._count + len(more)
        if end > self._ints.shape[1]:
            self._make_room(max(end, start + start // 4))
        numbers = {name: [getattr(trade, name) for trade in more] for name in ("id", "is_short", *FLOATS)}
        for name in ("open_date", "close_date"):
            numbers[name] = [microseconds_of(getattr(trade, name)) for trade in more]
        for name in TEXTS:
            numbers[name] = [self._code(getattr(trade, name)) for trade in more]
        for place, name in enumerate(INTS):
            self._ints[place, start:end] = numbers[name]
        for place, name in enumerate(FLOATS):
            self._floats[place, start:end] = numbers[name]
        self._count = end
        self._sort(start)
        self.profit = added_up(self._floats[_PROFIT, :end])

    def _sort(self, known: int) -> None:
        """Sort the trades, if those from index `known` on are out of order."""
        part = self._ints[:, max(known - 1, 0) : self._count]
        closed, ids = np.diff(part[_CLOSED]), np.diff(part[_ID])
        if not np.any((closed < 0) | ((closed == 0) & (ids < 0))):
            return
        order = np.lexsort((self._ints[_ID, : self._count], self._ints[_CLOSED, : self._count]))
        self._ints = np.take(self._ints, order, axis=1)
        self._floats = np.take(self._floats, order, axis=1)
        self.shape += 1

    def _insert(self, place: int, ints: Sequence[int], floats: Sequence[float]) -> None:
        known = self.columns()
        self._take(np.insert(known.ints, place, ints, axis=1), np.insert(known.floats, place, floats, axis=1))

    def _delete(self, place: int) -> None:
        known = self.columns()
        self._take(np.delete(known.ints, place, axis=1), np.delete(known.floats, place, axis=1))

    def _take(self, ints: Ints, floats: Floats) -> None:
        """Replace the columns; readers of the old ones are not affected."""
        self._ints, self._floats, self._count = ints, floats, ints.shape[1]
        self.profit = added_up(floats[_PROFIT])
        self.shape += 1

    def _make_room(self, capacity: int) -> None:
        more = ((0, 0), (0, capacity - self._count))
        known = self.columns()
        self._ints, self._floats = np.pad(known.ints, more), np.pad(known.floats, more)

    def _find(self, trade_id: int) -> int | None:
        found = np.flatnonzero(self._ints[_ID, : self._count] == trade_id)
        return int(found[0]) if len(found) else None

    def _place_of(self, closed: int, trade_id: int) -> int:
        """Return the index at which a trade belongs, by its close date and id."""
        dates, ids = self._ints[_CLOSED, : self._count], self._ints[_ID, : self._count]
        if not self._count or (dates[-1], ids[-1]) < (closed, trade_id):
            return self._count
        start, end = np.searchsorted(dates, closed, side="left"), np.searchsorted(dates, closed, side="right")
        return int(start + np.searchsorted(ids[start:end], trade_id))

    def _code(self, text: str | None) -> int:
        code = self._codes.get(text)
        if code is None:
            assert text is not None
            code = self._codes[text] = len(self._texts)
            self._texts.append(text)
        return code

    def _row(self, trade: ClosedTrade) -> tuple[list[int], list[float]]:
        ints = [
            trade.id,
            microseconds_of(trade.open_date),
            microseconds_of(trade.close_date),
            int(trade.is_short),
            self._code(trade.pair),
            self._code(trade.enter_tag),
            self._code(trade.exit_reason),
            self._code(trade.strategy),
        ]
        return ints, [getattr(trade, name) for name in FLOATS]

    def _trade(self, ints: list[int], floats: list[float]) -> ClosedTrade:
        trade_id, opened, closed, is_short, *codes = ints
        pair, tag, reason, strategy = (None if code < 0 else self._texts[code] for code in codes)
        assert pair is not None
        return ClosedTrade(
            id=trade_id,
            pair=pair,
            is_short=bool(is_short),
            open_date=date_of(opened),
            close_date=date_of(closed),
            enter_tag=tag,
            exit_reason=reason,
            strategy=strategy,
            **dict(zip(FLOATS, floats, strict=True)),
        )
