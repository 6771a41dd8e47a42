"""Read results from disk: ours, and those of freqtrade."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from appliance.domain.errors import DataError
from appliance.research.results.archive import WARNINGS
from appliance.research.results.folder import LAST_RESULT, metadata_file, result_files
from appliance.research.results.result import BacktestResult


def find_result(folder: Path, name: str | None = None) -> Path:
    """Return the file of a result: that of a name, or the last one. Raises DataError.

    name: a path, or a file in `folder`, with or without its ending.
    """
    if name is not None:
        return _named(folder, name)
    if not folder.is_dir():
        raise DataError(f"{folder} does not exist: run `backtesting` first, or name another folder")
    last = folder / LAST_RESULT
    try:
        stated = msgspec.json.decode(last.read_bytes())
    except FileNotFoundError:
        raise DataError(f"{folder} has no {LAST_RESULT}: {_what_to_do(folder)}") from None
    except (msgspec.DecodeError, OSError) as error:
        raise DataError(f"{last} cannot be read ({error}): {_what_to_do(folder)}") from error
    latest = stated.get("latest_backtest") if isinstance(stated, dict) else None
    if not isinstance(latest, str):
        raise DataError(f"{last} has no 'latest_backtest': {_what_to_do(folder)}")
    if not (folder / latest).is_file():
        raise DataError(f"{folder / latest} does not exist, but {last} names it: {_what_to_do(folder)}")
    return folder / latest


def load_result(file: Path) -> BacktestResult:
    """Read a result: a zip file, or JSON as older versions of freqtrade wrote. Raises DataError."""
    statistics = _json(file, member(file, ".json") if file.suffix == ".zip" else file.read_bytes())
    if not isinstance(statistics, dict) or not isinstance(statistics.get("strategy"), dict):
        raise DataError(f"{file} is not a result of a backtest: it has no section 'strategy'")
    return BacktestResult(
        strategy=statistics["strategy"],
        strategy_comparison=statistics.get("strategy_comparison") or [],
        metadata=load_metadata(file),
        warnings=_warnings(file),
    )


def load_metadata(file: Path) -> dict[str, Any]:
    """Return the metadata of a result's strategies; none where there is no such file. Raises DataError."""
    stored = metadata_file(file)
    if not stored.is_file():
        return {}
    metadata = _json(stored, stored.read_bytes())
    return metadata if isinstance(metadata, dict) else {}


def member(file: Path, ending: str) -> bytes:
    """Return a part of a zip file, by how its name goes on after that of the file. Raises DataError."""
    name = f"{file.stem}{ending}"
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.read(name)
    except KeyError:
        raise DataError(f"{file} has no part {name}") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise DataError(f"{file} cannot be read ({error}): it is damaged; remove it") from error


def members(file: Path) -> Iterator[str]:
    """Yield how the names of the parts of a zip file go on after that of the file. Raises DataError."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield from (name.removeprefix(file.stem) for name in archive.namelist())
    except zipfile.BadZipFile as error:
        raise DataError(f"{file} cannot be read ({error}): it is damaged; remove it") from error


def _named(folder: Path, name: str) -> Path:
    given = Path(name).expanduser()
    if given.is_dir():
        return find_result(given)
    for place in (given, folder / name):
        for file in (place, place.with_name(f"{place.name}.zip"), place.with_name(f"{place.name}.json")):
            if file.is_file():
                return file
    raise DataError(f"{folder / name} does not exist: {_what_to_do(folder)}")


def _what_to_do(folder: Path) -> str:
    known = result_files(folder)
    if not known:
        return "it has no result of a backtest; run `backtesting` first, or name another folder"
    return f"name a result with --backtest-filename; the newest is {known[0].name}"


def _warnings(file: Path) -> dict[str, list[str]]:
    if file.suffix != ".zip" or WARNINGS not in members(file):
        return {}
    stored = _json(file, member(file, WARNINGS))
    return msgspec.convert(stored, dict[str, list[str]])


def _json(file: Path, content: bytes) -> Any:
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{file} cannot be read ({error}): it is damaged; remove it") from error
