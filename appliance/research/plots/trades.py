"""Find the trades that plots show: in a result of a backtest, or in the database of a bot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.domain.errors import DataError
from appliance.domain.trade import Trade
from appliance.research.report.exported import Record, outcome_of, terms_in
from appliance.research.report.terms import Terms
from appliance.research.results.read import find_result, load_result

if TYPE_CHECKING:
    from appliance.storage.store import Store


@dataclass(frozen=True, kw_only=True)
class FoundTrades:
    """Hold trades, in the order in which they closed, and where they are from.

    `terms` and `starting_balance` (stake currency) are known of backtests alone.
    """

    trades: Sequence[Trade]
    source: str
    terms: Terms | None = None
    starting_balance: float | None = None


def trades_of_result(folder: Path, name: str | None, strategy: str | None) -> FoundTrades:
    """Return the trades of a strategy in a result file: the one named, or the last one of the folder.

    Without a strategy's name, a result must have one strategy only. Raises DataError.
    """
    file = find_result(folder, name)
    record_name, record = _chosen(file, load_result(file).strategy, strategy)
    outcome = outcome_of(record_name, record)
    return FoundTrades(
        trades=outcome.trades,
        source=f"{record_name} in {file.name}",
        terms=terms_in(record),
        starting_balance=outcome.starting_balance,
    )


def _chosen(file: Path, records: Mapping[str, Record], strategy: str | None) -> tuple[str, Record]:
    if strategy is None and len(records) == 1:
        return next(iter(records.items()))
    known = ", ".join(sorted(records))
    if strategy is None:
        raise DataError(f"{file} has results of several strategies: name one with -s: {known}")
    if strategy not in records:
        raise DataError(f"{file} has no result of {strategy}: name one that it has with -s: {known}")
    return strategy, records[strategy]


async def stored_trades(store: "Store", strategy: str | None = None) -> list[Trade]:
    """Return the trades of a database, those of a strategy or of all, in the order in which they closed.

    Open ones come last. Raises StorageError.
    """
    closed = await store.trades([trade.id for trade in await store.closed_trades()])
    closed.sort(key=lambda trade: (trade.close_date or trade.open_date, trade.id))
    trades = [*closed, *await store.open_trades()]
    return [trade for trade in trades if strategy is None or trade.strategy == strategy]
