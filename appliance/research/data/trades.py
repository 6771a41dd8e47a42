"""Keep public trades in files: one a pair, replaced whole or not at all."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from appliance.domain.errors import DataError
from appliance.domain.market import PublicTrade
from appliance.research.data.candles import Span, replace_file
from appliance.research.data.formats import Columns, Format, read_table, table_bytes
from appliance.research.data.layout import extension_of, traded_pairs, trades_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

COLUMNS = ("timestamp", "id", "type", "side", "price", "amount", "cost")
_TEXTS = ("id", "type", "side")


@dataclass(frozen=True)
class PublicTrades:
    """Hold trades of one pair, oldest first: arrays of the same length, by the names of `COLUMNS`.

    `timestamp` in ms since 1970 UTC; price and cost in quote, amount in base currency.
    """

    columns: Columns

    @classmethod
    def of_rows(cls, rows: "Sequence[Sequence[Any]]") -> "PublicTrades":
        """Make them of rows in the order of `COLUMNS`."""
        values = list(zip(*rows, strict=True)) if rows else [()] * len(COLUMNS)
        return cls({name: _typed(name, column) for name, column in zip(COLUMNS, values, strict=True)})

    @property
    def timestamps(self) -> "NDArray[np.int64]":
        return self.columns["timestamp"]

    def __len__(self) -> int:
        return len(self.timestamps)

    @classmethod
    def joined(cls, parts: "Sequence[PublicTrades]") -> "PublicTrades":
        """Return all of them, one part after the other."""
        return cls({name: np.concatenate([part.columns[name] for part in parts]) for name in COLUMNS})

    def last(self) -> PublicTrade | None:
        """Return the newest trade; None where there is none."""
        if not len(self):
            return None
        (newest,) = self.chosen(slice(-1, None)).rows()
        return PublicTrade(*newest)

    def until(self, end_ms: int) -> "PublicTrades":
        """Return those before a time (ms)."""
        return self.chosen(slice(0, int(np.searchsorted(self.timestamps, end_ms))))

    def without(self, others: "PublicTrades") -> "PublicTrades":
        """Return those that are not among others, in whose time they overlap only a little.

        Trades without an id are the same where time, side, price and amount are.
        """
        if not len(self) or not len(others) or self.timestamps[0] > others.timestamps[-1]:
            return self
        shared = others.chosen(slice(int(np.searchsorted(others.timestamps, self.timestamps[0])), None))
        has_ids = all(all(part.columns["id"].tolist()) for part in (self, shared))  # freqtrade's may be ""
        names = ("id",) if has_ids else ("timestamp", "side", "price", "amount")
        known = set(shared.rows(names))
        return self.chosen(np.array([row not in known for row in self.rows(names)], dtype=bool))

    def rows(self, names: "Sequence[str]" = COLUMNS) -> "Iterator[tuple[Any, ...]]":
        """Yield a tuple of these columns for each trade."""
        return zip(*(self.columns[name].tolist() for name in names), strict=True)

    def chosen(self, places: Any) -> "PublicTrades":
        """Return those at these places: a slice, an array of numbers, or a mask."""
        return PublicTrades({name: values[places] for name, values in self.columns.items()})

    def with_span_of(self, other: "PublicTrades") -> "PublicTrades":
        """Return the others, and of these what lies before or after them. Ids may be missing."""
        if not len(self) or not len(other):
            return other if len(other) else self
        first, last = other.timestamps[0], other.timestamps[-1]
        before, after = self.timestamps < first, self.timestamps > last
        return PublicTrades.joined([self.chosen(before), other, self.chosen(after)])


class TradeFiles:
    """Read and write the public trades below a data folder, all in one format."""

    def __init__(self, folder: Path, kind: Format, *, futures: bool = False) -> None:
        self.folder = folder
        self.kind = kind
        self.futures = futures

    def pairs(self) -> list[str]:
        return list(traded_pairs(self.folder, extension_of(self.kind), futures=self.futures))

    def load(self, pair: str) -> PublicTrades:
        """Return a pair's trades; none where there is no file. Raises DataError."""
        file = self._file(pair)
        if not file.is_file():
            return PublicTrades.of_rows(())
        table = read_table(file, self.kind, COLUMNS)
        missing = [name for name in COLUMNS if name not in table]
        if missing:
            raise DataError(f"{file} has no column {missing[0]}: expected {', '.join(COLUMNS)}")
        trades = PublicTrades({name: _typed(name, table[name]) for name in COLUMNS})
        if (np.diff(trades.timestamps) < 0).any():
            return trades.chosen(np.argsort(trades.timestamps, kind="stable"))
        return trades

    def save(self, pair: str, trades: PublicTrades) -> None:
        replace_file(self._file(pair), table_bytes(trades.columns, self.kind))

    def erase(self, pair: str) -> bool:
        """Remove a pair's trades; tell whether there were any."""
        file = self._file(pair)
        existed = file.is_file()
        file.unlink(missing_ok=True)
        return existed

    def span(self, pair: str) -> Span | None:
        """Return from when to when a pair's trades go; None where there are none."""
        dates = self.load(pair).timestamps
        return Span(int(dates[0]), int(dates[-1]), len(dates)) if len(dates) else None

    def _file(self, pair: str) -> Path:
        return trades_file(self.folder, pair, extension_of(self.kind), futures=self.futures)


def _typed(name: str, values: Any) -> "NDArray[Any]":
    if name in _TEXTS:
        texts = [None if value is None or value != value else str(value) for value in values]
        return np.array(texts, dtype=object) if texts else np.empty(0, dtype=object)
    return np.asarray(values, dtype=np.int64 if name == "timestamp" else float)
