"""Read the epochs of a file `.fthypt`, ours or freqtrade's: one line of JSON each."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from appliance.domain.errors import DataError

Record = dict[str, Any]
"""An epoch by freqtrade's names."""

_HEAVY = ("trades", "locks", "daily_profit", "daily_profit_list")
_NEEDED = ("loss", "current_epoch", "results_metrics", "params_dict")


def epochs_of(file: Path) -> Iterator[Record]:
    """Yield the epochs of a file, whole. Raises DataError for a line that is none.

    A last line without its end is left out: the search was killed while it wrote it.
    """
    for _, _, record in located_epochs(file):
        yield record


def located_epochs(file: Path) -> Iterator[tuple[int, int, Record]]:
    """Yield each epoch after the places in the file where its line begins and ends. Raises as `epochs_of`."""
    place = 0
    try:
        with file.open("rb") as opened:
            for number, line in enumerate(opened, start=1):
                begin, place = place, place + len(line)
                if line.endswith(b"\n"):
                    yield begin, place, _record(file, number, line)
    except OSError as error:
        raise DataError(f"{file} cannot be read ({error.strerror})") from error


def light(record: Record) -> Record:
    """Return an epoch without its trades, so that thousands fit into memory."""
    metrics = {name: value for name, value in record["results_metrics"].items() if name not in _HEAVY}
    return record | {"results_metrics": metrics}


def epoch_at(file: Path, number: int) -> Record:
    """Return an epoch by its number, whole. Raises DataError if there is none."""
    for record in epochs_of(file):
        if record["current_epoch"] == number:
            return record
    raise DataError(f"{file} has no epoch {number}")


def _record(file: Path, number: int, line: bytes) -> Record:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        try:
            record = json.loads(line)  # NaN, and infinite numbers
        except ValueError as error:
            raise DataError(f"{file}, line {number} is not an epoch: {error}") from error
    missing = [name for name in _NEEDED if not isinstance(record, dict) or name not in record]
    if missing:
        raise DataError(f"{file}, line {number} is not an epoch: {missing[0]} is missing")
    found: Record = record
    return found
