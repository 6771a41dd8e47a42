"""Query, annotate and remove stored results of backtests."""

from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct

from appliance.domain.errors import BadRequest
from appliance.queries.cache.encoded_answer import EncodedAnswer
from appliance.queries.research.backtest import StrategyName
from appliance.research.results.folder import (
    BacktestHistoryEntry,
    remove_result,
    result_named,
    results_folder,
    runs_in,
    set_notes,
    stored_runs,
)
from appliance.threads import for_readers

if TYPE_CHECKING:
    from pathlib import Path

    from appliance.queries.workbench import Workbench

Notes = Annotated[str, Meta(max_length=10_000)]


class ResultQuery(Struct, frozen=True):
    filename: str
    strategy: StrategyName


class ResultPath(Struct, frozen=True):
    file: str


class WalletPath(Struct, frozen=True):
    file: str
    strategy: str


class BacktestMetadataUpdate(Struct, frozen=True, kw_only=True):
    strategy: str
    notes: Notes = ""


class BacktestMarketChange(Struct, frozen=True):
    """Show rows of date, mean of all closes, its change as a ratio, number of pairs, and ms since 1970."""

    columns: list[str]
    length: int
    data: list[list[Any]]


async def history(bench: "Workbench") -> list[BacktestHistoryEntry]:
    """List all stored results, the newest first."""
    return await for_readers(stored_runs, results_folder(bench.loaded))


async def history_result(bench: "Workbench", query: ResultQuery) -> EncodedAnswer:
    """Show a stored result. Raises NotFound."""
    file = await _found(bench, query.filename)
    return await _asked(bench, "result", file, strategy=query.strategy)


async def market_change(bench: "Workbench", path: ResultPath) -> EncodedAnswer:
    """Show how the market moved during a backtest. Raises NotFound."""
    return await _asked(bench, "market_change", await _found(bench, path.file))


async def wallet(bench: "Workbench", path: WalletPath) -> EncodedAnswer:
    """Show the worth of the account during a backtest, in stake currency. Raises NotFound."""
    file = await _found(bench, path.file)
    return await _asked(bench, "wallet", file, strategy=path.strategy)


async def annotate(
    bench: "Workbench", path: ResultPath, body: BacktestMetadataUpdate
) -> list[BacktestHistoryEntry]:
    """Replace the notes of a stored result. Raises NotFound, BadRequest for another strategy's name."""
    file = await _found(bench, path.file)

    def change() -> list[BacktestHistoryEntry]:
        if not set_notes(file, body.strategy, body.notes):
            raise BadRequest(f"{file.name} has no strategy {body.strategy}")
        return list(runs_in(file))

    return await for_readers(change)


async def remove(bench: "Workbench", path: ResultPath) -> list[BacktestHistoryEntry]:
    """Remove a stored result, its metadata and its reports; list those that are left. Raises NotFound."""
    file = await _found(bench, path.file)
    await for_readers(remove_result, file)
    return await history(bench)


async def _found(bench: "Workbench", name: str) -> "Path":
    return await for_readers(result_named, results_folder(bench.loaded), name)


async def _asked(bench: "Workbench", what: str, file: "Path", **more: str) -> EncodedAnswer:
    return EncodedAnswer(await bench.ask(f"results:{what}", file=str(file.absolute()), **more))
