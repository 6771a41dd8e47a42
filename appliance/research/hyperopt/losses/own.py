"""Load a user's own loss function: a class with freqtrade's interface `IHyperOptLoss`."""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from appliance.domain.errors import ConfigurationError, StrategyError
from appliance.research.hyperopt.losses.judged import Judged, Loss
from appliance.strategy import compat
from appliance.strategy.compat.hyperopt import IHyperOptLoss
from appliance.strategy.loading.module_reload import defines, python_files, run_file

if TYPE_CHECKING:
    from pandas import DataFrame


def own_loss(name: str, folders: Sequence[Path], timeframe: str) -> Loss | None:
    """Return the loss of a class in these folders; None if no file defines it. Raises ConfigurationError."""
    for file in (file for folder in folders for file in python_files(folder)):
        if defines(file, name):
            return _OwnLoss(_class(name, file), timeframe)
    return None


def own_losses(folders: Sequence[Path]) -> Iterator[tuple[str, Path, str]]:
    """Yield each class of these folders: its name, its file, and OK, or why it cannot be used."""
    for file in (file for folder in folders for file in python_files(folder)):
        try:
            yield from ((name, file, "OK") for name in _classes(file))
        except ConfigurationError as error:
            yield "", file, str(error)


class _OwnLoss:
    """Call a class as freqtrade does."""

    def __init__(self, kind: type[IHyperOptLoss], timeframe: str) -> None:
        kind.timeframe = timeframe
        self._function = kind.hyperopt_loss_function

    def __call__(self, judged: Judged) -> float:
        return self._function(
            results=results_frame(judged.statistics["trades"]),
            trade_count=len(judged.trades),
            min_date=judged.first,
            max_date=judged.last,
            config=dict(judged.config),
            processed=dict(judged.processed()),
            backtest_stats=dict(judged.statistics),
            starting_balance=judged.starting_balance,
        )


def results_frame(trades: Sequence[Mapping[str, Any]]) -> "DataFrame":
    """Return trades, as results have them, as a dataframe with dates (UTC)."""
    import pandas as pd  # late: the twelve losses need no frames

    frame = pd.DataFrame.from_records([dict(trade) for trade in trades], columns=None if trades else _COLUMNS)
    for name in ("open_date", "close_date"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame


_COLUMNS = (
    *("pair", "stake_amount", "max_stake_amount", "amount", "open_date", "close_date", "open_rate"),
    *("close_rate", "fee_open", "fee_close", "trade_duration", "profit_ratio", "profit_abs", "exit_reason"),
    *("initial_stop_loss_abs", "initial_stop_loss_ratio", "stop_loss_abs", "stop_loss_ratio", "min_rate"),
    *("max_rate", "is_open", "enter_tag", "leverage", "is_short", "open_timestamp", "close_timestamp"),
    *("orders", "funding_fees"),
)
"""Columns of a frame without trades."""


def _class(name: str, file: Path) -> type[IHyperOptLoss]:
    found = _classes(file)
    if name not in found:
        there = ", ".join(found) or "none"
        raise ConfigurationError(f"{file}: {name} has to derive from IHyperOptLoss; classes that do: {there}")
    return found[name]


def _classes(file: Path) -> dict[str, type[IHyperOptLoss]]:
    compat.install()
    try:
        module, error = run_file(file, keep=False)
    except StrategyError as problem:
        raise ConfigurationError(str(problem)) from problem
    found = {
        name: value
        for name, value in vars(module).items()
        if inspect.isclass(value)
        and issubclass(value, IHyperOptLoss)
        and value is not IHyperOptLoss
        and not inspect.isabstract(value)
        and value.__module__ == module.__name__
    }
    if error is not None and not found:
        raise ConfigurationError(str(error))
    return found
