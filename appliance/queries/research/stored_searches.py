"""Find stored searches, their reports, and what these judge."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from appliance.research.hyperopt.results.folder import results_folder, search_files, search_named
from appliance.threads import for_readers

if TYPE_CHECKING:
    from appliance.queries.workbench import Workbench

LARGEST_VERDICT = 8 * 1024**2


class SearchVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """State how far the best of a search can be trusted, as `hyperopt` judged it."""

    judgement: Literal["nothing", "unclear", "luck", "doubtful", "credible"]
    sentence: str
    advice: str


class SearchCheck(msgspec.Struct, frozen=True, kw_only=True):
    """State a question behind the verdict, and its answer."""

    question: str = ""
    answer: str = ""
    mark: str = "unknown"


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """Hold what a page shows of the report of a search."""

    verdict: SearchVerdict
    checks: list[SearchCheck] = []


async def listed(bench: "Workbench") -> list[Path]:
    """Return the files of all searches, newest first."""
    return await for_readers(search_files, results_folder(bench.loaded.user_data_dir))


async def named(bench: "Workbench", name: str) -> Path:
    """Return the file of a search. Raises NotFound for whatever is none in the folder of searches."""
    return await for_readers(search_named, results_folder(bench.loaded.user_data_dir), name)


async def judged(files: list[Path]) -> dict[str, Judged]:
    """Return what the reports beside files say, by the name of the search; without those that say nothing."""

    def read() -> dict[str, Judged]:
        return {file.stem: found for file in files if (found := _judged(file)) is not None}

    return await for_readers(read)


def _judged(file: Path) -> Judged | None:
    beside = file.with_name(f"{file.stem}.report.json")
    with suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError):
        if _is_here(beside) and beside.stat().st_size <= LARGEST_VERDICT:
            return msgspec.json.decode(beside.read_bytes(), type=Judged)
    return None


def report_file(file: Path) -> Path | None:
    """Return where the report of a search is; None if there is none in its folder."""
    found = file.with_suffix(".html")
    return found if _is_here(found) else None


def _is_here(file: Path) -> bool:
    return file.is_file() and file.resolve().parent == file.parent.resolve()
