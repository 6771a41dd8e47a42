"""Keep public trades in files: one a pair, replaced whole or not at all."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from appliance.domain.errors import DataError
from appliance.research.data.candles import Span, replace_file
from appliance.research.data.formats import Columns, Format, extension_of, read_table, table_bytes
from appliance.research.data.layout import traded_pairs, trades_file

if TYPE_CHECKING:
    from collections.abc import Sequence

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

    def with_newer(self, newer: "PublicTrades") -> "PublicTrades":
        """Return both together, by time; a trade that both have is there once."""
        joined = {name: np.concatenate((self.columns[name], newer.columns[name])) for name in COLUMNS}
        return PublicTrades(joined).arranged()

    def with_span_of(self, other: "PublicTrades") -> "PublicTrades":
        """Return the others, and of these what lies before or after them. Ids may be missing."""
        if not len(self) or not len(other):
            return other if len(other) else self
        first, last = other.timestamps[0], other.timestamps[-1]
        before, after = self.timestamps < first, self.timestamps > last
        return PublicTrades(
            {
                name: np.concatenate((values[before], other.columns[name], values[after]))
                for name, values in self.columns.items()
            }
        )

    def arranged(self) -> "PublicTrades":
        """Return them by time, the same time and id only once."""
        order = np.argsort(self.timestamps, kind="stable")
        seen: set[tuple[int, Any]] = set()
        places = []
        for place in order:
            name = (int(self.timestamps[place]), self.columns["id"][place])
            if name[1] is None or name not in seen:
                seen.add(name)
                places.append(place)
        chosen = np.array(places, dtype=np.int64)
        return PublicTrades({name: values[chosen] for name, values in self.columns.items()})


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
        return PublicTrades({name: _typed(name, table[name]) for name in COLUMNS})

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
