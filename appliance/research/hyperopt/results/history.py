"""Keep the epochs of a search in its file, and go on with a search that was interrupted."""

import fcntl
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from appliance.domain.errors import ConfigurationError, DataError
from appliance.domain.timeframe import seconds
from appliance.research.data.candles import replace_file
from appliance.research.hyperopt.epoch import SHOWN, Epoch
from appliance.research.hyperopt.results.files import name_last, terms_file
from appliance.research.hyperopt.results.record import line_of
from appliance.research.hyperopt.results.stored import Record, located_epochs
from appliance.research.overfitting.returns import Returns, grid_of, returns_of

Terms = Mapping[str, Any]
"""What has to be the same where a search goes on, by the names of settings; the seed among it."""


class EpochFile:
    """Append epochs to a file; `known` are those that were in it.

    Each is written whole or not at all. Raises DataError if the file cannot be written.
    """

    def __init__(
        self,
        file: Path,
        terms: Terms,
        known: Mapping[int, Epoch],
        on_epoch: Callable[[Epoch], None] = lambda epoch: None,
    ) -> None:
        self.path, self.known = file, known
        self._terms, self._on_epoch = terms, on_epoch
        self._opened: BinaryIO | None = None

    def add(self, epoch: Epoch) -> None:
        """Write an epoch, and pass it on."""
        try:
            self._append(line_of(epoch))
        except OSError as error:
            raise DataError(
                f"{self.path} cannot be written ({error.strerror}): epoch {epoch.number} is lost; free some "
                "space, and go on with --continue"
            ) from error
        self._on_epoch(epoch)

    def close(self) -> None:
        """Close the file."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _append(self, line: bytes) -> None:
        if self._opened is None:
            self._begin()
        assert self._opened is not None
        before = os.fstat(self._opened.fileno()).st_size
        try:
            written = 0
            while written < len(line):
                written += self._opened.write(line[written:])
        except OSError:
            os.ftruncate(self._opened.fileno(), before)
            raise

    def _begin(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(terms_file(self.path), msgspec.json.encode(dict(self._terms)))
        self._opened = self.path.open("ab", buffering=0)
        try:
            fcntl.flock(self._opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DataError(f"{self.path}: another search is writing to it") from error
        name_last(self.path)


def stored_terms(file: Path) -> Terms:
    """Return the terms of a search that was interrupted. Raises DataError where they are not known."""
    stored = terms_file(file)
    try:
        terms = msgspec.json.decode(stored.read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.DecodeError) as error:
        raise DataError(
            f"{stored} cannot be read ({error}): only searches of this program can be continued"
        ) from error
    return terms


def check_terms(stored: Terms, now: Terms) -> None:
    """Raise ConfigurationError naming the first setting that is not what it was."""
    plain = msgspec.json.decode(msgspec.json.encode(dict(now)))
    for name in dict.fromkeys((*stored, *plain)):
        if stored.get(name) != plain.get(name):
            raise ConfigurationError(
                f"{name}: the search began with {stored.get(name)!r} and cannot go on with "
                f"{plain.get(name)!r}: give it as it was, or begin anew without --continue"
            )


def stored_epochs(file: Path) -> dict[int, Epoch]:
    """Return the epochs of a search by number, and cut off a line that was not written to its end.

    Raises DataError for a file that is none of a search.
    """
    found: dict[int, Epoch] = {}
    end = 0
    for _, line_end, record in located_epochs(file):
        end = line_end
        found[record["current_epoch"]] = _epoch(record)
    if end < file.stat().st_size:
        os.truncate(file, end)
    return found


def _epoch(record: Record) -> Epoch:
    metrics = record["results_metrics"]
    return Epoch(
        params=record["params_dict"],
        loss=float("nan") if record["loss"] is None else record["loss"],
        details=record["params_details"],
        not_searched=record["params_not_optimized"],
        metrics={name: metrics[name] for name in SHOWN if name in metrics},
        explanation=record["results_explanation"],
        returns=_returns(metrics),
        started=datetime.fromtimestamp(metrics["backtest_run_start_ts"], UTC),
        number=record["current_epoch"],
        is_best=record["is_best"],
    )


def _returns(metrics: Mapping[str, Any]) -> Returns:
    trades = metrics["trades"]
    grid = grid_of(metrics["backtest_start_ts"], metrics["backtest_end_ts"], seconds(metrics["timeframe"]))
    closed = [trade["close_timestamp"] for trade in trades]
    return returns_of(closed, [trade["profit_abs"] for trade in trades], metrics["starting_balance"], grid)
