"""Find stored results for pages, and what is beside them: notes and reports."""

from pathlib import Path
from typing import TYPE_CHECKING

from appliance.queries.research.stored_views import StoredViews
from appliance.research.results.folder import (
    BacktestHistoryEntry,
    result_files,
    result_named,
    results_folder,
    runs_in,
)
from appliance.research.results.run_view import RunView
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.queries.workbench import Workbench

MOST_COMPARED = 6
LONGEST_NAME = 120
"""Characters of a strategy whose report is looked for: names of files have limits."""


def remembered_results() -> StoredViews[RunView]:
    """Return what remembers the runs of stored results."""
    return StoredViews("result_views:views", RunView)


async def listed(bench: "Workbench") -> list[Path]:
    """Return the files of all results, newest first."""
    return await for_readers(result_files, results_folder(bench.loaded))


async def named(bench: "Workbench", name: str) -> Path:
    """Return the file of a result. Raises NotFound for whatever is none in the folder of results."""
    return await for_readers(result_named, results_folder(bench.loaded), name)


async def entries(file: Path) -> list[BacktestHistoryEntry]:
    """Return what the small file beside a result says: when it was made, notes."""
    return await for_readers(lambda: list(runs_in(file)))


async def all_entries(files: list[Path]) -> dict[tuple[str, str], BacktestHistoryEntry]:
    """Return the same of several results, by file and strategy."""

    def read() -> dict[tuple[str, str], BacktestHistoryEntry]:
        return {(run.filename, run.strategy): run for file in files for run in runs_in(file)}

    return await for_readers(read)


def report_file(file: Path, strategy: str) -> Path | None:
    """Return where the report of a run is; None if there is none in the folder of the result."""
    named = (
        [f"{file.stem}-{strategy}.html"] if strategy.isidentifier() and len(strategy) <= LONGEST_NAME else []
    )
    for name in (*named, f"{file.stem}.html"):
        found = file.with_name(name)
        if found.is_file() and found.resolve().parent == file.parent.resolve():
            return found
    return None
