"""Say where results of backtests are, and list, annotate and remove them by their small files alone."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from appliance.config.userdir import rewrite
from appliance.domain.errors import DataError, NotFound

if TYPE_CHECKING:
    from appliance.config.loading import LoadedSettings

LAST_RESULT = ".last_result.json"
PATTERN = "backtest-result-*-[0-9][0-9]*"
_NAME = re.compile(r"[A-Za-z0-9][\w.+-]*", re.ASCII)
_LONGEST_NAME = 200


class BacktestHistoryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Show a strategy's run in a result. `filename` has no ending; times in s since 1970 (UTC)."""

    filename: str
    strategy: str
    run_id: str
    backtest_start_time: int
    notes: str | None = ""
    backtest_start_ts: int | None = None
    backtest_end_ts: int | None = None
    timeframe: str | None = None
    timeframe_detail: str | None = None


def results_folder(loaded: "LoadedSettings", folder: str | None = None) -> Path:
    """Return the folder of results: that of an option, of the configuration, or in the user data folder."""
    named = folder or loaded.raw.get("exportdirectory")
    return Path(named).expanduser() if named else loaded.user_data_dir / "backtest_results"


def result_files(folder: Path) -> list[Path]:
    """Return the results in a folder, newest first by their names."""
    found = (file for kind in ("zip", "json") for file in folder.glob(f"{PATTERN}.{kind}"))
    return sorted((file for file in found if not file.name.endswith(".meta.json")), reverse=True)


def metadata_file(file: Path) -> Path:
    """Return where the metadata of a result is."""
    return file.with_name(f"{file.stem}.meta.json")


def stored_runs(folder: Path) -> list[BacktestHistoryEntry]:
    """Return the runs of all results, newest first; what cannot be read is left out."""
    return [run for file in result_files(folder) for run in runs_in(file)]


def runs_in(file: Path) -> Iterator[BacktestHistoryEntry]:
    """Yield the runs of a result, as far as its metadata can be read."""
    with suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):
        for name, stated in _metadata(file).items():
            with suppress(msgspec.ValidationError, TypeError):
                yield msgspec.convert(
                    {**stated, "filename": file.stem, "strategy": name}, BacktestHistoryEntry
                )


def result_named(folder: Path, name: str) -> Path:
    """Return the file of a result in this very folder, by its name with or without ending. Raises NotFound.

    The name may come from anybody: nothing outside the folder is found.
    """
    stem = name.removesuffix(".zip").removesuffix(".json")
    if len(stem) <= _LONGEST_NAME and _NAME.fullmatch(stem) and not stem.endswith(".meta"):
        for file in (folder / f"{stem}.zip", folder / f"{stem}.json"):
            if file.is_file() and file.resolve().parent == folder.resolve():
                return file
    raise NotFound("There is no such result")


def remove_result(file: Path) -> None:
    """Remove a result with its metadata and reports; the last result is the newest that is left.

    Raises DataError.
    """
    reports = (other for other in file.parent.glob(f"{file.stem}*.html") if other.is_file())
    market = file.with_name(f"{file.stem}_market_change.feather")
    try:
        for each in (file, metadata_file(file), market, *reports):
            each.unlink(missing_ok=True)
        _name_last(file)
    except OSError as error:
        raise DataError(f"{file} cannot be removed ({error.strerror})") from error


def set_notes(file: Path, strategy: str, notes: str) -> bool:
    """Replace the notes of a strategy's run; return whether there is such a run. Raises DataError."""
    stored = metadata_file(file)
    try:
        metadata = _metadata(file)
        if strategy not in metadata:
            return False
        metadata[strategy] = {**metadata[strategy], "notes": notes}
        rewrite(stored, msgspec.json.encode(metadata).decode())
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{stored} cannot be changed: {getattr(error, 'strerror', error)}") from error
    return True


def _metadata(file: Path) -> dict[str, Any]:
    stored = metadata_file(file)
    if not stored.is_file():
        return {}
    metadata = msgspec.json.decode(stored.read_bytes())
    return metadata if isinstance(metadata, dict) else {}


def _name_last(removed: Path) -> None:
    """Have the file that names the last result name another one, if it names the removed one."""
    last = removed.with_name(LAST_RESULT)
    try:
        stated = msgspec.json.decode(last.read_bytes())
    except (OSError, msgspec.DecodeError):
        return
    if not isinstance(stated, dict) or stated.get("latest_backtest") != removed.name:
        return
    left = result_files(removed.parent)
    if left:
        rewrite(last, msgspec.json.encode({"latest_backtest": left[0].name}).decode())
    else:
        last.unlink(missing_ok=True)
