"""Show stored runs on pages: read once by a process, then from memory while the file is the same."""

from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

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

MOST_REMEMBERED = 300
"""Files whose runs stay in memory, about 6 kB each."""
MOST_COMPARED = 6
LONGEST_NAME = 120
"""Characters of a strategy whose report is looked for: names of files have limits."""

_decode = msgspec.json.Decoder(dict[str, list[RunView]]).decode
Stamp = tuple[str, int, int]


class StoredResults:
    """Remember what stored results say; a process reads those that are new or have changed."""

    def __init__(self) -> None:
        self._known: OrderedDict[Stamp, list[RunView]] = OrderedDict()

    async def of(self, bench: "Workbench", files: list[Path]) -> dict[str, list[RunView]]:
        """Return the runs of each file by its name without ending. Raises Refused where none can be read."""
        stamps = await for_readers(_stamps, files)
        missing = [str(file.absolute()) for file in stamps if stamps[file] not in self._known]
        if missing:
            found = _decode(await bench.ask("result_views:views", files=missing))
            for file, stamp in stamps.items():
                if (runs := found.get(str(file.absolute()))) is not None:
                    self._known[stamp] = runs
        shown = {}
        for file, stamp in stamps.items():
            if stamp in self._known:
                self._known.move_to_end(stamp)
                shown[file.stem] = self._known[stamp]
        while len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return shown


def _stamps(files: list[Path]) -> dict[Path, Stamp]:
    """Return what tells versions of a file apart; files that are gone are left out."""
    stamps = {}
    for file in files:
        try:
            stat = file.stat()
        except OSError:
            continue
        stamps[file] = (str(file), stat.st_mtime_ns, stat.st_size)
    return stamps


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
